"""A text input in which long pastes and attached files stand folded, each as a chip of one word.

A chip is deleted as one, and opens with a click or with its action; the draft has what is in it. It
refuses to know what the text is for.
"""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from assistant.tui.chips import Chip, Chips
from assistant.tui.focusing import give_keys


class FoldingText(TextArea):
    """A TextArea with chips."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._chips = Chips()

    @property
    def draft(self) -> str:
        """What would be sent: the text with its chips opened."""
        return self._chips.unfold(self.text)

    def paste(self, text: str) -> None:
        """Put a text where the cursor is, folded when it is long, and take the focus."""
        self._insert(self._chips.fold(text))
        give_keys(self)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.paste(event.text)

    def on_click(self, event: events.Click) -> None:
        """A chip that is clicked opens."""
        if self.selection.is_empty and (chip := self._chip_at_cursor()) is not None:
            self._open(chip)

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        for chip in self._chips.within(line.plain):
            line.stylize("reverse", chip.start, chip.end)
        return line

    def action_delete_left(self) -> None:
        """A chip goes as one."""
        row, column = self.cursor_location
        chip = self._chip_at_cursor()
        if self.selection.is_empty and chip is not None and chip.start < column:
            self.delete((row, chip.start), (row, chip.end))
        else:
            super().action_delete_left()

    def action_open_chip(self) -> None:
        if (where := self._chip_to_open()) is not None:
            row, chip = where
            self.move_cursor((row, chip.end))
            self._open(chip)

    def _open(self, chip: Chip) -> None:
        row = self.cursor_location[0]
        text = self._chips.text_of(chip.token)
        self.replace(text, (row, chip.start), (row, chip.end), maintain_selection_offset=False)

    def _chip_at_cursor(self) -> Chip | None:
        row, column = self.cursor_location
        chips = self._chips.within(self.document.get_line(row))
        return next((chip for chip in chips if chip.start <= column <= chip.end), None)

    def _chip_to_open(self) -> tuple[int, Chip] | None:
        """The one at the cursor, else the last one."""
        if (chip := self._chip_at_cursor()) is not None:
            return self.cursor_location[0], chip
        for row in range(self.document.line_count - 1, -1, -1):
            if chips := self._chips.within(self.document.get_line(row)):
                return row, chips[-1]
        return None

    def _insert(self, text: str) -> None:
        self.replace(text, *self.selection, maintain_selection_offset=False)

    def _refresh_size(self) -> None:
        # Textual's undo asks where the cursor is before it has moved it out of lines that are gone.
        if self.cursor_location > self.document.end:
            self.set_reactive(TextArea.selection, Selection.cursor(self.document.end))
        super()._refresh_size()
