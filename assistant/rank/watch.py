"""How far a long calculation is, and the way to stop it, shared by two threads.

The calculating thread tells what it does and asks now and then whether to go on; what cannot ask,
a call into native code, runs in a process that `stop` ends. This module refuses to know what is
calculated and how the telling is shown.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen
from typing import Any

from assistant.errors import Stopped


class Watch:
    """One calculation's."""

    def __init__(self) -> None:
        self.doing = ""
        """What is being done now, in words; "" before it begins."""
        self.share: float | None = None
        """How much of it is done, from 0 to 1; None when that cannot be known."""
        self._lock = threading.Lock()
        self._stopped = False
        self._process: Popen[Any] | None = None

    @property
    def stopped(self) -> bool:
        return self._stopped

    def tell(self, doing: str) -> None:
        """Say what comes next. Raises Stopped when nothing shall come."""
        self.doing = doing
        self.check()

    def check(self) -> None:
        """Raises Stopped when somebody wants the calculation to end."""
        if self._stopped:
            raise Stopped("The calculation was stopped.")

    def stop(self) -> None:
        """End the calculation: a process at once, a thread the next time it asks."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    @contextmanager
    def holding(self, process: Popen[Any]) -> Iterator[None]:
        """Within it, `stop` ends the process."""
        with self._lock:
            self._process = process
            if self._stopped:
                process.kill()
        try:
            yield
        finally:
            with self._lock:
                self._process = None
