"""A terminal may be made larger and smaller at any moment, whatever is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.stage import chat

ANSWER = "Use it.\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
SIZES = [(130, 30), (60, 11), (130, 30), (127, 11), (20, 6), (127, 40), (4, 3), (1, 1), (200, 60)]
OPEN = {
    "nothing": (),
    "help": ("f1",),
    "adapters": ("f3",),
    "adapters and help": ("f3", "f1"),
    "models": ("f4",),
    "palette": ("ctrl+p",),
    "find": ("ctrl+f", "i", "t"),
    "history": ("ctrl+r",),
    "completions": ("slash", "a", "d"),
    "completions beside a panel": ("f3", "escape", "slash", "a"),
    "chats": ("slash", "o", "p", "e", "n", "enter"),
}


@pytest.mark.parametrize("what", OPEN)
async def test_any_size_is_survived(tmp_path: Path, what: str) -> None:
    async with chat(tmp_path, [ANSWER] * 2, size=(60, 24)) as stage:
        await stage.ask("/adapter load mlx-docs")
        await stage.ask("How do I sort?")
        await stage.ask("/compare How do I sort?")
        await stage.press(*OPEN[what])
        await stage.pilot.pause()
        for size in SIZES:
            await stage.pilot.resize_terminal(*size)
            await stage.pilot.pause()
            assert stage.app.size == size
        assert stage.app._exception is None
        if what not in ("palette", "chats", "history"):
            await stage.sees("Use it")
