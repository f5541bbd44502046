"""The one thread that acts on the session: opens it, runs lines in order, closes it.

    runner = Runner(session)
    runner.start()
    runner.submit("/rank [[1,2],[3,6]]")
    runner.reports.get()            -> Opened(), Began(...), Drew(...), Done()

What happens comes out as reports, which the screen fetches when it has time; so drawing never holds
up the model, and the model never holds up the keyboard. It refuses to know the screen.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeAlias

from assistant.commands import Session, needs_of, submit
from assistant.commands.blocks import Answers, Block, Problem, Working
from assistant.commands.faults import record
from assistant.commands.opening import begin
from assistant.engine.owner import wait_for_native_end
from assistant.engine.types import Event
from assistant.errors import AssistantError


@dataclass(frozen=True)
class Opened:
    """The model is there, or a Problem was drawn that says why it is not."""


@dataclass(frozen=True)
class Began:
    line: str


@dataclass(frozen=True)
class Drew:
    block: Block


@dataclass(frozen=True)
class Said:
    answers: Answers
    event: Event
    at: float
    """When, by the monotonic clock, for the live speed."""


@dataclass(frozen=True)
class Told:
    """How far a calculation is."""

    block: Working
    text: str
    share: float | None = None
    """How much of it is done, from 0 to 1; None when that cannot be known."""


@dataclass(frozen=True)
class Ended:
    """No more comes of what was live."""

    block: Answers | Working


@dataclass(frozen=True)
class Done:
    """The line that began has been dealt with."""


PATIENCE_S = 0.7
"""How long the end of the program may take."""

NEWS_EVERY_S = 0.5
"""How often somebody who types nothing is told what happened meanwhile."""

Report: TypeAlias = Opened | Began | Drew | Said | Told | Ended | Done


class Runner:
    """Runs lines one at a time in a thread of its own."""

    def __init__(self, session: Session) -> None:
        self.reports: SimpleQueue[Report] = SimpleQueue()
        self._session = session
        self._lines: deque[str] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._acting = False
        self._opening = True
        self._live: list[Answers | Working] = []
        """What runs now, the newest last; two while the model is fetched and a line runs."""
        # A daemon: a native call that never returns must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="assistant-lines", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread is still there."""
        return self._thread.is_alive()

    @property
    def idle(self) -> bool:
        """Whether no line runs or waits, and everything reported was fetched."""
        with self._changed:
            return not (self._lines or self._acting) and self.reports.empty()

    def submit(self, line: str) -> None:
        with self._changed:
            self._lines.append(line)
            self._changed.notify()

    def waiting(self) -> tuple[str, ...]:
        """Lines that have not begun."""
        with self._changed:
            return tuple(self._lines)

    def take_back(self) -> str | None:
        """Take the newest waiting line away again."""
        with self._changed:
            return self._lines.pop() if self._lines else None

    def take(self, line: str) -> bool:
        """Take a waiting line away; False when it has begun meanwhile."""
        with self._changed:
            if line not in self._lines:
                return False
            self._lines.remove(line)
            return True

    def stop(self) -> None:
        """End the answers or the calculation under way; what was said stays."""
        with self._changed:
            live = self._live[-1:]
        for newest in live:
            _cancel(newest)

    def stop_row(self, answers: Answers, row: int) -> None:
        """End one of the answers that are under way; the others go on."""
        with self._changed:
            runs = any(live is answers for live in self._live)
        if runs:
            answers.generation.cancel(row)

    def close(self) -> bool:
        """End what runs, close the session and wait for the thread, but not for long.

        False when something native does not end.
        """
        with self._changed:
            self._closing = True
            self._lines.clear()
            self._changed.notify()
        with self._changed:
            running = list(self._live)
        for live in running:
            _cancel(live)
        if self._thread.ident is None:
            self._session.close()
            return True
        threads = [self._thread]
        self._thread.join(PATIENCE_S / 2)
        if self._thread.is_alive():
            # It waits for the engine: close that under it.
            threads.append(threading.Thread(target=self._session.close, daemon=True))
            threads[-1].start()
        deadline = time.monotonic() + PATIENCE_S / 2
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
            if not thread.is_alive():
                # Whatever of mlx was used in it is freed after its Python part has ended.
                wait_for_native_end(thread.native_id)
        return not any(thread.is_alive() for thread in threads)

    # In the thread

    def _run(self) -> None:
        # In a thread of its own: lines that need no model do not wait for it.
        opener = threading.Thread(target=self._open, name="assistant-opening", daemon=True)
        opener.start()
        try:
            while (line := self._next()) is not None:
                self.reports.put(Began(line))
                try:
                    for block in submit(self._session, line):
                        self._show(block)
                except Exception as error:  # whatever it is, the next line shall run
                    self.reports.put(Drew(record(error, self._session.places)))
                self.reports.put(Done())
                with self._changed:
                    self._acting = False
        finally:
            opener.join()
            self._session.close()

    def _open(self) -> None:
        try:
            for block in begin(self._session):
                self._show(block)
        except AssistantError as error:
            self.reports.put(Drew(Problem.of(error)))
        except Exception as error:
            self.reports.put(Drew(record(error, self._session.places)))
        self.reports.put(Opened())
        with self._changed:
            self._opening = False
            self._changed.notify()

    def _next(self) -> str | None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._closing or self._ready() is not None, NEWS_EVERY_S
                )
                if self._closing:
                    return None
                if (ready := self._ready()) is not None:
                    self._acting = True
                    line = self._lines[ready]
                    del self._lines[ready]
                    return line
                opening = self._opening
            if not opening:
                self._tell_news()

    def _tell_news(self) -> None:
        """A training has ended, the disk is full: said when it is so, not with the next line."""
        try:
            for block in self._session.news():
                self.reports.put(Drew(block))
        except Exception as error:
            self.reports.put(Drew(record(error, self._session.places)))

    def _ready(self) -> int | None:
        """Which of the waiting lines can run now."""
        if not self._opening:
            return 0 if self._lines else None
        for place, line in enumerate(self._lines):
            need = needs_of(line)
            if need == "nothing" or (need == "turn" and place == 0):
                return place
        return None

    def _show(self, block: Block) -> None:
        self.reports.put(Drew(block))
        if not isinstance(block, Answers | Working):
            return
        with self._changed:
            self._live.append(block)
        if self._closing:
            _cancel(block)
        try:
            self._follow(block)
        except AssistantError as error:
            self.reports.put(Drew(Problem.of(error)))
        except Exception as error:
            self.reports.put(Drew(record(error, self._session.places)))
        finally:
            with self._changed:
                self._live.remove(block)
            self.reports.put(Ended(block))

    def _follow(self, block: Answers | Working) -> None:
        if isinstance(block, Working):
            for text in block.job:
                self.reports.put(Told(block, text, block.job.share))
            return
        for event in block.generation:
            self.reports.put(Said(block, event, time.monotonic()))
        for after in block.after():
            self.reports.put(Drew(after))


def _cancel(live: Answers | Working) -> None:
    if isinstance(live, Answers):
        live.generation.cancel()
    else:
        live.job.cancel()
