"""From a typed line to blocks: what is a command, what is text, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.commands import Session, all_commands, is_command
from assistant.commands.blocks import Answers
from assistant.commands.dispatch import split_command
from assistant.paths import Places
from assistant.settings import Settings
from tests.commands.saying import open_session, problem, say
from tests.fakes import FakeEngine

NOWHERE = Places(Path("/dev/null/none"), Path("/dev/null/none"))


@pytest.mark.parametrize(
    ("line", "command"),
    [("/help", True), ("  /help", True), ("/?", True), ("//help", False), ("/", False),
     ("/ 2", False), ("/5 of it", False), ("help", False), ("", False)],
)  # fmt: skip
def test_a_slash_and_a_letter_make_a_command(line: str, command: bool) -> None:
    assert is_command(line) is command


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/rank 1 2\n3 4", "1 2\n3 4"),
        ("/rank\n1 2\n3 4", "1 2\n3 4"),
        ("/rank\t1 2", "1 2"),
        ("/Rank   [[1]]  ", "[[1]]"),
        ("/rank", ""),
    ],
)
def test_what_follows_the_name_may_span_lines(line: str, text: str) -> None:
    name, arguments = split_command(line)
    assert (name, arguments.text) == ("rank", text)


def test_two_slashes_send_one(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "//help me")
    assert engine.requests[-1].messages[-1]["content"] == "/help me"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("  hello ", "hello"),
        ("\n\n    if x:\n        return 1\n", "    if x:\n        return 1"),
        ("\ta\n\tb", "\ta\n\tb"),
    ],
)
def test_code_that_is_pasted_keeps_its_indentation(places: Places, typed: str, sent: str) -> None:
    session, engine = open_session(places)
    say(session, typed)
    assert engine.requests[-1].messages[-1]["content"] == sent


def test_half_characters_never_reach_the_model(places: Places) -> None:
    session, engine = open_session(places)
    say(session, "caf\udce9 \ud83c\udf89")
    assert engine.requests[-1].messages[-1]["content"] == "caf\N{REPLACEMENT CHARACTER} 🎉"


def test_an_unknown_command_is_answered_with_the_nearest(places: Places) -> None:
    session, engine = open_session(places)
    assert problem(say(session, "/adaptor load x")).hint == "Did you mean /adapter?"
    assert engine.requests == []


def test_an_unknown_command_that_is_near_to_none_is_told_where_they_are(places: Places) -> None:
    session, _ = open_session(places)
    assert problem(say(session, "/nonsense")).hint == "/help lists the commands."


def test_a_fault_in_a_command_becomes_one_sentence_and_a_log(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = open_session(places)
    monkeypatch.setattr(Session, "compare", lambda *_, **__: 1 / 0)
    found = problem(say(session, "/compare hello"))
    assert found.kind == "internal"
    assert "ZeroDivisionError" in found.message
    log = places.data / "errors.log"
    assert str(log) in found.hint
    assert "Traceback" in log.read_text()
    assert isinstance(say(session, "still here")[0], Answers)


@settings(deadline=None)
@given(st.text())
def test_any_line_comes_to_blocks_and_never_to_an_exception(line: str) -> None:
    engine = FakeEngine()
    session = Session(Settings(), NOWHERE, open_engine=lambda model, places: engine)
    session.start()
    for block in say(session, line):
        assert getattr(block, "kind", "") != "internal"


@settings(deadline=None)
@given(st.sampled_from(sorted(all_commands())), st.text(max_size=30))
def test_any_words_after_any_command_are_answered_in_words(name: str, words: str) -> None:
    if name in {"model", "docs"}:  # these look at the whole machine
        return
    engine = FakeEngine()
    session = Session(Settings(), NOWHERE, open_engine=lambda model, places: engine)
    session.start()
    for block in say(session, f"/{name} {words}"):
        assert getattr(block, "kind", "") != "internal", block
