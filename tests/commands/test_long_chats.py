"""A chat longer than the context goes on: the oldest turns are left out, and that is said."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from assistant.commands import Session, submit
from assistant.commands.blocks import Answers, Notice, Problem
from assistant.engine.types import Request
from assistant.errors import EngineError
from assistant.paths import Places
from assistant.settings import Settings
from tests.fakes import FakeEngine, FakeGeneration


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


def read(engine: FakeEngine) -> list[str]:
    """Which questions the model was last shown, by their first words."""
    asked = [m["content"] for m in engine.requests[-1].messages if m["role"] == "user"]
    return [text.split()[0] for text in asked]


def talk_until_trimmed(session: Session, engine: FakeEngine) -> int:
    """How many questions it took until the oldest were left out."""
    number = 1
    while not say(session, f"q{number} " + "word " * 50):
        number += 1
    assert read(engine)[0] != "q1"
    return number


def test_an_earlier_point_that_fits_is_shown_whole(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    talk_until_trimmed(session, engine)
    say(session, "/fork 2")
    assert say(session, "and now") == []
    assert read(engine) == ["q1", "q2", "and"]
    say(session, "/branch previous 3")
    assert say(session, "/edit 2 other") == []
    assert read(engine) == ["q1", "other"]


def test_another_branch_is_trimmed_anew_and_that_is_said(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    last = talk_until_trimmed(session, engine)
    say(session, "/fork 2")
    say(session, "and now")
    say(session, "/branch previous 3")
    said = say(session, "again")
    shown = read(engine)
    (notice,) = said
    assert f"oldest {last + 1 - len(shown)} turns" in str(notice)
    assert shown[-2:] == [f"q{last}", "again"]


def test_another_answer_to_the_last_question_is_cached_and_nothing_is_said_twice(
    places: Places,
) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    talk_until_trimmed(session, engine)
    before = engine.requests[-1].messages
    say(session, "more")
    grown = engine.requests[-1].messages
    assert "oldest" not in str(say(session, "/retry"))
    assert engine.requests[-1].messages == grown
    assert grown[: len(before)] == before


def test_another_wording_of_the_last_question_begins_as_the_cache_does(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    talk_until_trimmed(session, engine)
    say(session, "more " + "word " * 50)
    before = engine.requests[-1].messages
    (said,) = say(session, "/edit other " + "word " * 50)
    assert "oldest" in str(said), "it was trimmed for this branch too"
    assert engine.requests[-1].messages[:-1] == before[:-1]


def test_what_was_left_out_for_a_question_that_failed_is_shown_again(places: Places) -> None:
    class Failing(FakeEngine):
        fails = False

        def generate(self, requests: Sequence[Request]) -> FakeGeneration:
            if self.fails:
                raise EngineError("The answer could not begin.")
            return super().generate(requests)

    engine = Failing()
    session = open_session(places, engine)
    for number in range(1, 6):
        say(session, f"q{number} " + "word " * 50)
    engine.fails = True
    assert isinstance(say(session, "long " + "word " * 300)[0], Problem)
    engine.fails = False
    assert say(session, "short") == []
    assert read(engine)[0] == "q1"


def test_the_gauge_counts_what_the_model_reads(places: Places) -> None:
    engine = FakeEngine()
    session = open_session(places, engine)
    for number in range(1, 12):
        say(session, f"q{number} " + "word " * 50)
        assert session.prompt_tokens == engine.count_tokens(engine.requests[-1])
