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

from assistant.commands import Session, submit
from assistant.commands.blocks import Answers, Block, Problem, Working
from assistant.commands.faults import record
from assistant.commands.remarks import about_model
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

    text: str


@dataclass(frozen=True)
class Ended:
    """No more comes of what was live."""

    block: Answers | Working


@dataclass(frozen=True)
class Done:
    """The line that began has been dealt with."""


PATIENCE_S = 1.0
"""How long the end of the program may take."""

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
        self._live: Answers | Working | None = None
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
        live = self._live
        if live is not None:
            _cancel(live)

    def close(self) -> bool:
        """End what runs, close the session and wait for the thread, but not for long.

        False when something native does not end.
        """
        with self._changed:
            self._closing = True
            self._lines.clear()
            self._changed.notify()
        self.stop()
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
        try:
            self._open()
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
            self._session.close()

    def _open(self) -> None:
        try:
            for block in about_model(self._session.start()):
                self.reports.put(Drew(block))
        except AssistantError as error:
            self.reports.put(Drew(Problem.of(error)))
        except Exception as error:
            self.reports.put(Drew(record(error, self._session.places)))
        self.reports.put(Opened())

    def _next(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._closing)
            if self._closing:
                return None
            self._acting = True
            return self._lines.popleft()

    def _show(self, block: Block) -> None:
        self.reports.put(Drew(block))
        if not isinstance(block, Answers | Working):
            return
        self._live = block
        if self._closing:
            _cancel(block)
        try:
            self._follow(block)
        except AssistantError as error:
            self.reports.put(Drew(Problem.of(error)))
        except Exception as error:
            self.reports.put(Drew(record(error, self._session.places)))
        finally:
            self._live = None
            self.reports.put(Ended(block))

    def _follow(self, block: Answers | Working) -> None:
        if isinstance(block, Working):
            for text in block.job:
                self.reports.put(Told(text))
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
