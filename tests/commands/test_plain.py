"""What is shown as text cannot move a cursor, change a colour or turn a line around."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.plain_text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("a\x07b\x00c", "abc"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("user‮gpj.exe", "usergpj.exe"),
        ("你好 🙂 مرحبا", "你好 🙂 مرحبا"),
        ("[red]markup[/] stays", "[red]markup[/] stays"),
    ],
)
def test_control_characters_go_and_everything_else_stays(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    left = set(plain(text)) - {"\n", "\t"}
    assert not any(unicodedata.category(character) == "Cc" for character in left)
    assert plain(plain(text)) == plain(text)
