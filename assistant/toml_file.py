"""Reads TOML that people write, and knows on which line each key stands.

    lines_of("# mine\nmodel = 'x'\n\ntop_p = 0.9\n")  ->  {"model": 2, "top_p": 4}

The standard reader gives values and no places, and a person looks for a line. It refuses to know
what any key means.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TomlError = tomllib.TOMLDecodeError

_DEEPEST = 100
"""Levels of tables and lists; Python breaks off at some hundreds more."""
_MOST_BITS = 14_000
"""Of a whole number: about the 4,300 digits that Python reads and writes."""

_DEEP = "is nested too deeply"
_LONG = "has a number of thousands of digits"


class _ToldError(TomlError):  # type: ignore[valid-type, misc]  # Any, where tomli is missing
    """A sentence of our own; the reader's newer versions want the text and the place for theirs."""

    def __init__(self, sentence: str) -> None:
        ValueError.__init__(self, sentence)


class _BeyondError(Exception):
    """TOML that is valid, and more than a program can hold: one of the texts above."""


def parse(text: str) -> dict[str, Any]:
    """The table of a file.

    Raises:
        TomlError: its message names the line.
    """
    try:
        return _loads(text)
    except _BeyondError as error:
        begun, what = _read(text)[1] or 1, str(error)
    except TomlError as error:
        if "at end of document" not in str(error):
            raise
        # A quote or bracket that is never closed: where it began is what a person looks for.
        open_since = _read(text)[1]
        if open_since is None:
            raise
        begun, what = open_since, "does not end"
    raise _ToldError(f"what begins on line {begun} {what}")


def _loads(text: str) -> dict[str, Any]:
    """What the standard reader reads, which lets go of more than its own error.

    Raises:
        TomlError: it is none. _BeyondError: it is nested too deeply, or has too long a number.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text)
    except TomlError:
        raise
    except RecursionError:
        raise _BeyondError(_DEEP) from None
    except ValueError:  # which is what Python says of a number of too many digits
        raise _BeyondError(_LONG) from None
    # Keys with dots make tables, and 0xfff a number, that the reader takes and nobody can print.
    level: list[Any] = [table]
    for _ in range(_DEEPEST):
        if any(isinstance(value, int) and value.bit_length() > _MOST_BITS for value in level):
            raise _BeyondError(_LONG)
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise _BeyondError(_DEEP)
    return table


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


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
            keys = _loads(gathered)
        except _BeyondError:
            return found, first  # more lines do not mend it
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
