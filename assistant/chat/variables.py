"""Variables of prompts: `{{name}}` stands for something the person says, or for a default.

    fill("Say it in {{language}}: {text}", {"language": "{text}"})  ->  "Say it in {text}: {text}"

Values are put in their places in one go, so what they say is never read for variables again; and
there is nothing but names between the braces, so that a file cannot reach into the program. This
module refuses to know files and prompts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

TEXT = "text"
"""The variable that is what the person types; `{text}` is another way to write it."""
_MARK = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}|\{(text)\}")


@dataclass(frozen=True)
class Variable:
    name: str
    default: str | None = None
    """None when the person has to say it."""
    question: str = ""

    @property
    def asked(self) -> str:
        """The question to ask for it."""
        return self.question or f"What is {self.name}?"


def names(text: str) -> tuple[str, ...]:
    """The variables of a text, each once, in the order they stand in."""
    return tuple(dict.fromkeys(braced or short for braced, short in _MARK.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with values in their places; what has no value stays as it stands."""
    return _MARK.sub(lambda mark: values.get(mark[1] or mark[2], mark[0]), text)
