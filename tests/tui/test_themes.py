"""The themes on the screen itself: letters that can be read, and one colour for "adapted"."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.segment import Segment

from assistant.commands import blocks
from assistant.theme_names import OWN_THEMES as OFFERED
from assistant.tui.theme import choose_theme
from assistant.tui.themes import CONTRAST, DARK, LIGHT, THEMES
from tests.tui.stage import Stage, chat

MARKDOWN = """Use `mx.sort`. **bold** *it* [link](https://a.b)

# Heading
## Two
> quote

- item
1. one

```python
import mlx.core as mx  # comment
@decorator
def f(x: int = 3) -> None:
    return "text" if x else None
class A: pass
```

| a | b |
|---|---|
| 1 | 2 |
"""
KINDS: list[blocks.Block] = [
    blocks.Notice("info"),
    blocks.Notice("good", "good"),
    blocks.Notice("warning", "warning"),
    blocks.Problem("problem", "hint"),
    blocks.Table(("name", "b"), (("x", "1"),), "title", 0),
    blocks.Matrix((("1", "2"), ("3", "4")), "caption", frozenset({(0, 0)})),
    blocks.Chart((blocks.Bar("l", 1.0), blocks.Bar("m", 0.1)), "caption", 0.5),
    blocks.Fold("fold", (blocks.Preformatted("x = 1", "python"),), open=True),
]
# Lines, bars and blocks are no letters.
DRAWN = re.compile("[\\s\\u2500-\\u259f]*")


@dataclass(frozen=True)
class Letters:
    text: str
    ink: str
    paper: str

    @property
    def ratio(self) -> float:
        """WCAG 2's contrast ratio."""
        low, high = sorted(map(luminance, (self.ink, self.paper)))
        return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance has it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def segments(stage: Stage) -> Iterator[Segment]:
    for strip in stage.app.screen._compositor.render_strips():
        yield from strip


def letters(stage: Stage) -> Iterator[Letters]:
    for text, style, _ in segments(stage):
        if DRAWN.fullmatch(text) or style is None or style.color is None or style.bgcolor is None:
            continue
        ink, paper = style.color.triplet, style.bgcolor.triplet
        assert ink is not None, (text, style)
        assert paper is not None, (text, style)
        pair = (paper.hex, ink.hex) if style.reverse else (ink.hex, paper.hex)
        yield Letters(text.strip(), *pair)


def adapted(stage: Stage, name: str) -> set[str]:
    """The letters that have the adapter's colour."""
    found = {
        text.strip()
        for text, style, _ in segments(stage)
        if style and style.color and style.color.name == name
    }
    return {text for text in found if not DRAWN.fullmatch(text)}


# The label of the adapted answers, and the name in the accented column of a table.
ADAPTED = {"mlx-docs ×1", "x"}


async def everything(stage: Stage) -> None:
    """All that the screen can show, one below the other."""
    await stage.ask("q")
    await stage.ask("/adapter load mlx-docs")
    await stage.ask("/compare q")
    for block in KINDS:
        await stage.app.showing.show(block)
    await stage.pilot.pause(0.1)


ANSWERS = [MARKDOWN, "a b c d", "a x c y"]


@pytest.mark.parametrize(
    ("theme", "least"), [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)], ids=str
)
async def test_every_letter_can_be_read_and_one_colour_is_the_adapters(
    tmp_path: Path, theme: str, least: float
) -> None:
    async with chat(tmp_path, ANSWERS, size=(100, 130), theme=theme) as stage:
        await everything(stage)
        assert adapted(stage, stage.app.theme_variables["text-accent"]) == ADAPTED
        seen = set(letters(stage))
        await stage.press("f2", "p")
        await stage.pilot.pause(0.1)
        seen |= set(letters(stage))
        await stage.press("d")
        await stage.pilot.pause(0.1)
        seen |= set(letters(stage))
        await stage.press("escape", "f1")
        await stage.type("/se")
        await stage.pilot.pause(0.1)
        seen |= set(letters(stage))
        await stage.press("ctrl+c")
        await stage.pilot.pause(0.1)
        seen |= set(letters(stage))
    assert len(seen) > 60
    faint = [(found, round(found.ratio, 2)) for found in seen if found.ratio < least]
    assert faint == []


async def test_the_terminals_own_colours_are_sent_as_they_are(tmp_path: Path) -> None:
    async with chat(tmp_path, ANSWERS, size=(100, 130), theme="ansi") as stage:
        await everything(stage)
        assert adapted(stage, "color(5)") == ADAPTED
        await stage.type("/se")
        await stage.pilot.pause(0.1)
        for text, style, _ in segments(stage):
            for colour in (style.color, style.bgcolor) if style else ():
                assert colour is None or colour.triplet is None, (text, colour)


# Distances on the circle of hues, from 0 to a half.
def apart(one: str, other: str) -> float:
    first, second = (
        colorsys.rgb_to_hls(*(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]
        for c in (one, other)
    )
    return min(abs(first - second), 1 - abs(first - second))


@pytest.mark.parametrize("theme", [DARK, LIGHT, CONTRAST], ids=lambda theme: theme.name)
def test_no_other_colour_looks_like_the_adapters(theme: object) -> None:
    assert theme in (DARK, LIGHT, CONTRAST)
    colours = theme.to_color_system().generate() | theme.variables  # type: ignore[attr-defined]
    for name in ("primary", "secondary", "success", "error"):
        assert apart(colours["text-accent"], colours[f"text-{name}"]) > 0.08, name
    assert colours["text-accent"] != colours["text-warning"]


async def test_a_theme_is_worn_at_once_and_kept_when_asked(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        assert stage.app.theme == "dark"
        for name in OFFERED:
            await stage.ask(f"/theme {name}")
            assert stage.app.theme == name
        await stage.ask("/set theme light --save")
        assert stage.app.theme == "light"
        assert (tmp_path / "config.toml").read_text() == 'theme = "light"\n'
        await stage.ask("/theme nord")
        assert stage.app.theme == "nord"


@pytest.mark.parametrize("name", OFFERED)
async def test_what_lies_over_the_chat_wears_the_theme_at_once(tmp_path: Path, name: str) -> None:
    async def look() -> list[Segment]:
        await stage.type("theme")
        await stage.sees("/theme contrast")
        return [s for s in segments(stage) if s.text.strip() in {"theme", "/", "me contrast"}]

    async with chat(tmp_path, size=(80, 30), theme="light" if name == "dark" else "dark") as stage:
        await stage.press("ctrl+p")
        await look()
        stage.app.theme = name
        await stage.pilot.pause()
        changed = [s for s in segments(stage) if s.text.strip() in {"theme", "/", "me contrast"}]
        await stage.press("escape", "ctrl+p")
        assert changed == await look()


def test_each_theme_that_is_offered_is_there() -> None:
    assert {theme.name for theme in THEMES} == set(OFFERED)
    assert choose_theme("ansi", list(OFFERED), no_color=True) == ("dark", None)


async def test_a_theme_that_is_set_as_the_program_ends_is_no_trouble(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("ctrl+p")
    assert not stage.app.screen_stack
    stage.app.refresh_css()
