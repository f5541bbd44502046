"""The list of what could complete the line, above the composer.

It takes no focus: the composer moves its mark. It refuses to know where choices come from.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.commands.command import Choice
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line

_MARGINS = 8


class Completions(OptionList, can_focus=False):
    """Choices with their summaries."""

    class Offered(Message):
        """Other choices stand there, or none."""

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)
        self.choices: tuple[Choice, ...] = ()
        self.moved = False
        """Whether the person has moved the mark since the choices came."""
        self.display = False

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these choices, or nothing."""
        if tuple(choices) == self.choices:
            return
        self.choices = tuple(choices)
        self.moved = False
        texts = [one_line(choice.text) for choice in choices if choice.summary]
        column = max(map(cell_len, texts), default=0) + 2
        room = max(20, self.app.size.width - _MARGINS)
        self.clear_options()
        self.add_options([option_of(choice, column, room) for choice in choices])
        self.display = bool(choices)
        self.highlighted = 0 if choices else None
        self.post_message(self.Offered())

    def close(self) -> None:
        self.offer(())

    @property
    def marked(self) -> Choice | None:
        if self.highlighted is None or self.highlighted >= len(self.choices):
            return None
        return self.choices[self.highlighted]

    def move(self, step: int) -> None:
        """Move the mark, around the ends."""
        if self.choices:
            self.moved = True
            self.highlighted = ((self.highlighted or 0) + step) % len(self.choices)

    def page(self, direction: int) -> None:
        """Move the mark a page further; it stays at the ends."""
        if self.choices:
            at = (self.highlighted or 0) + direction * max(1, self.size.height)
            self.moved = True
            self.highlighted = min(max(at, 0), len(self.choices) - 1)


def option_of(choice: Choice, column: int, room: int) -> Option:
    """A line of the list: `column` is the cell where the summary begins, `room` how many cells a
    line has."""
    text = Content(one_line(choice.text))
    if choice.summary:
        text = text.pad_right(column - text.cell_length)
        text = Content.assemble(text, (one_line(choice.summary), FAINT))
    return Option(text.truncate(room, ellipsis=True))
