"""The chat's screen on a fake engine, as a program of its own for the tests on a real terminal."""

from __future__ import annotations

import os
import sys

from assistant.commands import Session
from assistant.paths import find_places
from assistant.settings import Settings
from assistant.tui import run
from tests.fakes import FakeEngine


class WarningEngine(FakeEngine):
    """It writes to descriptor 2 with every token, as native code does."""

    def breathe(self) -> None:
        if os.environ.get("FAKE_WARNS"):
            os.write(2, b"\x1b[2J\x1b[31mNATIVE WARNING\n")
        super().breathe()


if __name__ == "__main__":
    if largest := os.environ.get("FAKE_LARGEST_FILE"):
        import resource
        import signal

        # A write beyond it fails as one on a full disk does, instead of ending the process.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
    words = " ".join(f"w{number}" for number in range(20_000))
    slow = WarningEngine([words], seconds_per_token=0.02)
    settings = Settings(max_tokens=20_000)
    places = find_places()
    sys.exit(run(settings, lambda: Session(settings, places, open_engine=lambda m, p: slow)))
