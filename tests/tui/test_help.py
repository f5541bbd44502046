"""Help and the palette: the program's own words, in columns, what is looked for first on top."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.containers import ScrollableContainer
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, OptionList, TextArea

from assistant.tui.bindings import keys_here
from assistant.tui.palette import entries
from assistant.tui.widgets.help import COLUMN, Help, HelpText
from assistant.tui.wording import words_for
from tests.tui.stage import chat

TEXTUALS: list[type[DOMNode]] = [App, Screen, TextArea, Input, OptionList, ScrollableContainer]


@pytest.mark.parametrize("kind", TEXTUALS, ids=lambda kind: kind.__name__)
def test_every_key_of_textual_has_words_of_ours(kind: type[DOMNode]) -> None:
    named = {"up", "down", "left", "right", "scroll_home", "scroll_end"}
    for binding in kind.BINDINGS:
        assert isinstance(binding, Binding)
        if binding.description and binding.action.removeprefix("scroll_") not in named:
            assert words_for(binding.action, "") or binding.action in named, binding


async def test_help_speaks_with_one_voice(tmp_path: Path) -> None:
    theirs = {
        binding.description
        for kind in TEXTUALS
        for binding in kind.BINDINGS
        if isinstance(binding, Binding)
    }
    async with chat(tmp_path) as stage:
        said = {does.what for does in keys_here(stage.app.screen)}
        assert not said & (theirs - {"Cut", "Copy"} - {""})
        assert "to the thing before that takes keys" in said
        assert all(what[0].islower() for what in said)


async def test_helps_columns_meet_and_many_keys_stand_below_each_other(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("f1")
        await stage.sees("In the input")
        text = stage.app.query_one(HelpText)
        lines = [line.plain for line in text.lines(48)]
        start = lines.index("In the input")
        for line in lines[start + 1 : lines.index("", start)]:
            assert line[COLUMN - 1] == " ", line
        first = next(n for n, line in enumerate(lines) if line.startswith("Shift+Enter,"))
        assert lines[first].split() == ["Shift+Enter,", "new", "line"]
        assert [lines[first + 1].strip(), lines[first + 2].strip()] == ["Ctrl+J,", "Alt+Enter"]


async def test_the_palette_begins_with_the_screens_keys_and_ends_with_letters(
    tmp_path: Path,
) -> None:
    async with chat(tmp_path) as stage:
        texts = [entry.text for entry in entries(stage.app)]
        at = {name: n for n, text in enumerate(texts) for name in text.split() if len(name) > 1}
        assert at["F1"] < at["F3"] < at["F4"] < at["F7"] < at["F8"] < texts.index("/adapter")
        assert at["Ctrl+F"] < texts.index("/adapter")
        assert texts.index("/adapter") < at["Ctrl+R"] < at["Ctrl+C"]
        assert at["Ctrl+R"] < at["Backspace"]


async def test_help_leaves_a_panel_free_that_stands_beside_the_chat(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(130, 40)) as stage:
        await stage.press("f1", "f3")
        await stage.sees("stronger")
        shown = stage.app.query_one(Help)
        await stage.until(lambda: shown.region.right == stage.app.panels.region.x)
        await stage.pilot.resize_terminal(100, 40)
        await stage.until(lambda: shown.region.right == 100)
        await stage.pilot.resize_terminal(130, 40)
        await stage.until(lambda: shown.region.right == stage.app.panels.region.x)
        await stage.press("escape")
        await stage.until(lambda: shown.region.right == 130)


async def test_help_tells_the_keys_of_a_panel_as_they_are_typed(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(100, 40)) as stage:
        await stage.ask("/adapter load mlx-docs")
        await stage.press("f3")
        await stage.sees("stronger")
        told = {(does.names, does.what) for does in keys_here(stage.app.screen)}
        assert {
            ("←", "weaker"),
            ("→", "stronger"),
            ("o", "only this"),
            ("↓", "the next one"),
        } <= told
        assert not [what for _, what in told if what.casefold().startswith("scroll")]
