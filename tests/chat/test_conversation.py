"""A conversation is a tree of messages: what is asked anew stands beside what was, not over it."""

from __future__ import annotations

import pytest

from assistant.chat import Conversation, Exchange, Turn
from assistant.chat.titles import title_of
from assistant.engine import Finish, Request
from assistant.errors import EngineError
from tests.chat.keeping import talk
from tests.fakes import FakeEngine


def turn_of(engine: FakeEngine, ends: list[tuple[str, Finish | None]]) -> Turn:
    request = Request([{"role": "user", "content": "Count"}])
    return Turn(engine.generate([request]), lambda text, finish: ends.append((text, finish)))


def test_a_turn_hands_over_what_was_said_once() -> None:
    ends: list[tuple[str, Finish | None]] = []
    turn = turn_of(FakeEngine(["Use mx.sort."]), ends)
    list(turn)
    turn.close()
    ((text, finish),) = ends
    assert text == turn.text == "Use mx.sort."
    assert finish is not None
    assert finish.reason == "stop"


def test_a_stopped_turn_keeps_what_was_said() -> None:
    ends: list[tuple[str, Finish | None]] = []
    turn = turn_of(FakeEngine(["one two three four"]), ends)
    next(turn)
    turn.cancel()
    list(turn)
    ((text, finish),) = ends
    assert text == "one"
    assert finish is not None
    assert finish.reason == "cancelled"


def test_a_turn_that_breaks_keeps_what_was_said() -> None:
    ends: list[tuple[str, Finish | None]] = []

    class Breaking(FakeEngine):
        def breathe(self) -> None:
            raise EngineError("The answer broke off.")

    turn = turn_of(Breaking(["one two"]), ends)
    with pytest.raises(EngineError):
        list(turn)
    assert ends == [("one", None)]


def test_the_model_reads_the_system_prompt_every_exchange_and_the_question() -> None:
    conversation = Conversation()
    conversation.add(Exchange("hi", "hello"))
    conversation.add(Exchange("stopped before a word", ""))
    conversation.ask("never answered")
    conversation.add(Exchange("rank?", "2", told=True))
    messages = conversation.messages("Be brief.", "and now?")
    assert [(m["role"], m["content"]) for m in messages] == [
        ("system", "Be brief."),
        ("user", "hi"),
        ("assistant", "hello"),
        ("user", "rank?"),
        ("assistant", "2"),
        ("user", "and now?"),
    ]


def test_a_second_answer_stands_beside_the_first() -> None:
    conversation = talk("a", "first")
    question, first = conversation.path
    second = conversation.answer("second", to=question.id)
    assert [e.answer for e in conversation.exchanges] == ["second"]
    assert conversation.siblings(second.id) == (first, second)
    conversation.go_through(first.id)
    assert [e.answer for e in conversation.exchanges] == ["first"]
    assert len(conversation.entries) == 3


def test_going_through_a_message_goes_on_to_the_newest_that_followed_it() -> None:
    conversation = talk("a", "1", "b", "2", "c", "3")
    path = conversation.path
    conversation.go_to(path[1].id)
    conversation.ask("other b")
    assert [e.question for e in conversation.exchanges] == ["a", "other b"]
    conversation.go_through(path[2].id)
    assert [e.question for e in conversation.exchanges] == ["a", "b", "c"]


def test_a_conversation_that_comes_back_is_on_its_branch() -> None:
    conversation = talk("a", "1", "b", "2")
    first = conversation.path[1].id
    again = Conversation(reversed(conversation.entries), first, id=conversation.id)
    assert [e.question for e in again.exchanges] == ["a"]
    assert again.entries == conversation.entries
    gone = Conversation(conversation.entries, 12345)
    assert len(gone.exchanges) == 2, "a tip that is not there is the newest message"


def test_a_question_that_is_taken_back_leaves_no_trace() -> None:
    conversation = talk("a", "1")
    entry = conversation.ask("b")
    conversation.take_back(entry.id)
    assert [e.question for e in conversation.exchanges] == ["a"]
    assert len(conversation.entries) == 2


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How do I sort?", "How do I sort?"),
        ("\n\n  two   words \nand more", "two words"),
        ("word " * 30, "word " * 10 + "word…"),
        ("x" * 100, "x" * 59 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_line_of_the_first_question(question: str, title: str) -> None:
    assert title_of(question) == title
    assert talk(question, "answer", "second").title == (title or "second")
