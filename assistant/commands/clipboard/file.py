"""A copy in a file, for where no clipboard takes it. It refuses to know what it is."""

from __future__ import annotations

import os
from pathlib import Path

NAME = "copied.txt"


def write_privately(folder: Path, text: str) -> Path:
    """Write the file anew, for its owner alone to read.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NAME
    unfinished = folder / f".{NAME}.{os.getpid()}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
    unfinished.replace(file)
    return file
