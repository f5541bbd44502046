"""What is taught in the chat is kept as training data, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.engine import Message
from assistant.errors import InputFileError
from assistant.training.own import read_examples, split
from assistant.training.taught import Taught

ASKED: list[Message] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "世界\u2028?"},
]


def test_lessons_are_read_back_as_they_were_and_by_the_trainer(tmp_path: Path) -> None:
    taught = Taught(tmp_path / "data" / "taught.jsonl")
    assert taught.all() == []
    lesson = taught.add(ASKED, "naïve\n`x`")
    taught.add(ASKED, "another")
    assert taught.all()[0] == lesson
    assert (lesson.question, lesson.answer) == ("世界\u2028?", "naïve\n`x`")
    assert read_examples(taught.file)[0] == lesson.to_dict()


def test_undo_takes_back_the_newest_and_then_nothing(tmp_path: Path) -> None:
    taught = Taught(tmp_path / "taught.jsonl")
    taught.add(ASKED, "one")
    taught.add(ASKED, "two")
    assert [lesson.answer for lesson in (taught.undo(), taught.undo()) if lesson] == ["two", "one"]
    assert taught.undo() is None
    assert taught.all() == []
    taught.add(ASKED, "three")
    assert [lesson.answer for lesson in taught.all()] == ["three"]


def test_a_file_that_somebody_broke_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    taught = Taught(tmp_path / "taught.jsonl")
    taught.file.write_text('{"text": "no chat"}\n')
    with pytest.raises(InputFileError, match="no chats"):
        taught.add(ASKED, "one")
    assert taught.file.read_text() == '{"text": "no chat"}\n'


def test_of_a_preference_pair_the_chosen_answer_is_learnt(tmp_path: Path) -> None:
    pair = {
        "prompt": ASKED,
        "chosen": [{"role": "assistant", "content": "good"}],
        "rejected": [{"role": "assistant", "content": "bad"}],
    }
    file = tmp_path / "dpo.jsonl"
    file.write_text(json.dumps(pair))
    (example,) = read_examples(file)
    assert example["messages"] == [*ASKED, {"role": "assistant", "content": "good"}]


def test_with_nothing_kept_aside_every_example_fills_a_batch() -> None:
    train, valid = split(list("abcde"), batch=4, seed=0, aside=False)
    assert (len(train), set(train), valid) == (8, set("abcde"), list("abcde"))
