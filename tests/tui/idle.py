"""Waits until a screen has nothing left to do, and no longer.

Textual's pilot waits twice for each key, until the process took no processor time for 20 ms or a
second is over: slow, and a process that gets no processor looks as idle as one with nothing to do.
The loop itself knows what is left. It refuses to know what is on the screen.
"""

from __future__ import annotations

import asyncio

import textual.app
import textual.pilot
from textual._context import active_app
from textual.screen import Screen

ROUNDS = 20
"""A screen that draws itself for ever is left at that, for the test to look at."""


def undrawn(screen: Screen[object]) -> bool:
    """Whether the screen waits for its next frame, as `Screen._on_idle` asks it."""
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )


async def until_idle(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Run what is ready and draw the frame that waits, until there is neither."""
    loop = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    app = active_app.get()
    for _ in range(ROUNDS):
        await asyncio.sleep(0)
        while loop._ready and loop.time() < end:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
        if not app.screen_stack or not undrawn(app.screen):
            return
        app.screen._on_timer_update()


def wait_by_the_loop() -> None:
    """Let the pilots of this process wait so."""
    textual.app.wait_for_idle = textual.pilot.wait_for_idle = until_idle
