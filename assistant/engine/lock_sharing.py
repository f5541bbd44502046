"""How long a thread may keep the interpreter's lock from the model's own while that generates.

Python asks for the lock back after 5 ms, which is longer than a small model takes to say a token:
each time the screen paints, the model would stand still. Between two tokens the model's thread
needs the lock for about a millisecond; asked for that often, a painter is hardly slower for it.
It refuses to know what the threads do.
"""

from __future__ import annotations

import sys
import threading

INTERVAL_S = 0.0005


class LockSharing:
    """Short turns for all threads of the process, while anybody wants them."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._wanted = 0
        self._before = 0.0

    def begin(self) -> None:
        with self._mutex:
            self._wanted += 1
            if self._wanted == 1:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(min(self._before, INTERVAL_S))

    def end(self) -> None:
        with self._mutex:
            self._wanted -= 1
            if self._wanted == 0:
                sys.setswitchinterval(self._before)


SHORT_TURNS = LockSharing()
