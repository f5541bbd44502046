"""/compare from an earlier question, and with the columns of the comparison before."""

from __future__ import annotations

import pytest

from assistant.commands.blocks import Answers, Block
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import open_session, problem, say

ADAPTED = Settings(adapters=("mlx-docs",), evidence=False)


def answers(blocks: list[Block]) -> Answers:
    (found,) = [block for block in blocks if isinstance(block, Answers)]
    return found


def titles(blocks: list[Block]) -> list[str]:
    return [column.title for column in answers(blocks).columns]


def test_an_earlier_question_is_compared_by_its_number(places: Places) -> None:
    session, engine = open_session(places, settings=ADAPTED)
    say(session, "first", "second", "third")
    assert answers(say(session, "/compare --question 2")).question == "second"
    assert engine.requests[-1].messages[-1]["content"] == "second"
    assert session.conversation.path[-1].text == "[mlx-docs] You said: third", "the chat stays"
    assert answers(say(session, "/compare --question 1 --blind")).question == "first"


def test_without_a_text_the_last_answers_question_is_compared(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    say(session, "first", "second")
    assert answers(say(session, "/compare")).question == "second"


def test_a_comparison_is_made_again_with_its_columns_and_its_question(places: Places) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    say(session, "/compare -a mlx-docs=0.5+pirate=0.25 -a pirate=0.75 How?", "a chat goes on")
    columns = ["base", "mlx-docs ×0.5 + pirate ×0.25", "pirate ×0.75"]
    again = say(session, "/compare --again")
    assert titles(again) == columns
    assert answers(again).question == "How?"
    other = say(session, "/compare --again Why?")
    assert titles(other) == columns
    assert answers(other).question == "Why?"
    say(session, "/compare --again --blind")
    assert session.contest is not None
    assert sorted(column.title for column in session.contest.columns) == sorted(columns)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/compare --again", "no comparison"),
        ("/compare --again --sweep hi", "--again"),
        ("/compare --question", "number"),
        ("/compare --question two", "number"),
        ("/compare --question 7", "no question number 7"),
        ("/compare --question 1 and this", "two questions"),
    ],
)
def test_what_cannot_be_asked_again_is_said(places: Places, line: str, says: str) -> None:
    session, _ = open_session(places, settings=ADAPTED)
    say(session, "first")
    assert says in problem(say(session, line)).message
