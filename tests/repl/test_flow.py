"""Long lines on a terminal: broken between words, and code never."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.repl.flow import Flow, flowed
from assistant.repl.words import cells, unbreakable

MARKDOWN = """# A heading that is longer than the forty columns that there are here

Some words with `inline code` that go on for longer than a line has room for them.

- an item that is long enough for two lines, or perhaps for three of them
  1. one inside it that is long enough for two lines, or for three of them

```python
x = "a line of code that is far wider than forty columns, and stays as it is"

y = 1
```
| name | a row of a table that is far wider than forty columns are |
|------|-----------------------------------------------------------|
| rank | a row of a table that is far wider than forty columns are |

    code that is indented, and far wider than forty columns are, stays too

日本語の文章はどこでも改行できますが、句読点の前ではできません。長い文章です。
https://a.name/that/is/far/wider/than/forty/columns/and/has/no/spaces is whole
"""


class Page:
    """What a terminal of so many columns was sent."""

    def __init__(self, room: int | None, before: str = "") -> None:
        self.room = room
        self.text = before

    @property
    def column(self) -> int:
        return cells(self.text.rpartition("\n")[2].expandtabs())

    def write(self, text: str) -> None:
        self.text += text


def streamed(pieces: Iterable[str], room: int | None, before: str = "") -> str:
    page = Page(room, before)
    flow = Flow(page)
    for piece in pieces:
        flow.write(piece)
    flow.end()
    return page.text


@given(st.lists(st.integers(1, 9), min_size=1), st.integers(10, 120))
def test_however_an_answer_is_cut_it_looks_as_it_would_in_one_piece(
    sizes: list[int], room: int
) -> None:
    pieces, start = [], 0
    while start < len(MARKDOWN):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(MARKDOWN[start : start + size])
        start += size
    assert streamed(pieces, room) == streamed([MARKDOWN], room)
    assert streamed([MARKDOWN], room).splitlines() == list(flowed(MARKDOWN, room))


@given(st.lists(st.text("abcde.,`-_'", min_size=1, max_size=12), min_size=1), st.integers(4, 40))
def test_prose_is_broken_where_pythons_own_textwrap_breaks_it(words: list[str], room: int) -> None:
    text = f"a {' '.join(words)}"  # "a": so that no line is a list, a table or code
    expected = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)
    assert streamed(text, room).splitlines() == expected


@given(st.text("a `|->#\n\t~1.世🎉é", max_size=80), st.integers(4, 40))
def test_nothing_is_lost_and_nothing_is_added_but_breaks(text: str, room: int) -> None:
    def letters(text: str) -> str:
        return "".join(text.split())

    assert letters(streamed(text, room)) == letters(text)
    assert "".join(unbreakable(text)) == text


def test_code_and_tables_stand_as_they_are() -> None:
    lines = streamed([MARKDOWN], 40).splitlines()
    for line in MARKDOWN.splitlines():
        if line.startswith(("x =", "|", "    code", "https")):
            assert line.removesuffix(" is whole") in lines
    prose = [line for line in lines if not line.startswith(("x =", "|", "    code", "https"))]
    assert max(map(cells, prose)) <= 40


def test_an_item_goes_on_below_its_text_unless_somebody_listens() -> None:
    assert list(flowed("- one two three", 9)) == ["- one two", "  three"]
    assert list(flowed("- one two three", 9, hang=False)) == ["- one two", "three"]


def test_a_wide_character_counts_two_and_no_line_begins_with_a_full_stop() -> None:
    assert list(flowed("世界世界。世", 8)) == ["世界世", "界。世"]
    assert list(flowed("👍🏽👍🏽👍🏽", 4)) == ["👍🏽👍🏽", "👍🏽"]
    assert list(flowed("한국어 한국어", 10)) == ["한국어", "한국어"]


def test_the_label_before_an_answer_takes_room_too() -> None:
    assert streamed(["one two"], 12, before="base: ") == "base: one\ntwo"


def test_a_word_waits_only_until_it_has_ended() -> None:
    page = Page(20)
    flow = Flow(page)
    flow.write("one tw")
    assert page.text == "one"
    flow.write("o ")
    assert page.text == "one two"


def test_where_lines_have_no_end_nothing_is_broken_and_nothing_waits() -> None:
    page = Page(None)
    Flow(page).write("one " * 100 + "tw")
    assert page.text == "one " * 100 + "tw"


def test_what_was_said_before_says_whether_the_rest_is_code() -> None:
    page = Page(10)
    flow = Flow(page)
    flow.hear("```\nx = 1\ny =")
    flow.write(" a long line\n```\nand prose again")
    flow.end()
    assert page.text == " a long line\n```\nand prose\nagain"


@pytest.mark.parametrize("pieces", [["a\r", "\nb"], ["a\r\nb"], ["a\rb"]])
def test_a_line_ends_once_however_it_ends(pieces: list[str]) -> None:
    assert streamed(pieces, 20) == "a\nb"
