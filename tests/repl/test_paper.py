"""What is written on: colour only where it shows, and never a control character."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.repl.paper import Paper, wants_colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "colour"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_show_it(environ: dict[str, str], colour: bool) -> None:
    assert wants_colour(Terminal(), environ) is colour
    assert not wants_colour(io.StringIO(), environ)


@given(st.text())
def test_without_colour_no_escape_reaches_the_stream(text: str) -> None:
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    paper.write(f"\x1b[31m{text}", "accent")
    paper.line(text, "bad")
    assert not {"\x1b", "\x07", "\x9b", "\x08"} & set(stream.getvalue())


def test_ink_is_taken_back_at_the_end() -> None:
    stream = io.StringIO()
    Paper(stream, colour=True).line("careful", "warning")
    assert stream.getvalue() == "\x1b[33mcareful\x1b[0m\n"


def test_a_line_begins_at_the_start_of_one() -> None:
    stream = io.StringIO()
    paper = Paper(stream, colour=False)
    paper.write("half a li")
    paper.line("next")
    paper.end_line()
    assert stream.getvalue() == "half a li\nnext\n"


def test_our_own_sentences_are_broken_between_words_on_a_terminal_and_not_in_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        Paper(stream, colour=False).sentence("one two three \x1b[2J")
    assert terminal.getvalue() == "one two\nthree [2J\n"
    assert file.getvalue() == "one two three [2J\n"


def test_what_ends_a_line_is_there_before_anything_else_is_said() -> None:
    file = io.BytesIO()
    paper = Paper(io.TextIOWrapper(file, write_through=False))
    paper.write("an answer")
    paper.end_line()
    assert file.getvalue() == b"an answer\n"
