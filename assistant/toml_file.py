"""Reads TOML that people write, and knows on which line each key stands.

    lines_of("# mine\nmodel = 'x'\n\ntop_p = 0.9\n")  ->  {"model": 2, "top_p": 4}

The standard reader gives values and no places, and a person looks for a line. It refuses to know
what any key means.
"""

from __future__ import annotations

import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TomlError = tomllib.TOMLDecodeError


def parse(text: str) -> dict[str, Any]:
    """The table of a file.

    Raises:
        TomlError: its message names the line.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except TomlError as error:
        if "at end of document" not in str(error):
            raise
        # A quote or bracket that is never closed: where it began is what a person looks for.
        open_since = _read(text)[1]
        if open_since is None:
            raise
        raise TomlError(f"what begins on line {open_since} does not end") from None
    return table


def lines_of(text: str, table: str = "") -> dict[str, int]:
    """The line, from 1, of each key at the top of a valid file; a table's is that of its head. Or
    of each key below the head of a table.

    A statement ends with a line, so lines are gathered until they can be read: what that gives
    stands where the first of them is.
    """
    return _read(text, table)[0]


def _read(text: str, table: str = "") -> tuple[dict[str, int], int | None]:
    """The lines of the keys, and the line where something begins that does not end."""
    found: dict[str, int] = {}
    gathered, first, head = "", 1, ""
    for number, line in enumerate(text.split("\n"), 1):
        first = first if gathered else number
        gathered += f"{line}\n"
        try:
            keys = tomllib.loads(gathered)
        except TomlError:
            continue
        is_head = gathered.lstrip().startswith("[")
        if is_head:
            head = next(iter(keys))
        if (head == table and not is_head) or (is_head and not table):
            for key in keys:
                found.setdefault(key, first)
        gathered = ""
    return found, first if gathered else None
