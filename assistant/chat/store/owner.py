"""The thread that owns the connection: calls are queued to it, and run one after the other.

Why a thread of its own: a slow disk must not hold up the tokens of an answer, and a partial answer
must be written in time even while no token comes. It refuses to know what it runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from assistant.errors import StoreError

Result = TypeVar("Result")

TICK_S = 0.5


class Owner:
    """Runs calls, and `tick` every half second while it says that there is something to do."""

    def __init__(self, tick: Callable[[], bool], end: Callable[[], None]) -> None:
        self._tick = tick
        self._end = end
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def call(self, work: Callable[[], Result]) -> Result:
        """Run it there and wait for it."""
        return self.post(work).result()

    def post(self, work: Callable[[], Result]) -> Future[Result]:
        """Run it there soon."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(StoreError("The conversations are closed."))
                return future
            if self._thread is None:
                # A daemon: a disk that hangs must not keep the program from ending.
                self._thread = threading.Thread(
                    target=self._run, name="assistant-store", daemon=True
                )
                self._thread.start()
            self._calls.put((work, future))
        return future

    def close(self, patience: float | None = None) -> None:
        """Run what is queued, then end. Safe to call twice; `patience` 0 does not wait."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._calls.put(None)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(patience)

    def _run(self) -> None:
        due = False
        try:
            while True:
                try:
                    item = self._calls.get(timeout=TICK_S if due else None)
                except Empty:
                    due = self._tick()
                    continue
                if item is None:
                    break
                work, future = item
                try:
                    future.set_result(work())
                except BaseException as error:
                    future.set_exception(error)
                del item, work, future
                due = True
            self._tick()
        finally:
            self._end()
