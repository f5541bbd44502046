"""/set: the settings that can change while the program runs.

It refuses to know what a setting takes; assistant.settings does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.commands.blocks import Block, Effect, Notice, Table
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.errors import SettingsError
from assistant.settings import NAMES, SAMPLING_NAMES, Settings, read_value

MEANINGS = {
    "max_tokens": "the longest answer, in tokens",
    "temperature": "0 takes the likeliest token; higher is more varied, up to 2",
    "top_p": "sample only from the likeliest tokens that add up to this",
    "seed": "fixes the dice when the temperature is above 0; none for fresh ones",
    "repetition_penalty": "makes what was said less likely; 1 is off, none as the model asks",
    "evidence": "whether /compare reads the answers again to show what the adapter changed",
    "run_code": "whether /compare runs the code in answers, in a process with limits",
    "theme": "colours of the full-screen interface",
    "save": "keep conversations and drafts; false writes nothing from now on",
    "memory_check": "refuse models that do not fit into memory",
    "kv_bits": "bits that keys and values are kept in; none keeps them whole",
    "max_kv_size": "tokens whose keys and values are kept at most; none keeps all",
    "save_caches": "megabytes for keys and values of kept chats; 0 keeps none",
    "draft_model": "a small model that guesses ahead; none for none",
    "model": "changed with /model",
    "adapters": "loaded at the start; changed with /adapter",
    "system": "changed with /system",
}
CHANGEABLE = (*SAMPLING_NAMES, "evidence", "run_code", "theme", "save", "save_caches")
# The others take effect when the model is opened.
OWN_COMMANDS = {"model": "model", "adapters": "adapter", "system": "system"}


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words = arguments.text.split(maxsplit=1)
    if len(words) < 2:
        yield _table(session, words[0] if words else None)
        if not words:
            yield Notice(f"Set for every run in {_file(session)}")
        return
    name, value = words
    if name in NAMES and name not in CHANGEABLE:
        command = OWN_COMMANDS.get(name)
        hint = f"Use /{command} for it." if command else f"Write it into {_file(session)}."
        raise SettingsError(f"/set does not change {name}.", hint)
    session.set(name, read_value(name, value))
    yield Notice(f"{name} is now {_shown(getattr(session.settings, name))}.", "good")
    yield Effect("theme" if name == "theme" else "status")


def _file(session: Session) -> Path:
    return session.places.settings_file


def _table(session: Session, only: str | None) -> Table:
    names = NAMES if only is None else (only,)
    if only is not None and only not in NAMES:
        session.set(only, None)  # raises, and knows what was probably meant
    rows = tuple(
        (name, _shown(getattr(session.settings, name)), _source(session, name), MEANINGS[name])
        for name in names
    )
    return Table(("setting", "value", "from", "what it is"), rows)


def _source(session: Session, name: str) -> str:
    if name in session.changed_settings:
        return "this session"
    default = getattr(Settings(), name)
    return "default" if getattr(session.settings, name) == default else "start-up"


def _shown(value: object) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if " " in arguments.text.lstrip():
        return ()
    return [Choice(name, MEANINGS[name]) for name in CHANGEABLE]


COMMAND = Command(
    name="set",
    summary="Show or change settings",
    forms=(
        Form("", "list the settings and their values"),
        Form("NAME", "show one"),
        Form("NAME VALUE", "change one until the program ends"),
    ),
    run=run,
    complete=choices,
    examples=("/set temperature 0.7", "/set seed none"),
    details="To change a setting for good, write it into `config.toml`.",
)
