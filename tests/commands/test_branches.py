"""/retry, /edit, /branch and /fork: what is made anew stands beside what was."""

from __future__ import annotations

import pytest

from assistant.commands import Session
from assistant.commands.blocks import Answered, Asked, Block, Draft, Earlier, Effect
from assistant.paths import Places
from tests.chat.keeping import rows
from tests.commands.saying import notices, open_session, problem, say, table


def shown(blocks: list[Block]) -> list[str]:
    """Questions and answers that are on the screen again."""
    return [b.text for b in blocks if isinstance(b, Asked | Answered)]


def answers(session: Session) -> list[str]:
    return [exchange.answer for exchange in session.conversation.exchanges]


def test_retry_keeps_the_answer_before_as_a_version(places: Places) -> None:
    session, engine = open_session(places, ["first", "second", "third"])
    say(session, "hello", "/retry", "/retry")
    assert answers(session) == ["third"]
    assert [m["content"] for m in engine.requests[2].messages] == ["hello"]
    assert shown(say(session, "/branch previous")) == ["hello", "second"]
    assert "version 1 of 3" in notices(say(session, "/branch next", "/branch next"))
    assert answers(session) == ["first"], "it goes round"


def test_the_model_reads_the_branch_that_is_shown(places: Places) -> None:
    session, engine = open_session(places, ["first", "second"])
    say(session, "hello", "/retry", "/branch previous", "and now?")
    assert [m["content"] for m in engine.requests[-1].messages] == ["hello", "first", "and now?"]


def test_edit_asks_another_wording_and_keeps_the_old_with_what_followed(places: Places) -> None:
    session, engine = open_session(places, ["1", "2", "new 1"])
    blocks = say(session, "a", "b", "/edit 1 other a")
    assert [m["content"] for m in engine.requests[-1].messages] == ["other a"]
    assert shown(blocks) == ["other a"], "its answer streams below it"
    assert answers(session) == ["new 1"]
    assert shown(say(session, "/branch next 1")) == ["a", "1", "b", "2"]


def test_edit_without_a_number_words_the_last_question_anew(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "a", "b", "/edit 007 is no number here", "/edit c")
    assert engine.requests[-1].messages[-1]["content"] == "c"
    assert [e.question for e in session.conversation.exchanges] == ["a", "c"]


def test_edit_without_a_text_puts_the_question_where_it_can_be_changed(places: Places) -> None:
    session, _ = open_session(places)
    assert say(session, "a", "b\nc", "/edit") == [Draft("/edit 2 b\nc")]
    assert say(session, "/edit 1") == [Draft("/edit 1 a")]


def test_edit_puts_the_template_around_the_new_wording_alone(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "/prompt review", "x = 1", "/edit y = 2")
    said = engine.requests[-1].messages[-1]["content"]
    assert said.startswith("Review this code:")
    assert "x = 1" not in said


@pytest.mark.parametrize(
    "line", ["/edit", "/edit x", "/branch", "/branch next", "/fork 1", "/retry", "/export a.md"]
)
def test_with_nothing_asked_there_is_nothing_to_change(places: Places, line: str) -> None:
    session, _ = open_session(places)
    assert problem(say(session, line)).kind == "usage"


@pytest.mark.parametrize(
    "line",
    ["/edit 9 x", "/branch next 2", "/branch sideways", "/branch next x", "/fork", "/fork 2"],
)
def test_what_is_not_there_is_said(places: Places, line: str) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "hello", line)).kind == "usage"
    assert [e.question for e in session.conversation.exchanges] == ["hello"]


def test_an_edit_that_cannot_start_leaves_the_branch_as_it_was(places: Places) -> None:
    session, _ = open_session(places, ["1", "2"])
    assert problem(say(session, "a", "b", "/edit 1 " + "word " * 2000)).kind == "prompt_too_long"
    assert answers(session) == ["1", "2"]
    session.close()
    texts = rows(places.conversations_file, "SELECT text FROM message ORDER BY id")
    assert texts == [("a",), ("1",), ("b",), ("2",)]


@pytest.mark.parametrize("line", ["/fork 1", "/branch previous 2", "/branch at 3"])
def test_on_another_branch_the_last_question_and_answer_are_those_of_that(
    places: Places, line: str
) -> None:
    session, _ = open_session(places, ["1", "2", "3"])
    say(session, "a", "b", "/edit 2 c")
    assert session.last_question == "c"
    say(session, line)
    last = session.conversation.exchanges[-1]
    assert session.last_question == last.question != "c"
    assert session.last_finish is not None
    assert session.last_finish.text == last.answer


def test_fork_goes_on_from_an_earlier_answer(places: Places) -> None:
    session, engine = open_session(places)
    assert shown(say(session, "a", "b", "c", "/fork 1")) == ["a", "You said: a"]
    say(session, "other b")
    assert [m["content"] for m in engine.requests[-1].messages] == ["a", "You said: a", "other b"]
    listed = table(say(session, "/branch"))
    assert listed["2"] == ("2", "other b", "2 of 2")
    assert "c" in shown(say(session, "/branch next"))


def test_what_the_program_told_stays_known_when_a_question_is_asked_again(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "hello")
    session.tell("What is the rank of [[1]]?", "1")
    say(session, "/retry")
    assert [m["content"] for m in engine.requests[-1].messages] == [
        "What is the rank of [[1]]?",
        "1",
        "hello",
    ]


def test_a_long_branch_shows_its_end_and_offers_the_rest(places: Places) -> None:
    session, _ = open_session(places)
    blocks = say(session, *"abcdefg", "/retry", "/branch next")
    assert blocks[0] == Effect("clear")
    assert shown(blocks)[0] == "d"
    (earlier,) = [b for b in blocks if isinstance(b, Earlier)]
    assert len(earlier.blocks) == 6
