"""The end that somebody else wishes: `kill`, `timeout`, a shutdown.

By itself Python ends there and then, and leaves the terminal as the chat has it: without echo, on
its other screen, deaf to Ctrl-C. It refuses to know what has to be put in order.
"""

from __future__ import annotations

import signal
from types import FrameType


def end_in_order() -> None:
    """From now on SIGTERM raises SystemExit, so that whoever holds something lets go of it.

    Where it was ignored from the start, it stays ignored.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)


def _end(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # who asks twice has waited long enough
    raise SystemExit(128 + number)
