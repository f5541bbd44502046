"""A chat longer than the context goes on: the oldest turns are left out, and that is said."""

from __future__ import annotations

from itertools import pairwise

from assistant.commands import Session, submit
from assistant.commands.blocks import Answers, Notice, Problem
from assistant.paths import Places
from assistant.settings import Settings
from tests.fakes import FakeEngine


def open_session(places: Places, engine: FakeEngine) -> Session:
    session = Session(Settings(), places, open_engine=lambda model, places: engine)
    session.start()
    return session


def say(session: Session, text: str) -> list[Notice | Problem]:
    """Ask, let the answer run, and return what is said about it."""
    said: list[Notice | Problem] = []
    for block in submit(session, text):
        if isinstance(block, Answers):
            list(block.generation)
            said += [b for b in block.after() if isinstance(b, Notice)]
        elif isinstance(block, Notice | Problem):
            said.append(block)
    return said


def test_a_long_chat_goes_on_and_says_what_it_leaves_out(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    said = [say(session, "word " * 100) for _ in range(12)]
    assert not [p for notices in said for p in notices if isinstance(p, Problem)]
    left_out = [n.text for notices in said for n in notices if isinstance(n, Notice)]
    assert left_out
    assert all("oldest" in text for text in left_out)
    assert all(engine.count_tokens(r) <= engine.info.context_length for r in engine.requests)
    assert len(session.conversation.exchanges) == 12, "nothing of the conversation is lost"


def test_what_is_left_out_stays_out_so_that_the_next_turn_is_cached(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    for _ in range(12):
        say(session, "word " * 100)
    prefixes = [tuple(m["content"] for m in r.messages[:-1]) for r in engine.requests]
    grown = sum(b[: len(a)] == a for a, b in pairwise(prefixes))
    assert grown >= 6, "most turns begin with the whole of the turn before"


def test_a_single_question_that_is_too_long_is_refused_and_nothing_is_lost(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    say(session, "hello")
    (problem,) = say(session, "word " * 2000)
    assert isinstance(problem, Problem)
    assert problem.kind == "prompt_too_long"
    assert [e.question for e in session.conversation.exchanges] == ["hello"]
    say(session, "and now?")
    assert len(session.conversation.exchanges) == 2
    assert engine.requests[-1].messages[0]["content"] == "hello", "still shown to the model"


def test_a_short_chat_leaves_nothing_out(places: Places) -> None:
    session = open_session(places, FakeEngine())
    assert [say(session, "hello") for _ in range(3)] == [[], [], []]
