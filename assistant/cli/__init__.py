"""The `assistant` command. Importing it imports nothing; `main` imports click, nothing heavier."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """The entry point of the program."""
    # Here and not in `run`: this process is the program's own (see assistant.engine.torchless).
    os.environ.setdefault("USE_TORCH", "0")
    try:
        from assistant.cli.farewell import end_in_order
        from assistant.cli.program import run

        end_in_order()
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # so early, or so late, that `run` did not see it
        sys.exit(130)
