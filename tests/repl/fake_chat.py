"""The plain chat on a fake engine, as a program of its own for the tests on a real terminal.

Its first answer is as many words as the first argument says; without one, 2000. An adapter takes
a second to load.
"""

from __future__ import annotations

import sys
import time

from assistant.commands import Session
from assistant.engine.types import AdapterInfo
from assistant.paths import find_places
from assistant.repl import run
from assistant.settings import load_settings
from tests.fakes import FakeEngine


class Slow(FakeEngine):
    def load_adapter(self, ref: str, *, name: str | None = None) -> AdapterInfo:
        print("(reading)", flush=True)
        time.sleep(1)
        return super().load_adapter(ref, name=name)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    slow = Slow(["word " * count], seconds_per_token=0.02)
    places = find_places()
    settings = load_settings(places.settings_file).settings
    sys.exit(run(Session(settings, places, open_engine=lambda model, places: slow)))
