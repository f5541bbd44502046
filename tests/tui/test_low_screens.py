"""On a low screen too one sees what one types, the list for it, an open panel, and the status."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tui.panels.adapters import AdaptersPanel
from assistant.tui.widgets.heights import panel_most, share_out, things_most
from tests.tui.stage import Stage, chat

LOW, USUAL = (40, 12), (80, 24)


def status_stands(stage: Stage) -> bool:
    """Whether the last line is the status line, and the box above it is whole."""
    *_, box, status = stage.screen.split("\n")
    return "F1 help" in status and "╰" in box


@pytest.mark.parametrize("size", [LOW, USUAL])
async def test_the_list_of_completions_leaves_what_is_typed(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size) as stage:
        await stage.pilot.press("slash")
        await stage.sees("/adapter")
        await stage.until(lambda: "│ / " in stage.screen and status_stands(stage))


@pytest.mark.parametrize("size", [LOW, USUAL])
async def test_a_long_draft_shows_where_one_types(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, size=size) as stage:
        for number in range(14):
            stage.composer.insert(f"line {number}\n")
        stage.composer.insert("the last")
        await stage.until(lambda: "the last" in stage.screen and status_stands(stage))


@pytest.mark.parametrize("size", [LOW, USUAL])
async def test_a_panel_leaves_the_composer(tmp_path: Path, size: tuple[int, int]) -> None:
    async with chat(tmp_path, size=size) as stage:
        for number in range(14):
            stage.composer.insert(f"line {number}\n")
        await stage.pilot.press("f3")
        await stage.sees("Adapters")
        await stage.until(lambda: status_stands(stage))
        stage.composer.clear_draft()
        await stage.until(lambda: status_stands(stage))


@given(st.integers(10, 100), st.integers(0, 3), st.integers(3, 40), st.integers(0, 60))
def test_whatever_stands_there_fits(screen: int, bars: int, draft: int, choices: int) -> None:
    heights = share_out(screen, bars, draft, choices)
    assert heights.input >= 3
    assert heights.list >= 1
    assert heights.taken + panel_most(screen, heights.taken) <= screen or screen < 12 + bars


@pytest.mark.parametrize("size", [LOW, (60, 14), USUAL])
async def test_in_a_panel_one_sees_what_one_types_and_why_it_cannot_be(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with chat(tmp_path, size=size, adapters=("mlx-docs",)) as stage:
        await stage.pilot.press("f3")
        await stage.until(lambda: stage.app.query_one(AdaptersPanel).menu.entries)
        await stage.press("a")
        await stage.sees("a folder, or OWNER/NAME")
        await stage.press(*"nowhere", "enter")
        await stage.sees("There is no adapter 'nowhere'")
        await stage.sees("● mlx-docs")
        assert status_stands(stage)


@given(st.integers(3, 60), st.integers(1, 12), st.integers(0, 6))
def test_a_list_leaves_the_lines_that_are_needed(room: int, needed: int, keys: int) -> None:
    most = things_most(room, needed, keys)
    assert 2 <= most <= 9
    assert most + needed <= room or most == 2


async def test_what_is_wider_than_the_screen_says_so_or_takes_another_line(tmp_path: Path) -> None:
    async with chat(tmp_path, size=(30, 16)) as stage:
        await stage.ask("/rank [[1,2],[3,6]]")
        await stage.sees("What this has to do with LoRA")
        await stage.press("pageup")
        await stage.until(lambda: "↓ more below" in stage.screen)
        line = next(line for line in stage.screen.split("\n") if "↓ more below" in line)
        assert line.endswith("…")
