"""Lines that had to wait: what comes of them takes nothing from who does something else by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.tui.panels.adapters import AdaptersPanel
from tests.tui.stage import Stage, chat


@asynccontextmanager
async def waiting(home: Path, line: str) -> AsyncIterator[Stage]:
    """A line that waits for an answer, which goes on once its pause is cleared."""
    async with chat(home, ["Yes."] * 3, size=(100, 30)) as stage:
        await stage.ask("first")
        stage.engine.hold_after(1)
        await stage.send("second")
        await stage.until(lambda: stage.engine.pause.is_set())
        await stage.send(line)
        yield stage


async def test_a_question_to_be_edited_comes_not_over_what_is_typed(tmp_path: Path) -> None:
    async with waiting(tmp_path, "/edit 1") as stage:
        await stage.type("half a thought")
        stage.engine.pause.clear()
        await stage.sees("What you are typing stays")
        assert stage.composer.text == "half a thought"
        await stage.press("up")
        assert stage.composer.text == "/edit 1 first"
        await stage.press("down")
        assert stage.composer.text == "half a thought"


async def test_a_question_to_be_edited_takes_no_keys_from_a_search(tmp_path: Path) -> None:
    async with waiting(tmp_path, "/edit 1") as stage:
        await stage.press("ctrl+f")
        stage.engine.pause.clear()
        await stage.until(lambda: stage.composer.text == "/edit 1 first")
        await stage.type("yes")
        assert stage.app.find_bar.words == "yes"


async def test_a_panel_takes_no_letters_of_what_is_typed(tmp_path: Path) -> None:
    async with waiting(tmp_path, "/adapter") as stage:
        await stage.type("a ")
        stage.engine.pause.clear()
        await stage.until(lambda: stage.app.query(AdaptersPanel))
        await stage.settle()
        await stage.type("bout")
        assert stage.composer.text == "a bout"


@pytest.mark.parametrize("line", ["/open", "/branch tree"])
async def test_a_picker_takes_no_letters_of_what_is_typed(tmp_path: Path, line: str) -> None:
    async with waiting(tmp_path, line) as stage:
        await stage.type("a ")
        stage.engine.pause.clear()
        await stage.sees("What you are typing stays")
        assert not stage.app.screen.is_modal
        await stage.press("up")
        assert stage.composer.text == line
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.press("escape")


async def test_with_a_draft_a_picker_opens_at_once_for_who_asks_for_it_now(tmp_path: Path) -> None:
    async with chat(tmp_path, ["Yes."] * 3, size=(100, 30)) as stage:
        await stage.ask("first")
        await stage.type("half a thought")
        await stage.press("alt+up", "t")
        await stage.until(lambda: stage.app.screen.is_modal)
        await stage.press("escape")
        await stage.until(lambda: not stage.app.screen.is_modal)
        assert stage.composer.text == "half a thought"
