"""The command line on a fake engine, as a program of its own for tests that interrupt it.

It says on standard error when the answer is under way.
"""

from __future__ import annotations

import sys

import assistant.engine
from assistant.cli.program import run
from tests.fakes import FakeEngine


class SlowEngine(FakeEngine):
    """Answers word by word, and never comes to an end by itself."""

    def __init__(self) -> None:
        super().__init__(["word " * 4000], seconds_per_token=0.01)
        self._said = 0

    def breathe(self) -> None:
        self._said += 1
        if self._said == 5:
            print("it speaks", file=sys.stderr, flush=True)
        super().breathe()


if __name__ == "__main__":
    assistant.engine.open_engine = lambda model, **_: SlowEngine()  # type: ignore[assignment]
    sys.exit(run(sys.argv[1:]))
