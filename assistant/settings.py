"""The settings of one run: their defaults, and what config.toml says.

A broken file never stops the program and is never overwritten: what cannot be used becomes a
sentence in `problems`, and the default stands. This module refuses to know where the values go.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from assistant.errors import SettingsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Settings:
    """What a person can set, in config.toml and (the sampling ones) with /set."""

    model: str = "tiny"
    """Name, folder or Hugging Face repository of the model."""
    adapters: tuple[str, ...] = ()
    """Adapters to load at the start, each NAME or NAME=SCALE."""
    system: str = ""
    """The system prompt; empty for none."""
    max_tokens: int = 512
    """The longest answer, in tokens."""
    temperature: float = 0.0
    """0 picks the likeliest token; higher is more varied."""
    top_p: float = 1.0
    """Sample only from the likeliest tokens that add up to this probability."""
    seed: int | None = None
    """Fixes the dice when the temperature is above 0."""
    repetition_penalty: float | None = None
    """Makes tokens that were there before less likely; 1 is off. None: what the model asks for."""
    evidence: bool = True
    """Whether a comparison is followed by what the adapter changed, token by token."""
    run_code: bool = False
    """Whether the code in compared answers is run, in a process with limits, to see if it does."""
    theme: str = "textual-dark"
    """The TUI's theme."""
    memory_check: bool = True
    """Refuse models that do not fit into memory."""
    kv_bits: int | None = None
    """Keep keys and values in 4 or 8 bits; None keeps them whole."""
    max_kv_size: int | None = None
    """Keep the keys and values of so many tokens at most; None keeps all."""
    draft_model: str = ""
    """A small model that guesses ahead; empty for none."""
    save: bool = True
    """Keep conversations, drafts and what was typed. False: nothing of a chat is written."""
    save_caches: int = 0
    """Megabytes that keys and values of kept chats may take on the disk, so that a long chat opens
    without being read again; 0 keeps none."""


@dataclass(frozen=True)
class LoadedSettings:
    """The settings to use, and a sentence for each thing in the file that could not be used."""

    settings: Settings
    problems: tuple[SettingsError, ...] = ()


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text in quotes")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError('a list of texts, as in ["mlx-docs"]')
    return tuple(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("a whole number, 1 or more")
    return value


def _one_of(*choices: int) -> Callable[[Any], int | None]:
    def convert(value: Any) -> int | None:
        if value is not None and (isinstance(value, bool) or value not in choices):
            raise ValueError(", ".join(map(str, choices[:-1])) + f" or {choices[-1]}")
        return value if value is None else int(value)

    return convert


def _cache_size(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 16:
        raise ValueError("a whole number, 16 or more")
    return value


def _megabytes(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number of megabytes, 0 for none")
    return value


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _seed(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError("a whole number, 0 or more")
    return value


def _or_none(convert: Callable[[Any], float]) -> Callable[[Any], float | None]:
    return lambda value: None if value is None else convert(value)


def _between(low: float, high: float) -> Callable[[Any], float]:
    def convert(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"a number from {low:g} to {high:g}")
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return float(value)

    return convert


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "model": _text,
    "adapters": _texts,
    "system": _text,
    "max_tokens": _count,
    "temperature": _between(0, 2),
    "top_p": _between(0, 1),
    "seed": _seed,
    "repetition_penalty": _or_none(_between(0.1, 10)),
    "evidence": _switch,
    "run_code": _switch,
    "theme": _text,
    "memory_check": _switch,
    "kv_bits": _one_of(2, 3, 4, 6, 8),
    "max_kv_size": _cache_size,
    "draft_model": _text,
    "save": _switch,
    "save_caches": _megabytes,
}
_SWITCHES = frozenset(name for name, convert in _CONVERT.items() if convert is _switch)
_WORDS = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}

NAMES: tuple[str, ...] = tuple(field.name for field in fields(Settings))
SAMPLING_NAMES: tuple[str, ...] = (
    "max_tokens",
    "temperature",
    "top_p",
    "seed",
    "repetition_penalty",
)


def changed(settings: Settings, name: str, value: Any) -> Settings:
    """The settings with one value changed.

    Raises:
        SettingsError: the name or the value is not one that can be used.
    """
    convert = _CONVERT.get(name)
    if convert is None:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(NAMES)}."
        raise SettingsError(f"There is no setting {name!r}.", hint)
    try:
        return replace(settings, **{name: convert(value)})
    except ValueError as error:
        raise SettingsError(f"{name} cannot be {value!r}.", f"It takes {error}.") from None


def read_value(name: str, text: str) -> Any:
    """A typed value from what somebody wrote after `/set NAME`: 0.7, 12, none or plain text."""
    if name in {"seed", "repetition_penalty"} and text.lower() in {"none", "random", ""}:
        return None
    if name in _SWITCHES:
        return _WORDS.get(text.lower(), text)
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def load_settings(file: Path) -> LoadedSettings:
    """Read config.toml. No file means the defaults; a broken one too, with the reason said."""
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except (OSError, UnicodeDecodeError) as error:
        problem = SettingsError(
            f"{file} cannot be read ({error}); the defaults are used.",
            "Check that it is a text file you may read.",
        )
        return LoadedSettings(Settings(), (problem,))
    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        problem = SettingsError(
            f"{file} is not valid TOML: {error}; the defaults are used.",
            "Mend that line; the file is left as it is.",
        )
        return LoadedSettings(Settings(), (problem,))
    settings = Settings()
    problems: list[SettingsError] = []
    for name, value in table.items():
        try:
            settings = changed(settings, name, value)
        except SettingsError as error:
            problems.append(SettingsError(f"In {file}: {error.message}", error.hint))
    return LoadedSettings(settings, tuple(problems))
