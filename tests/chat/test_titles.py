"""Titles of chats, made from what was asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.chat import Keeper, Setup, Store, reopen
from assistant.chat.titles import LONGEST, says_something, title_of
from tests.chat.keeping import talk


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How do I sort?", "How do I sort?"),
        ("Hi! how do I sort?", "How do I sort?"),
        ("Hello there,\n\nHow do I sort?", "How do I sort?"),
        ("hello", "hello"),
        ("### **Sorting** in MLX", "Sorting in MLX"),
        ("What is 2**3 and `mx.sort`?", "What is 2**3 and mx.sort?"),
        ("```python\nx = mx.sort(a)\n```\nWhat is wrong?", "x = mx.sort(a)"),
        ("- [ ] one", "[ ] one"),
        ("   \n", ""),
        ("Hidden state sizes", "Hidden state sizes"),
        ("Test whether an array is sorted", "Test whether an array is sorted"),
        ("Hello, world in Python", "Hello, world in Python"),
        ("[1 2;3 4]", "[1 2;3 4]"),
    ],
)
def test_a_title_is_what_the_question_says(question: str, title: str) -> None:
    assert title_of(question) == title


def test_a_long_question_is_cut_after_its_first_sentence_or_between_words() -> None:
    assert (
        title_of("Sort this array please. " + "And explain it. " * 9) == "Sort this array please."
    )
    long = title_of("words and " * 20)
    assert long.endswith(("words…", "and…"))


@given(st.text(max_size=300))
def test_a_title_fits_and_says_something_when_the_question_does(question: str) -> None:
    title = title_of(question)
    assert "\n" not in title
    assert bool(title) == bool(question.split())
    if title.isascii():
        assert cell_len(title) <= LONGEST


@pytest.mark.parametrize("text", ["日本語の質問です" * 9, "👩‍👩‍👧‍👦" * 30, "e\u0301" * 99])
def test_wide_and_joined_characters_are_counted_and_never_cut_apart(text: str) -> None:
    title = title_of(text)
    assert cell_len(title) <= LONGEST + 1
    assert not title.rstrip("…").endswith("\N{ZERO WIDTH JOINER}")


def test_a_chat_that_begins_with_a_greeting_is_named_after_what_comes_next() -> None:
    assert talk("hi", "Hello!").title == "hi"
    assert talk("hi", "Hello!", "How do I sort?").title == "How do I sort?"
    assert not says_something("Hello there!")


def test_the_kept_title_follows_but_one_that_somebody_gave_stays(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept.db")
    keeper = Keeper(store, lambda: True)
    conversation = talk("hi", "Hello!")
    keeper.write(conversation, Setup())
    conversation.ask("How do I sort?")
    keeper.write(conversation, Setup())
    assert store.recent()[0].title == "How do I sort?"
    store.rename(conversation.id, "Mine")
    conversation.answer("So.")
    keeper.write(conversation, Setup())
    assert store.recent()[0].title == "Mine"
    store.close()


def test_a_name_that_somebody_gave_stays_even_a_greeting(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept.db")
    keeper = Keeper(store, lambda: True)
    conversation = talk("how do I sort", "So.")
    keeper.write(conversation, Setup())
    store.rename(conversation.id, "Hallo")
    conversation.rename("Hallo")
    keeper.opened_as("Hallo")
    conversation.ask("and then?")
    keeper.write(conversation, Setup())
    assert store.recent()[0].title == conversation.title == "Hallo"
    again, _ = reopen(store, conversation.id)
    again.ask("and after that?")
    assert again.title == "Hallo", "another day too"
    store.close()


def test_a_chat_may_be_named_as_it_began() -> None:
    conversation = talk("hi", "Hello!", "How do I sort?")
    conversation.rename("hi")
    assert conversation.title == "hi"
