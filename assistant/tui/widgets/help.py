"""What F1 shows: the keys that work here and now, and the commands of the registry.

It refuses to know what the commands and the keys do.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from assistant.commands import all_commands
from assistant.plain_text import plain
from assistant.tui.bindings import EDITING, keys_here
from assistant.tui.hints import FAINT
from assistant.tui.widgets.drawn import Drawn

LOOKS_PER_SECOND = 4
COLUMN = 16
"""For the keys, in every group alike; where an action has many, they stand below each other."""


class HelpText(Drawn):
    """Lists, each entry with what it does beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[str, list[tuple[str, str]]]] = []

    def on_mount(self) -> None:
        self._look()
        # The focus moves and answers end while it is open.
        self.set_interval(1 / LOOKS_PER_SECOND, self._look)

    def _look(self) -> None:
        keys = [
            (title, [(does.names, does.what) for does in group])
            for title, group in groupby(keys_here(self.screen), lambda does: does.group)
        ]
        if keys != self._keys:
            self._keys = keys
            self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        first = [group for group in self._keys if group[0] != EDITING]
        last = [group for group in self._keys if group[0] == EDITING]
        # Over the chat, in a picker say, no command can be typed.
        commands = [] if self.screen.is_modal else [("Commands", _commands())]
        lines: list[Content] = []
        for title, entries in [*first, *commands, *last]:
            lines += [Content.styled(title, "bold"), *_entries(entries, width), Content("")]
        more = "/help NAME tells more about a command." if commands else ""
        return lines + Content.styled(more, FAINT).wrap(width)


def _commands() -> list[tuple[str, str]]:
    return [(f"/{command.name}", plain(command.summary)) for command in all_commands().values()]


def _entries(entries: Sequence[tuple[str, str]], width: int) -> list[Content]:
    lines: list[Content] = []
    for name, what in entries:
        text = Content(what).wrap(max(8, width - COLUMN))
        names = Content.styled(name, "$text-primary").wrap(COLUMN - 1)
        for left, right in zip_longest(names, text, fillvalue=Content("")):
            left = left.rstrip()
            lines.append(left.pad_right(COLUMN - left.cell_length) + right)
    return lines


class Help(VerticalScroll, can_focus=False):
    """The panel over the transcript."""

    def compose(self) -> ComposeResult:
        yield HelpText()
