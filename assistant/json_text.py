"""JSON whose texts may be hostile.

That of a file, which may be damaged too, is read, or refused with one reason in words; what is
written steers no terminal it is read on. It refuses to know what the JSON is about.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.plain_text import STEERING

# What ends a line for some readers, and what steers; json escapes only those below a space.
_WRITTEN_OUT = {code: f"\\u{code:04x}" for code in (*STEERING, 0x2028, 0x2029) if code > 0x20}

# The largest number of a float32, in which adapters run.
_LARGEST = 3.4028234663852886e38


def parse_json(text: bytes) -> Any:
    """What the text says.

    Raises:
        ValueError: whose words are the reason.
    """
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_no_duplicates)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (json.JSONDecodeError, _TwiceError) as error:
        raise ValueError(str(error)) from None
    except ValueError:  # Python refuses to read whole numbers of more than 4,300 digits
        raise ValueError("it has a number of thousands of digits") from None


def json_text(value: Any, *, ascii_only: bool = False, indent: int | None = None) -> str:
    """A value as JSON, with controls, overrides of direction and ends of lines written as
    escapes: inside its texts, the only place where such characters can be."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    return text.translate(_WRITTEN_OUT)


def read_object(file: Path) -> dict[str, Any] | None:
    """The JSON object in a file, read as leniently as the tools that write it do; None for a file
    that cannot be read or holds anything else."""
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):  # nested as deeply as no object that is meant
        return None
    return read if isinstance(read, dict) else None


def usable_number(value: Any) -> float | None:
    """A number that a float32 holds; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) <= _LARGEST else None  # false for NaN too


class _TwiceError(ValueError):
    """Which of the two counts, programs disagree on."""


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, value in pairs:
        if name in table:
            raise _TwiceError(f"the name {name[:60]!r} stands twice")
        table[name] = value
    return table
