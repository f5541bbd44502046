"""/copy takes what it says from the conversation."""

from __future__ import annotations

import pytest

from assistant.commands import complete
from assistant.commands.blocks import Clip
from assistant.paths import Places
from tests.commands.saying import open_session, problem, say

ANSWER = (
    "Use this:\n\n```python\nmx.sort(a)\n```\n\n- or\n\n  ~~~\n  mx.sort(a, axis=0)\n  b\n  ~~~\n"
)


def copied(places: Places, *lines: str) -> Clip:
    session, _ = open_session(places, [ANSWER, "Yes."])
    (clip,) = say(session, *lines)
    assert isinstance(clip, Clip)
    return clip


@pytest.mark.parametrize(
    ("line", "text", "what"),
    [
        ("/copy", ANSWER, "the answer"),
        ("/copy answer", ANSWER, "the answer"),
        ("/copy question", "How do I sort?", "the question"),
        ("/copy code 1", "mx.sort(a)", "code block 1 of 2"),
        ("/copy code", "mx.sort(a, axis=0)\nb", "code block 2 of 2"),
    ],
)
def test_the_last_turn(places: Places, line: str, text: str, what: str) -> None:
    assert copied(places, "How do I sort?", line) == Clip(text, what)


def test_turns_and_the_whole_chat(places: Places) -> None:
    lines = ("How do I sort?", "Sure?")
    last = copied(places, *lines, "/copy last")
    assert last == Clip("## You\n\nSure?\n\n## Assistant\n\nYes.", "the last turn")
    both = copied(places, *lines, "/copy last 2")
    assert both.text == f"## You\n\nHow do I sort?\n\n## Assistant\n\n{ANSWER}\n\n{last.text}"
    assert both.what == "the last 2 turns"
    assert copied(places, *lines, "/copy all") == Clip(both.text, "the whole chat")
    assert copied(places, *lines, "/copy last 99").text == both.text


def test_a_template_is_not_what_was_typed(places: Places) -> None:
    assert copied(places, "/prompt review", "x = 1", "/copy question").text == "x = 1"


@pytest.mark.parametrize(
    "line", ["/copy", "/copy code", "/copy question", "/copy last", "/copy all"]
)
def test_with_nothing_said_there_is_nothing_to_copy(places: Places, line: str) -> None:
    session, _ = open_session(places)
    assert problem(say(session, line)).kind == "usage"


@pytest.mark.parametrize(
    "line",
    ["/copy code 3", "/copy code 0", "/copy code x", "/copy that", "/copy all 2", "/copy last 1 2"],
)
def test_what_is_not_there_is_said(places: Places, line: str) -> None:
    session, _ = open_session(places, [ANSWER])
    found = problem(say(session, "How do I sort?", line))
    assert found.kind == "usage"
    assert found.hint


def test_an_answer_without_code_says_so(places: Places) -> None:
    session, _ = open_session(places, ["Yes."])
    assert "no code block" in problem(say(session, "Sure?", "/copy code")).message


def test_code_blocks_are_offered_by_their_first_line(places: Places) -> None:
    session, _ = open_session(places, [ANSWER])
    say(session, "How do I sort?")
    offered = [(choice.text, choice.summary) for choice in complete(session, "/copy code ")]
    assert offered == [("1", "mx.sort(a)"), ("2", "mx.sort(a, axis=0)")]


def test_an_answer_without_text_is_not_passed_over_for_the_one_before(places: Places) -> None:
    session, _ = open_session(places, ["Yes.", ""])
    assert "no text" in problem(say(session, "first", "second", "/copy")).message
    assert problem(say(session, "/copy code")).kind == "usage"


def test_an_answer_of_a_comparison(places: Places) -> None:
    session, _ = open_session(places, [ANSWER, "Yes."])
    say(session, "/adapter load mlx-docs", "/compare How?")
    assert say(session, "/copy column 1") == [Clip(ANSWER, "what base says")]
    assert say(session, "/copy column left code 1") == [Clip("mx.sort(a)", "code block 1 of 2")]
    assert say(session, "/copy column right") == [Clip("[mlx-docs] Yes.", "what mlx-docs ×1 says")]
    assert "says has no code block" in problem(say(session, "/copy column 2 code")).message
    assert "no column '3'" in problem(say(session, "/copy column 3")).message
    offered = complete(session, "/copy column ")
    assert [(one.text, one.summary) for one in offered] == [("1", "base"), ("2", "mlx-docs ×1")]


def test_a_copy_gives_no_name_away(places: Places) -> None:
    session, _ = open_session(places)
    say(session, "/adapter load mlx-docs", "/compare --blind How?")
    (clip,) = say(session, "/copy column 1")
    assert isinstance(clip, Clip)
    assert clip.what == "what answer 1 says"


@pytest.mark.parametrize("line", ["/copy column", "/copy column 1 code x", "/copy column 1 all"])
def test_a_column_is_named_by_its_number(places: Places, line: str) -> None:
    session, _ = open_session(places)
    assert problem(say(session, line)).kind == "usage"
    say(session, "/adapter load mlx-docs", "/compare How?")
    assert problem(say(session, line)).kind == "usage"
