"""Every list there is: the same keys lead to its ends, and a page of it at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList

from assistant.tui.screens.branches import BranchesScreen
from assistant.tui.screens.chats import ChatsScreen
from assistant.tui.screens.picking import Picker
from tests import fakes
from tests.small_models import make_adapter
from tests.tui.stage import Stage, chat
from tests.tui.test_adapters_panel import home as home
from tests.tui.test_adapters_panel import open_panel
from tests.tui.test_chat_picker import keep_chats


def picker(stage: Stage) -> Picker:
    screen = stage.app.screen
    assert isinstance(screen, Picker)
    return screen


async def tree(stage: Stage, questions: int) -> Picker:
    for number in range(questions):
        await stage.ask(f"question {number}")
    await stage.ask("/branch tree")
    await stage.until(lambda: isinstance(stage.app.screen, BranchesScreen))
    return picker(stage)


async def test_home_and_end_lead_to_the_ends_of_the_tree(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        screen = await tree(stage, 3)
        await stage.press("home")
        await stage.until(lambda: screen.list.highlighted == 0)
        await stage.press("end")
        await stage.until(lambda: screen.list.highlighted == 5)
        await stage.press("ctrl+home")
        await stage.until(lambda: screen.list.highlighted == 0)


async def test_no_row_is_jumped_over_that_was_not_in_sight(tmp_path: Path) -> None:
    """However many lines a row has."""
    keep_chats(tmp_path)
    async with chat(tmp_path, size=(80, 12)) as stage:
        for number in range(9):
            await stage.ask(f"chat {number}")
            await stage.ask("/new")
        await stage.send("/open")
        await stage.until(lambda: isinstance(stage.app.screen, ChatsScreen) and picker(stage).rows)
        screen = picker(stage)
        while (screen.list.highlighted or 0) < len(screen.rows) - 1:
            before = screen.list.highlighted or 0
            seen = stage.screen
            await stage.press("pagedown")
            await stage.pilot.pause()
            after = screen.list.highlighted or 0
            assert after > before
            jumped = [row.content.plain.splitlines()[0] for row in screen.rows[before + 1 : after]]
            assert all(title in seen + stage.screen for title in jumped)
        await stage.press("pageup")
        await stage.until(lambda: (screen.list.highlighted or 0) < len(screen.rows) - 1)


async def test_in_the_name_of_a_chat_home_and_end_move_the_cursor(tmp_path: Path) -> None:
    keep_chats(tmp_path)
    async with chat(tmp_path) as stage:
        await stage.send("/open")
        await stage.until(lambda: isinstance(stage.app.screen, ChatsScreen) and picker(stage).rows)
        await stage.press("ctrl+r")
        await stage.sees("The new name")
        await stage.press("home", "x", "end", "y")
        assert picker(stage).field.value == "xBroadcastingy"


async def test_home_and_end_lead_to_the_ends_of_the_palette(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.press("ctrl+p")
        await stage.until(lambda: stage.app.screen.is_modal and len(stage.app.screen.query("*")))
        found = stage.app.screen.query_one(CommandList)
        await stage.until(lambda: found.option_count > 10)
        await stage.press("end")
        await stage.until(lambda: found.highlighted == found.option_count - 1)
        await stage.press("home")
        await stage.until(lambda: found.highlighted == 0)


async def test_a_page_of_a_panel_is_what_is_in_sight(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"one-{number}" for number in range(9)]
    monkeypatch.setattr(fakes, "KNOWN_ADAPTERS", tuple(names))
    for name in names:
        make_adapter(home / "adapters" / name)
    async with chat(home, size=(80, 24)) as stage:
        panel = await open_panel(stage)
        while (at := panel.menu.at) < len(panel.menu.entries) - 1:
            seen = stage.screen
            await stage.press("pagedown")
            await stage.pilot.pause()
            jumped = [entry.name for entry in panel.menu.entries[at + 1 : panel.menu.at]]
            assert panel.menu.at > at
            assert all(name in seen + stage.screen for name in jumped)
        await stage.press("pageup")
        assert panel.menu.at < len(panel.menu.entries) - 1
        await stage.press("home")
        assert panel.menu.at == 0


async def test_a_page_of_completions(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.type("/")
        completions = stage.app.entry.completions
        await stage.until(lambda: completions.display)
        await stage.press("pagedown")
        assert (completions.highlighted or 0) > 3
        await stage.press("pagedown", "pagedown", "pagedown", "pagedown", "pagedown")
        assert completions.highlighted == len(completions.choices) - 1
        await stage.press("pageup")
        assert (completions.highlighted or 0) < len(completions.choices) - 1
