"""/set: the settings that can change while the program runs, and keeping one for good.

It refuses to know what a setting takes; assistant.settings does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assistant.commands.blocks import Block, Effect, Notice, Table
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.scales import split_scale
from assistant.commands.session import Session
from assistant.config import meanings, save, shown
from assistant.config.overview import told
from assistant.errors import SettingsError
from assistant.settings import (
    NAMES,
    SAMPLING_NAMES,
    changed,
    choices_of,
    load_settings,
    read_value,
)

CHANGEABLE = (*SAMPLING_NAMES, "evidence", "run_code", "theme", "stream", "save", "save_caches")
# The others take effect when the model is opened.
OWN_COMMANDS = {"model": "model", "adapters": "adapter", "system": "system"}
SAVE = "--save"


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    words, keep = _without_save(arguments.text)
    name, _, text = words.partition(" ")
    text = text.strip()
    if not text and not keep:
        yield _table(session, name or None)
        if not name:
            yield Notice(f"Set for every run in {session.places.settings_file}")
        return
    if not name:
        raise SettingsError(f"{SAVE} stands after a setting.", f"/set theme light {SAVE}")
    value = read_value(name, text) if text else getattr(session.settings, name, None)
    changed(session.settings, name, value)  # raises, and knows what was probably meant
    for ref in (value or ()) if name == "adapters" else ():
        split_scale(ref, session.is_adapter)  # raises
    if name in CHANGEABLE:
        session.set(name, value)
        if text:
            yield Notice(f"{name} is now {shown(getattr(session.settings, name))}.", "good")
    elif not keep:
        command = OWN_COMMANDS.get(name)
        hint = f"Use /{command} for it." if command else f"Set it for the next start with {SAVE}."
        raise SettingsError(f"/set does not change {name}.", hint)
    if keep:
        yield from _keep(session, name, value)
    yield Effect("theme" if name == "theme" else "status")


def _without_save(text: str) -> tuple[str, bool]:
    words = text.strip()
    if words == SAVE or words.endswith(f" {SAVE}"):
        return words.removesuffix(SAVE).strip(), True
    return words, False


def _keep(session: Session, name: str, value: Any) -> Iterator[Block]:
    file = session.places.settings_file
    save(file, name, value)
    when = "" if name in CHANGEABLE else "; it holds from the next start"
    yield Notice(f"Written into {file}{when}.", "good")
    origin = load_settings(file).origin(name)
    if origin.kind == "environment":
        yield Notice(f"{origin.place} in the environment goes over it.", "warning")


def _table(session: Session, only: str | None) -> Table:
    names = NAMES if only is None else (only,)
    if only is not None and only not in NAMES:
        changed(session.settings, only, None)  # raises, and knows what was probably meant
    texts = meanings()
    rows = tuple(
        (name, _value(session, name), _source(session, name), texts[name]) for name in names
    )
    return Table(("setting", "value", "from", "what it is"), rows)


def _value(session: Session, name: str) -> str:
    value = getattr(session.settings, name)
    if value is None and session.is_open and name in {"temperature", "top_p"}:
        # Then the model decides, and what that means is not to be seen anywhere else.
        return f"none, so {getattr(session.sampling, name):g}"
    return shown(value)


def _source(session: Session, name: str) -> str:
    if name in session.changed_settings:
        return "this session"
    file = session.places.settings_file
    loaded = load_settings(file)
    if getattr(loaded.settings, name) == getattr(session.settings, name):
        return told(loaded.origin(name), file)
    return "start-up"


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    words = arguments.text.split()
    done = len(words) - (0 if arguments.text.endswith(" ") or not words else 1)
    if done == 0:
        return [Choice(name, meanings()[name]) for name in NAMES]
    values = [Choice(value) for value in choices_of(words[0])] if done == 1 else []
    # Offered once it is begun: who only wants the value has nothing in the way.
    keeps = words[-1].startswith("-") and not arguments.text.endswith(" ")
    return [*values, *([Choice(SAVE, "write it into config.toml")] if keeps else [])]


COMMAND = Command(
    name="set",
    summary="Show or change settings",
    forms=(
        Form("", "list the settings, their values and where those came from"),
        Form("NAME", "show one"),
        Form("NAME VALUE", "change one until the program ends"),
        Form("NAME [VALUE] --save", "write it into config.toml, for every run"),
    ),
    run=run,
    needs="turn",
    complete=choices,
    examples=("/set temperature 0.7", "/set seed none", "/set theme light --save"),
    details=(
        "`--save` changes that one line of `config.toml` and leaves the others and their comments "
        "alone. A file with a mistake in it is not touched."
    ),
)
