"""What Ctrl+P finds: every slash command in each of its forms, and every key that works here.

A command that takes something is put where the person types; one that takes nothing runs. It
refuses to know what any of them does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from assistant.commands import all_commands
from assistant.tui.bindings import EDITING, EVERYWHERE, Does, keys_here

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp


_SELDOM = {"interrupt", "escape", "quit", "app.focus_next", "app.focus_previous"}
"""Keys of the screen that mean something at the moment, and little in a list."""


@dataclass(frozen=True)
class Entry:
    """One line of the palette."""

    text: str
    help: str
    """A second line below it, or none."""
    run: Callable[[], object]


def command_entries(app: ChatApp) -> Iterator[Entry]:
    """Every form of every command."""
    for command in all_commands().values():
        for form in command.forms:
            typed = [f"/{command.name}", *([form.verb] if form.verb else [])]
            line = " ".join(typed)
            whole = f"/{command.name} {form.words}".strip()
            if whole == line:
                yield Entry(whole, form.summary, lambda line=line: app.send(line))  # type: ignore[misc]
            else:
                yield Entry(whole, form.summary, lambda line=line: app.begin(f"{line} "))  # type: ignore[misc]


def entries(app: ChatApp) -> list[Entry]:
    """Everything, what a person looks for first on top: the screen's keys, commands, other keys.

    Keys that move or change letters come last: one presses them, or does not need them here.
    """
    places: dict[str, list[Entry]] = {"first": [], "other": [], "last": []}
    for does, entry in _keys(app):
        seldom = does.group == EDITING or does.action in _SELDOM
        place = "last" if seldom else "first" if does.group == EVERYWHERE else "other"
        places[place].append(entry)
    return [*places["first"], *command_entries(app), *places["other"], *places["last"]]


def key_entries(app: ChatApp) -> Iterator[Entry]:
    """Every key that works where the focus was."""
    return (entry for _, entry in _keys(app))


def _keys(app: ChatApp) -> Iterator[tuple[Does, Entry]]:
    here = app.keys_below if app.screen.is_modal else keys_here(app.screen)
    for does in here:
        if does.action == "command_palette":
            continue

        def run(action: str = does.action, node: object = does.node) -> object:
            return app.run_action(action, node)  # type: ignore[arg-type]

        yield does, Entry(f"{does.what}  {does.names}", "", run)


class Palette(CommandPalette):
    """Textual's, with the keys that all lists here have."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("home", "command_list('first')", "to the first one", priority=True),
        Binding("end", "command_list('last')", "to the last one", priority=True),
    ]


class Everything(Provider):
    """The palette's only source."""

    async def startup(self) -> None:
        app = cast("ChatApp", self.app)
        self._entries = entries(app)

    async def discover(self) -> Hits:
        for entry in self._entries:
            yield DiscoveryHit(Content(entry.text), entry.run, entry.text, entry.help or None)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in self._entries:
            # What it does counts too, but less than how it is called.
            score = max(
                matcher.match(entry.text), 0.5 * matcher.match(entry.help) if entry.help else 0.0
            )
            if score > 0:
                shown = matcher.highlight(entry.text)
                yield Hit(score, shown, entry.run, entry.text, entry.help or None)
