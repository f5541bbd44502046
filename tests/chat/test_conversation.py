"""A conversation keeps what was said, however the answer ended."""

from __future__ import annotations

from assistant.chat import Conversation, Exchange, Turn
from assistant.engine import Finish, Request
from tests.fakes import FakeEngine


def turn_of(engine: FakeEngine, conversation: Conversation, question: str) -> Turn:
    ends: list[Finish] = []
    request = Request(conversation.messages(question=question))
    return Turn(engine.generate([request]), conversation, question, {"mlx-docs": 1.0}, ends.append)


def test_a_finished_turn_becomes_an_exchange_with_what_made_it() -> None:
    conversation = Conversation()
    list(turn_of(FakeEngine(["Use mx.sort."]), conversation, "How do I sort?"))
    (exchange,) = conversation.exchanges
    assert (exchange.question, exchange.answer) == ("How do I sort?", "Use mx.sort.")
    assert exchange.adapters == {"mlx-docs": 1.0}
    assert exchange.finish is not None
    assert exchange.finish.reason == "stop"


def test_a_stopped_turn_keeps_what_was_said() -> None:
    conversation = Conversation()
    turn = turn_of(FakeEngine(["one two three four"]), conversation, "Count")
    next(turn)
    turn.cancel()
    list(turn)
    assert conversation.exchanges[0].answer == "one"
    assert conversation.exchanges[0].finish is not None
    assert conversation.exchanges[0].finish.reason == "cancelled"


def test_the_model_reads_the_system_prompt_every_exchange_and_the_question() -> None:
    conversation = Conversation()
    conversation.add(Exchange("hi", "hello"))
    conversation.add(Exchange("stopped before a word", ""))
    messages = conversation.messages("Be brief.", "and now?")
    assert [(m["role"], m["content"]) for m in messages] == [
        ("system", "Be brief."),
        ("user", "hi"),
        ("assistant", "hello"),
        ("user", "and now?"),
    ]


def test_taking_the_last_exchange_back_leaves_the_rest() -> None:
    conversation = Conversation()
    conversation.add(Exchange("a", "1"))
    conversation.add(Exchange("b", "2"))
    taken = conversation.take_last()
    assert taken is not None
    assert taken.question == "b"
    assert [exchange.question for exchange in conversation.exchanges] == ["a"]
    conversation.clear()
    assert conversation.take_last() is None
