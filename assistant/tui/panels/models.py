"""The models: those on this machine and some worth fetching, and whether they fit into memory.

To choose one is a line of the chat, so that it takes its turn and stays on record; to fetch one is
not. It refuses to know how a model is found, fetched and opened.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from assistant.commands.amounts import size
from assistant.commands.catalogue import ON_THE_HUB, Catalogue, Offered, catalogue_of
from assistant.commands.fetching import fetching_model
from assistant.commands.models import parameters_of
from assistant.commands.session import Session
from assistant.plain_text import plain
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.panels.menu import Entry, Menu
from assistant.tui.panels.panel import Panel, key_bindings

_INDENT = 3


class ModelsPanel(Panel):
    """F4."""

    KEYS_TITLE = "Models"
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("enter", "Enter", "answer with it, fetched if need be"),
        ("f", "f", "only fetch"),
        ("r", "r", "look again"),
        ("escape", "Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = key_bindings(KEYS)

    def __init__(self, session: Session) -> None:
        super().__init__(session, Menu(self._lines, "There are no models here."))
        self._catalogue: Catalogue | None = None

    def summary(self) -> Content:
        if self._catalogue is None or self._catalogue.server:
            return Content("")
        free = f"{size(self._catalogue.memory)} of {self._catalogue.of} free"
        return Content.styled(free, FAINT)

    @property
    def _current(self) -> str:
        info = self.session.lineup.info
        return info.model if info else ""

    def read(self) -> Catalogue:
        return catalogue_of(self.session)

    def take(self, found: Catalogue) -> None:
        self._catalogue = found
        here = [one for one in found.offered if one.here]
        others = [one for one in found.offered if not one.here]
        place = f"on {found.server}" if found.server else "on this machine"
        groups = ((place, here), ("recommended, to be fetched", others))
        first = not self.menu.entries
        self.menu.offer(
            [
                Entry(one.name, one, heading if number == 0 else "")
                for heading, group in groups
                for number, one in enumerate(group)
            ]
        )
        if first:
            self.menu.mark(self._current)
        self._redraw()

    # What the keys and the mouse do

    def actions(self) -> dict[str, Callable[[], None]]:
        return super().actions() | {
            "enter": self._choose,
            "space": self._choose,
            "f": self._fetch,
        }

    @property
    def _marked(self) -> Offered | None:
        marked = self.menu.marked
        return marked if isinstance(marked, Offered) else None

    def _choose(self) -> None:
        one = self._marked
        if one is None:
            return
        if one.name == self._current:
            self.say(f"{one.name} answers already.")
        elif not one.fits and self.session.settings.memory_check:
            self.say(f"{one.name} does not fit: {_too_large(one, self._catalogue)}")
        else:
            ref = str(one.path) if one.where == "folder" else one.name
            self.post_message(self.Wished(f"/model {quote(ref)}"))
            self.post_message(self.Left())

    def _fetch(self) -> None:
        one = self._marked
        if one is None:
            return
        if one.here:
            self.say(f"{one.name} is {one.where if not one.path else 'on this machine'}.")
        elif not self.occupied():
            self.begin(fetching_model(one.name), lambda folder: self._fetched(one.name, folder))

    def _fetched(self, name: str, folder: Path) -> None:
        self.say(f"{name} is here. Enter answers with it.")

    def on_menu_pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        if not event.dragged and event.x < _INDENT:
            self._choose()

    # Lines

    def _lines(self, one: Offered, width: int, marked: bool) -> list[Content]:
        current = one.name == self._current
        known = one.bytes or one.parameters
        sign = " ● " if current else "   "
        fits = "in use" if current else "" if not known else "fits" if one.fits else "does not fit"
        style = "" if current else "$text-success" if one.fits else "$text-error"
        name = one_line(one.name).removeprefix("mlx-community/") if not one.here else one.name
        left = Content.assemble(sign, (one_line(name), "bold" if current else ""))
        left = left.truncate(max(4, width - len(fits) - 1), ellipsis=True)
        gap = max(1, width - left.cell_length - len(fits))
        first = Content.assemble(left, " " * gap, (fits, style))
        room = max(8, width - _INDENT)
        said = Content.styled(" · ".join(_facts(one, marked)), FAINT)
        below = said.wrap(room) if marked else [said.truncate(room, ellipsis=True)]
        margin = Content(" " * _INDENT)
        return [first, *(margin + line for line in below)]


def _facts(one: Offered, marked: bool) -> list[str]:
    if one.path is None and one.here:  # a server tells no more of it
        return [plain(one.where)]
    facts = [parameters_of(one), f"{size(one.bytes)} on disk"]
    if one.remark:
        facts.append(one.remark)
    if marked:
        facts.append(f"needs {size(one.needs)} of memory with a chat of 8,192 tokens")
    facts += [one.architecture] if one.architecture else []
    facts.append(one.where if one.here or not marked else f"{one.name} on the hub")
    return [plain(fact) for fact in facts if fact != ON_THE_HUB]


def _too_large(one: Offered, found: Catalogue | None) -> str:
    free = f" and {size(found.memory)} of {found.of} are free" if found else ""
    return (
        f"it needs {size(one.needs)}{free}. Take a smaller one, or free memory; "
        "memory_check = false in config.toml loads it all the same."
    )
