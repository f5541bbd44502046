"""A file that only its owner may read. It refuses to know what is in it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path


def keep_private(file: Path) -> None:
    """Make the file, empty, where there is none yet; let nobody but its owner read or write it.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        mode = os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
    # Not what a link leads to that is no file: /dev/null stays everybody's.
    if stat.S_ISREG(mode) and mode & 0o077:
        with suppress(OSError):  # it belongs to somebody else
            os.chmod(file, stat.S_IMODE(mode) & 0o700)
