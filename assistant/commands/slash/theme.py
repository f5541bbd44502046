"""/theme: the colours of the full screen, at once. It refuses to know colours.

Every theme is a form of its own, so that the palette has each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block, Table
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.session import Session
from assistant.commands.slash.set import SAVE
from assistant.commands.slash.set import run as set_setting
from assistant.theme_names import OWN_THEMES


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if arguments.text:
        yield from set_setting(session, Arguments(f"theme {arguments.text}"))
        return
    now = session.settings.theme
    rows = [(name, what, "in use" if name == now else "") for name, what in OWN_THEMES.items()]
    if now not in OWN_THEMES:
        rows.append((now, "one of Textual's own", "in use"))
    yield Table(("theme", "what it is", ""), tuple(rows))


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    first, space, _ = arguments.text.partition(" ")
    if space and first:
        return [Choice(SAVE, "write it into config.toml, for every run")]
    return ()


COMMAND = Command(
    name="theme",
    summary="Choose the colours of the screen",
    forms=(
        Form("", "list the themes"),
        *(Form(name, what) for name, what in OWN_THEMES.items()),
        Form("NAME --save", "write it into config.toml, for every run"),
    ),
    run=run,
    complete=choices,
    examples=("/theme light", "/theme contrast --save"),
    details="Textual's own themes have their names, such as `nord` or `textual-light`.",
)
