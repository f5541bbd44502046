"""What to say, and to write down, about an error nobody foresaw.

A person gets one sentence; the traceback goes into a file for a report. It refuses to know what
went wrong.
"""

from __future__ import annotations

import os
import traceback
from datetime import datetime
from pathlib import Path

from assistant import __version__
from assistant.commands.blocks import Problem
from assistant.paths import Places


def record(error: BaseException, places: Places) -> Problem:
    """Append the traceback to the error log, and say where that is."""
    if isinstance(error, FileNotFoundError) and _here_is_gone():
        # Libraries ask for it while they are imported, and we cannot give it to them.
        return Problem(
            "The current folder is not there any more.", "Change to another one.", "folder"
        )
    log = _write(error, places.data / "errors.log")
    where = f"The details are in {log}." if log else "The error log could not be written."
    said = f"{type(error).__name__}: {error}".partition("\n")[0]
    return Problem(
        f"Something went wrong inside the program ({said}).",
        f"{where} Please report it.",
        "internal",
    )


def _here_is_gone() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _write(error: BaseException, log: Path) -> Path | None:
    lines = "".join(traceback.format_exception(error))
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} assistant {__version__}\n{lines}\n")
    except OSError:
        return None
    return log
