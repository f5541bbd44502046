"""The one thread that talks to a server: an event loop, so that what waits can be stopped at once.

It refuses to know what is said.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from assistant.errors import EngineClosed

Result = TypeVar("Result")


class LoopThread:
    """Runs coroutines; from any thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        # A daemon, so that an exit that forgot to close is not held.
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Run a coroutine there, wait, and return what it returns, or raise what it raises."""
        with self._lock:
            self._refuse_closed()
            future = asyncio.run_coroutine_threadsafe(work(), self._loop)
        try:
            return future.result()
        except CancelledError:
            raise EngineClosed("The server's engine has been closed.", "Open it again.") from None
        except KeyboardInterrupt:
            future.cancel()
            raise

    def start(self, work: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
        """Run a coroutine there on its own; what comes back cancels it, at once."""
        task: asyncio.Task[None] | None = None

        def begin() -> None:
            nonlocal task
            task = self._loop.create_task(work())
            # The loop itself remembers tasks only weakly.
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        def cancel() -> None:
            if task is not None:
                # Not before its first step: a coroutine that never ran cannot say how it ended.
                self._loop.call_soon(task.cancel)

        with self._lock:
            self._refuse_closed()
            self._loop.call_soon_threadsafe(begin)
        return lambda: self._post(cancel)

    def _post(self, function: Callable[[], None]) -> None:
        with self._lock:
            if not self._closed:
                self._loop.call_soon_threadsafe(function)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise EngineClosed("The server's engine has been closed.", "Open it again.")

    def close(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Cancel what runs, run `last`, end the thread. Only the first call does anything."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            ending = asyncio.run_coroutine_threadsafe(self._end(last), self._loop)
        ending.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        if threading.current_thread() is not self._thread:
            self._thread.join()
            self._loop.close()

    async def _end(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await last()
        await self._loop.shutdown_default_executor()
