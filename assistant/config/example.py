"""A config.toml with every setting in it, each explained and none of them set.

It refuses to know where the file is.
"""

from __future__ import annotations

import textwrap
from dataclasses import asdict
from typing import Any

from assistant.config.meanings import meanings
from assistant.json_text import json_text
from assistant.settings import Settings, variable

WIDTH = 88
# What to write for a setting that has no value by itself.
INSTEAD_OF_NONE = {
    "temperature": 0.7,
    "top_p": 0.9,
    "seed": 7,
    "repetition_penalty": 1.1,
    "kv_bits": 8,
    "max_kv_size": 4096,
}

_HEAD = f"""\
# Settings of `assistant`. Take the sign # away from a line to set it; all of them are optional.
# For one run, an environment variable does the same: {variable("temperature")}=0.7
"""


def example() -> str:
    """The text of the file: TOML that sets nothing until a line is uncommented."""
    parts = [_HEAD]
    for name, value in asdict(Settings()).items():
        lines = textwrap.wrap(meanings()[name], WIDTH)
        if value is None:
            lines.append("Not set by itself.")
            value = INSTEAD_OF_NONE.get(name, "")
        comment = "\n".join(f"# {line}" for line in lines)
        parts.append(f"{comment}\n# {name} = {literal(value)}\n")
    return "\n".join(parts)


def literal(value: Any) -> str:
    """A value as TOML writes it. Its texts and lists of texts are written as JSON's are."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool | str):
        return json_text(value)
    return repr(value)
