"""What is marked in a list or a text: it is seen, and its letters can be read, in every theme."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import Theme

from assistant.tui.themes import DARK, LIGHT, own_variables
from tests.tui.stage import Stage, chat
from tests.tui.test_themes import DRAWN, letters, segments

ANSWERS = ["a `sort` b", "a b c", "a x c"]


async def lists(stage: Stage) -> AsyncIterator[str]:
    """Each list that has a mark, one after the other; a word of the line that is marked."""
    await stage.ask("sort")
    await stage.ask("/compare sort it")
    await stage.press("f3")
    await stage.sees("rank 8 · made")
    yield "mlx-docs"
    await stage.press("a")
    await stage.sees("OWNER/NAME")
    yield ""
    await stage.press("escape", "f4")
    await stage.sees("on this machine")
    yield ""
    await stage.press("escape", "ctrl+f")
    await stage.type("sort")
    await stage.sees(" of ")
    yield "sort"
    await stage.press("escape")
    await stage.send("/open")
    await stage.sees("1 question")
    yield "sort"
    await stage.press("escape")
    await stage.send("/branch tree")
    await stage.sees("Branches of this chat")
    yield "sort"
    await stage.press("escape")
    await stage.type("/se")
    await stage.sees("/search")
    yield "/search"


@pytest.mark.parametrize(
    ("theme", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)], ids=str
)
async def test_every_letter_of_a_list_can_be_read(tmp_path: Path, theme: str, least: float) -> None:
    faint = []
    async with chat(tmp_path, ANSWERS, size=(100, 40), theme=theme) as stage:
        await stage.ask("/adapter load mlx-docs")
        async for _ in lists(stage):
            await stage.pilot.pause()
            faint += [(found, round(found.ratio, 2)) for found in letters(stage)]
    assert [(found, ratio) for found, ratio in faint if ratio < least] == []


async def test_no_colour_of_the_terminal_is_put_behind_letters_of_a_list(tmp_path: Path) -> None:
    """Which of the sixteen can be read on which is up to the person's terminal."""
    async with chat(tmp_path, ANSWERS, size=(100, 40), theme="ansi") as stage:
        await stage.ask("/adapter load mlx-docs")
        async for marked in lists(stage):
            await stage.pilot.pause()
            shown = [(text, style) for text, style, _ in segments(stage) if style is not None]
            behind = [
                (text, style)
                for text, style in shown
                if style.bgcolor and not style.bgcolor.is_default and not DRAWN.fullmatch(text)
                if not style.reverse  # the cursor of a field
            ]
            assert behind == []
            assert any(style.underline and marked in text for text, style in shown)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("below", "mark"), [("surface", "marked"), ("panel", "marked-panel")])
def test_a_mark_is_seen_among_sixteen_colours_too(theme: Theme, below: str, mark: str) -> None:
    """A terminal that has no more gets the nearest of its own."""
    paper = Color.parse(str(getattr(theme, below)))
    marked = paper + Color.parse(own_variables(theme)[mark])
    nearest = [c.rich_color.downgrade(ColorSystem.STANDARD).number for c in (paper, marked)]
    assert nearest[0] != nearest[1]
