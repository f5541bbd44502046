"""Puts the chat on a screen without a terminal, and looks at it as a person would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from assistant.commands import Session
from assistant.engine.protocol import Engine
from assistant.errors import AssistantError
from assistant.paths import Places
from assistant.settings import Settings
from assistant.tui.app import ChatApp
from assistant.tui.runner import Runner
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.composer import Composer
from tests.fakes import FakeEngine
from tests.tui.idle import until_idle, wait_by_the_loop
from tests.tui.parsing import read_styles_once

PATIENCE_S = 8.0
LOOK_S = 0.01

wait_by_the_loop()
read_styles_once()


class StagedEngine(FakeEngine):
    """A fake engine that can hold its breath in the middle of an answer."""

    def __init__(self, answers: Sequence[str] = ()) -> None:
        super().__init__(answers)
        self._steps_left: int | None = None

    def hold_after(self, tokens: int) -> None:
        """Hold the next answers after so many tokens, until `pause` is cleared."""
        self._steps_left = tokens

    def breathe(self) -> None:
        if self._steps_left is not None:
            self._steps_left -= 1
            if self._steps_left == 0:
                self._steps_left = None
                self.pause.set()
        super().breathe()


@dataclass
class Stage:
    app: ChatApp
    pilot: Pilot[None]
    runner: Runner
    session: Session
    engine: StagedEngine

    @property
    def composer(self) -> Composer:
        return self.app.composer

    @property
    def screen(self) -> str:
        """The characters on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def answers(self) -> list[AnswerColumns]:
        return list(self.app.query(AnswerColumns))

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something to become so."""
        waited = 0.0
        while not holds():
            assert waited < PATIENCE_S, f"waited in vain; the screen was\n{self.screen}"
            await asyncio.sleep(LOOK_S)
            await until_idle()
            waited += LOOK_S

    async def sees(self, text: str) -> None:
        """Wait until a text is on the screen, whatever its line breaks."""
        wanted = " ".join(text.split())
        await self.until(lambda: wanted in " ".join(self.screen.replace("▌", " ").split()))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type a text, key by key."""
        names = {" ": "space", "\n": "ctrl+j", "/": "slash", "[": "left_square_bracket"}
        await self.press(*(names.get(character, character) for character in text))

    async def send(self, text: str) -> None:
        """Put a text into the composer and send it."""
        self.composer.put(text)
        await self.press("enter")

    async def settle(self) -> None:
        """Wait until nothing runs, waits or is being drawn."""
        await self.until(
            lambda: not self.app.busy and all(columns.complete for columns in self.answers)
        )
        await self.pilot.pause()

    async def ask(self, text: str) -> None:
        """Send a text and wait for all that comes of it."""
        await self.send(text)
        await self.settle()


@asynccontextmanager
async def chat(
    home: Path,
    answers: Sequence[str] = (),
    *,
    size: tuple[int, int] = (80, 24),
    problems: Sequence[AssistantError] = (),
    open_engine: Callable[[str, Places], Engine] | None = None,
    opened: bool = True,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A chat with an engine that says these answers; everything it writes goes below `home`."""
    engine = StagedEngine(answers)
    session = Session(
        Settings(**settings), Places(home, home), open_engine=open_engine or (lambda m, p: engine)
    )
    runner = Runner(session)
    app = ChatApp(session.settings, problems)
    app.furnish(session, runner)
    try:
        async with app.run_test(size=size) as pilot:
            stage = Stage(app, pilot, runner, session, engine)
            if opened:
                await stage.until(lambda: not app.busy)
            yield stage
    finally:
        runner.close()
