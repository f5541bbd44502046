"""The `assistant` command. Importing it imports nothing; `main` imports click, nothing heavier."""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """The entry point of the program."""
    try:
        from assistant.cli.program import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # so early, or so late, that `run` did not see it
        sys.exit(130)
