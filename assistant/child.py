"""The environment of a Python process of our own. It refuses to know what the process does."""

from __future__ import annotations

import os
import sys


def child_environment(**more: str) -> dict[str, str]:
    """Ours, and `more` over it. The child finds the modules that we have, and none that lie in the
    folder we happen to be in."""
    known = [os.path.abspath(folder) for folder in sys.path if folder]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(known), **more}
