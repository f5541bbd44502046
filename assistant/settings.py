"""The settings of one run: their defaults, what config.toml says, and the environment.

    ASSISTANT_TEMPERATURE=0.7 assistant        over the file, for one run

A broken file never stops the program and is never overwritten: what cannot be used becomes a
sentence in `problems`, and the default stands. This module refuses to know where the values go.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from assistant import toml_file
from assistant.address import without_secrets
from assistant.errors import SettingsError
from assistant.file_trouble import why
from assistant.setting_kinds import (
    SERVER,
    SWITCH,
    TEXT,
    TEXTS,
    Kind,
    between,
    one_of,
    one_word_of,
    or_none,
    whole,
)
from assistant.theme_names import OWN_THEMES, TEXTUAL_THEMES


@dataclass(frozen=True)
class Settings:
    """What a person can set, in config.toml and (the sampling ones) with /set."""

    model: str = "tiny"
    """Name, folder or Hugging Face repository of the model; with `engine`, the server's name for
    it, or empty for its only one."""
    engine: str = ""
    """Address of an OpenAI-compatible server that runs the model; empty for this process."""
    adapters: tuple[str, ...] = ()
    """Adapters to load at the start, each NAME or NAME=SCALE."""
    system: str = ""
    """The system prompt; empty for none."""
    max_tokens: int = 512
    """The longest answer, in tokens."""
    temperature: float | None = None
    """0 picks the likeliest token; higher is more varied. Left out: as the model asks, or 0."""
    top_p: float | None = None
    """Sample only from the likeliest tokens that add up to this probability. Left out: as the model
    asks, or from all."""
    seed: int | None = None
    """Fixes the dice when the temperature is above 0."""
    repetition_penalty: float | None = None
    """Makes tokens that were there before less likely; 1 is off. Left out: as the model asks."""
    evidence: bool = True
    """Whether a comparison is followed by what the adapter changed, token by token."""
    run_code: bool = False
    """Whether the code in compared answers is run, in a process with limits, to see if it does."""
    theme: str = "dark"
    """Colours of the full screen: dark, light, ansi (the terminal's own), contrast, or one of
    Textual's own, such as nord."""
    stream: bool = True
    """Whether the plain chat writes an answer as it comes; false: once it is whole."""
    memory_check: bool = True
    """Refuse models that do not fit into memory."""
    kv_bits: int | None = None
    """Keep keys and values in 2, 3, 4, 6 or 8 bits. Left out: whole."""
    max_kv_size: int | None = None
    """Keep the keys and values of so many tokens at most. Left out: of all."""
    draft_model: str = ""
    """A small model that guesses ahead; empty for none."""
    save: bool = True
    """Keep conversations, drafts and what was typed. False: nothing of a chat is written."""
    save_caches: int = 0
    """Megabytes that keys and values of kept chats may take on the disk, so that a long chat opens
    without being read again; 0 keeps none."""


@dataclass(frozen=True)
class Origin:
    """Where a value came from."""

    kind: Literal["default", "file", "environment", "command line"] = "default"
    place: str = ""
    """The line of the file, or the name of the variable or of the option."""


@dataclass(frozen=True)
class LoadedSettings:
    """The settings to use, and a sentence for each thing that could not be used."""

    settings: Settings
    problems: tuple[SettingsError, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Of the values that are no defaults."""

    def origin(self, name: str) -> Origin:
        return self.origins.get(name, Origin())


_KINDS: Mapping[str, Kind] = {
    "model": TEXT,
    "engine": SERVER,
    "adapters": TEXTS,
    "system": TEXT,
    "max_tokens": whole(1),
    "temperature": or_none(between(0, 2)),
    "top_p": or_none(between(0, 1)),
    "seed": or_none(whole(0, below=2**63)),
    "repetition_penalty": or_none(between(0.1, 10)),
    "evidence": SWITCH,
    "run_code": SWITCH,
    "theme": one_word_of(*OWN_THEMES, *TEXTUAL_THEMES),
    "stream": SWITCH,
    "memory_check": SWITCH,
    "kv_bits": or_none(one_of(2, 3, 4, 6, 8)),
    "max_kv_size": or_none(whole(16)),
    "draft_model": TEXT,
    "save": SWITCH,
    "save_caches": whole(0, what="a whole number of megabytes, 0 for none"),
}

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
    kind = _KINDS.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"The settings are {', '.join(NAMES)}."
        raise SettingsError(f"There is no setting {name!r}.", hint)
    try:
        return replace(settings, **{name: kind.check(value)})
    except ValueError as error:
        shown = without_secrets(value) if name == "engine" and isinstance(value, str) else value
        hint = f"It takes {error}."
        if isinstance(value, str) and value not in kind.choices:
            near = difflib.get_close_matches(value, kind.choices, n=1)
            hint = f"Did you mean {near[0]}? {hint}" if near else hint
        raise SettingsError(f"{name} cannot be {shown!r}.", hint) from None


def read_value(name: str, text: str) -> Any:
    """A typed value from what somebody wrote after `/set NAME`: 0.7, 12, none or plain text."""
    kind = _KINDS.get(name)
    return text if kind is None else kind.read(text)


def choices_of(name: str) -> tuple[str, ...]:
    """All that a setting could be, as somebody writes it, where those are few."""
    kind = _KINDS.get(name)
    return kind.choices if kind else ()


def reads_aloud(environ: Mapping[str, str] | None = None) -> bool:
    """Whether somebody listens to the screen (ACCESSIBLE=1)."""
    environ = os.environ if environ is None else environ
    return environ.get("ACCESSIBLE", "0") not in {"", "0"}


def load_settings(
    file: Path, environ: Mapping[str, str] | None = None, *, in_use: bool = True
) -> LoadedSettings:
    """Read config.toml, and over it the environment. No file means the defaults; a broken one
    too, with the reason said. One that is not `in_use` is only looked at."""
    variables = os.environ if environ is None else environ
    settings = Settings()
    problems: list[SettingsError] = []
    origins: dict[str, Origin] = {}
    engine_of_file = settings.engine
    if reads_aloud(variables):
        # A screen reader that is reading loses its place when more text comes.
        settings = changed(settings, "stream", False)
        origins["stream"] = Origin("environment", "ACCESSIBLE")
    table, lines = _read(file, problems, in_use)
    given = [
        *((name, value, Origin("file", str(lines.get(name, "")))) for name, value in table.items()),
        *_variables(variables),
    ]
    for name, value, origin in given:
        try:
            settings = changed(settings, name, value)
        except SettingsError as error:
            where = f"{file}, line {origin.place}" if origin.kind == "file" else origin.place
            problems.append(SettingsError(f"{where}: {error.message}", error.hint))
        else:
            origins[name] = origin
        if origin.kind == "file":
            engine_of_file = settings.engine
    if settings.engine != engine_of_file:
        settings = _without_the_file_s(settings, origins)
    if settings.engine and "model" not in origins:
        settings = replace(settings, model="")  # the default is a model of this process
    if not settings.engine and not settings.model:
        settings = replace(settings, model=Settings().model)  # only a server has an only one
        origins.pop("model", None)
    return LoadedSettings(settings, tuple(problems), origins)


def _without_the_file_s(settings: Settings, origins: dict[str, Origin]) -> Settings:
    """The environment's engine knows nothing of the model and adapters of the file's own."""
    for name in ("model", "adapters"):
        if name in origins and origins[name].kind == "file":
            settings = replace(settings, **{name: getattr(Settings(), name)})
            del origins[name]
    return settings


def _read(
    file: Path, problems: list[SettingsError], in_use: bool
) -> tuple[dict[str, Any], dict[str, int]]:
    """The file's table and the line of each key; both empty, with a problem, when it is broken."""
    instead = "; the defaults are used" if in_use else ""
    try:
        content = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
        return toml_file.parse(content), toml_file.lines_of(content)
    except FileNotFoundError:
        pass
    except toml_file.TomlError as error:
        problems.append(
            SettingsError(
                f"{file} is not valid TOML: {error}{instead}.",
                "Mend that line; the file is left as it is.",
            )
        )
    except (OSError, UnicodeDecodeError) as error:
        problems.append(
            SettingsError(
                f"{file} cannot be read, {why(error)}{instead}.",
                "Check that it is a text file you may read.",
            )
        )
    return {}, {}


def variable(name: str) -> str:
    """The environment variable that sets a setting."""
    return f"ASSISTANT_{name.upper()}"


def _variables(environ: Mapping[str, str]) -> list[tuple[str, Any, Origin]]:
    return [
        (name, read_value(name, environ[variable(name)]), Origin("environment", variable(name)))
        for name in NAMES
        if variable(name) in environ
    ]
