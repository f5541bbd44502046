"""What kinds of values settings take: a value is checked, and one that was typed is read first.

A check raises ValueError, whose text says what it takes. It refuses to know which settings there
are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.address import ServerAddress


@dataclass(frozen=True)
class Kind:
    check: Callable[[Any], Any]
    """The value as it is kept. Raises ValueError with what would be one."""
    read: Callable[[str], Any]
    """A value of what somebody wrote after `/set NAME`, not yet checked."""
    choices: tuple[str, ...] = ()
    """All that it could be, as somebody writes it, where those are few."""


def _read_text(text: str) -> str:
    return "" if text.lower() == "none" else text


def _read_texts(text: str) -> tuple[str, ...]:
    return () if text.lower() == "none" else tuple(text.replace(",", " ").split())


def _read_switch(text: str) -> bool | str:
    words = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
    return words.get(text.lower(), text)


def _read_number(text: str) -> int | float | str:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text in quotes")
    return value


def _server(value: Any) -> str:
    text = _text(value).strip()
    if text:
        ServerAddress.parse(text)
    return text


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError('a list of texts, as in ["mlx-docs"]')
    if "" in value or len(set(value)) < len(value):
        raise ValueError("a list of texts, each once and none of them empty")
    return tuple(value)


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


TEXT = Kind(_text, _read_text)
SERVER = Kind(_server, _read_text)
"""The address of one; empty for none."""
TEXTS = Kind(_texts, _read_texts)
SWITCH = Kind(_switch, _read_switch, ("on", "off"))


def whole(least: int, *, below: int = 2**63, what: str = "") -> Kind:
    """Whole numbers from one on; `what` says more of them than that."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(what or f"a whole number, {least} or more")
        if value >= below:
            raise ValueError(f"a whole number below {below:,}")
        return value

    return Kind(check, _read_number)


def one_of(*choices: int) -> Kind:
    def check(value: Any) -> int:
        if isinstance(value, bool) or value not in choices:
            raise ValueError(", ".join(map(str, choices[:-1])) + f" or {choices[-1]}")
        return int(value)

    return Kind(check, _read_number, tuple(map(str, choices)))


def one_word_of(*choices: str) -> Kind:
    def check(value: Any) -> str:
        if value not in choices:
            raise ValueError(", ".join(choices[:-1]) + f" or {choices[-1]}")
        return str(value)

    return Kind(check, _read_text, choices)


def between(low: float, high: float) -> Kind:
    def check(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"a number from {low:g} to {high:g}")
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(value)

    return Kind(check, _read_number)


def or_none(kind: Kind) -> Kind:
    """The same, and none of it."""

    def check(value: Any) -> Any:
        return None if value is None else kind.check(value)

    def read(text: str) -> Any:
        return None if text.lower() in {"none", "random", ""} else kind.read(text)

    return Kind(check, read, (*kind.choices, "none") if kind.choices else ())
