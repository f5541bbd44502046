"""The one thread that owns a model: it loads, attaches, evaluates and generates.

mlx's streams belong to threads and lazy arrays cannot cross them, so everything of mlx happens
here, and only plain Python values leave. It refuses to know what the work is.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from assistant.engine.lock_sharing import SHORT_TURNS
from assistant.errors import EngineClosed

Result = TypeVar("Result")


class OwnerThread:
    """Runs calls one after the other, and `step` over and over while `is_busy`."""

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._is_busy: Callable[[], bool] = lambda: False
        self._step: Callable[[], None] = lambda: None
        self._closed = threading.Event()
        self._lock = threading.Lock()
        # A daemon, so that an exit that forgot to close is not held; `close` joins it.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def drive(self, is_busy: Callable[[], bool], step: Callable[[], None]) -> None:
        """Give it the work to go on with between calls. Call it from within a call."""
        self._is_busy, self._step = is_busy, step

    def call(self, function: Callable[[], Result]) -> Result:
        """Run a function there and return what it returns, or raise what it raises."""
        if threading.current_thread() is self._thread:
            return function()
        future = self.begin(function)
        try:
            return future.result()
        except KeyboardInterrupt:
            # Nobody would have what comes of it, such as an answer that goes on and on.
            future.cancel()
            raise

    def begin(self, function: Callable[[], Result]) -> Future[Result]:
        """Run a function there soon, while the caller does something else. Not from there."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed.is_set():
                raise EngineClosed("The model has been closed.", "Open it again.")
            self._calls.put((function, future))
        return future

    def post(self, function: Callable[[], Any]) -> None:
        """Run a function there soon; does not wait, and does nothing after the close."""
        with self._lock:
            if not self._closed.is_set():
                self._calls.put((function, Future()))

    def close(self, last: Callable[[], None]) -> None:
        """Run `last` there, end the thread and wait for it. Only the first call does anything."""
        with self._lock:
            if self._closed.is_set():
                return
            self._calls.put((last, Future()))
            self._calls.put(None)
            self._closed.set()
        native_id = self._thread.native_id
        self._thread.join()
        wait_for_native_end(native_id)

    def _run(self) -> None:
        was_busy = False
        while True:
            if (busy := self._is_busy()) != was_busy:
                (SHORT_TURNS.begin if busy else SHORT_TURNS.end)()
                was_busy = busy
            try:
                # Waits for a call only when there is nothing to go on with.
                item = self._calls.get(block=not busy)
            except Empty:
                self._step()
                continue
            if item is None:
                return
            function, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)


def wait_for_native_end(native_id: int | None, patience_s: float = 5.0) -> None:
    """Wait until the operating system's thread is gone, not only Python's part of it.

    On its way out the thread frees mlx's compile cache, which holds Python objects and takes the
    interpreter's lock for them. If the interpreter is finalising by then, the process aborts
    ("terminate called without an active exception"). From 3.13 on, `join` waits for this itself.
    """
    if sys.version_info >= (3, 13) or native_id is None:
        return
    task = Path(f"/proc/self/task/{native_id}")
    if not task.parent.is_dir():
        time.sleep(0.05)  # no way to see it here; freeing takes far less
        return
    deadline = time.monotonic() + patience_s
    while task.exists() and time.monotonic() < deadline:
        time.sleep(0.001)
