"""A calculation that takes its time: the screen says so, stays awake, and Esc or Ctrl-C ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rank.hard import save_hard
from tests.tui.stage import chat


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_key_stops_it_and_the_chat_goes_on(tmp_path: Path, key: str) -> None:
    async with chat(tmp_path, ["I am here."]) as stage:
        await stage.send(f"/rank {save_hard(tmp_path)}")
        await stage.sees("Esc stops")
        await stage.press(key)
        await stage.sees("Stopped before there was an answer.")
        assert "Esc stops" not in stage.screen
        await stage.ask("hello")
        await stage.sees("I am here.")


async def test_leaving_does_not_wait_for_it(tmp_path: Path) -> None:
    async with chat(tmp_path) as stage:
        await stage.send(f"/rank {save_hard(tmp_path)}")
        await stage.sees("Esc stops")
        await stage.press("ctrl+d")
        await stage.until(lambda: not stage.app.is_running)
