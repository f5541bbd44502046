"""A file that is named with @ in a draft: its text as a chip, or why it has none.

It refuses to know how the file was chosen.
"""

from __future__ import annotations

import stat
from pathlib import Path

from assistant.commands.amounts import size, times
from assistant.errors import InputFileError

LARGEST = 400_000
"""Bytes; more than any model that runs here reads at once."""


def read_attachment(path: str) -> tuple[str, str]:
    """What a chip for the file says, and the text that is sent for it.

    Raises:
        InputFileError: it cannot be read, is no file with an end, is too large or is no text.
    """
    file = Path(path).expanduser()
    try:
        status = file.stat()
        # A pipe would be waited for, and a device may never end.
        if not stat.S_ISREG(status.st_mode):
            raise InputFileError(
                f"{path} is a pipe, a device or a folder, and only files can be sent.",
                "Save what it has in a file.",
            )
        with file.open("rb") as opened:
            # Some files of the system have more in them than they say.
            content = opened.read(LARGEST + 1)
    except (OSError, RuntimeError, ValueError):
        raise InputFileError(f"{path} cannot be read.") from None
    length = max(status.st_size, len(content))
    if length > LARGEST:
        raise InputFileError(
            f"{path} is too large to be sent ({size(length)}).", f"At most {size(LARGEST)} are."
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise InputFileError(f"{path} is no text.") from None
    if "\0" in text:
        raise InputFileError(f"{path} is no text.")
    lines = times(len(text.splitlines()), "line")
    return f"{file.name}, {lines}", f"{file.name}:\n{_fenced(text, file.suffix[1:])}"


def _fenced(text: str, language: str) -> str:
    """The text as a block of code that nothing inside it can end."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language if language.isalnum() else ''}\n{text.rstrip()}\n{fence}"
