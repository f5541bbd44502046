"""Ctrl-C as a wish to stop what runs, and a terminal that keeps quiet meanwhile.

It refuses to know what runs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Within it, the first Ctrl-C calls `stop`, and the second interrupts as usual.

    A KeyboardInterrupt in the middle of an answer would lose the answer's end, and with it what
    was said. Outside the main thread, where signals do not arrive, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # In a thread of its own: this may have come while a lock was held that `stop` needs.
        threading.Thread(target=stop, daemon=True).start()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        with quiet_terminal():
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def quiet_terminal() -> Iterator[None]:
    """Keys pressed meanwhile are not echoed into the answer; the next prompt gets them.

    Not in the background (`assistant ask … &`), where the terminal is the shell's.
    """
    try:
        import termios

        fd = sys.stdin.fileno()
        before = termios.tcgetattr(fd)
    except (ImportError, AttributeError, ValueError, OSError, termios.error):
        yield
        return
    if not _is_ours(fd):
        yield
        return
    quiet = list(before)
    if os.environ.get("TERM", "dumb") != "dumb":
        quiet[0] &= ~termios.ICRNL  # to the line editor, a typed-ahead Enter stays an Enter
    quiet[3] &= ~(termios.ECHO | termios.ICANON)
    quiet[3] |= termios.NOFLSH  # Ctrl-C stops the answer, and does not take a draft with it
    termios.tcsetattr(fd, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        if _is_ours(fd):  # else somebody has put us into the background meanwhile
            termios.tcsetattr(fd, termios.TCSANOW, before)


def _is_ours(fd: int) -> bool:
    """Whether this process may change a terminal: the system stops one in the background for it."""
    try:
        return os.tcgetpgrp(fd) == os.getpgrp()
    except OSError:  # not the terminal that this process hangs on
        return True
