"""The list of what could complete the line, above the composer.

It takes no focus: the composer moves its mark. It refuses to know where choices come from.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.commands.command import Choice
from assistant.tui.layout import one_line


class Completions(OptionList, can_focus=False):
    """Choices with their summaries."""

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
        width = max((cell_len(one_line(choice.text)) for choice in choices), default=0) + 2
        self.clear_options()
        self.add_options([_option(choice, width) for choice in choices])
        self.display = bool(choices)
        self.highlighted = 0 if choices else None

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


def _option(choice: Choice, width: int) -> Option:
    text = one_line(choice.text)
    summary = one_line(choice.summary)
    gap = " " * (width - cell_len(text))
    return Option(Content.assemble(text, gap, (summary, "$foreground 60%")))
