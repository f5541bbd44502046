"""The plain chat on a fake engine, as a program of its own for the tests on a real terminal."""

from __future__ import annotations

import sys

from assistant.commands import Session
from assistant.paths import find_places
from assistant.repl import run
from assistant.settings import Settings
from tests.fakes import FakeEngine

if __name__ == "__main__":
    slow = FakeEngine(["word " * 2000], seconds_per_token=0.02)
    sys.exit(run(Session(Settings(), find_places(), open_engine=lambda model, places: slow)))
