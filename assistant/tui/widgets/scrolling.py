"""How columns that stand side by side scroll: all together, or each by itself.

Together they move with the transcript. By itself a column is as tall as the view and keeps its head
in sight; keys move the chosen one, the wheel the one below the pointer. It refuses to know what the
columns say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

if TYPE_CHECKING:
    from assistant.tui.widgets.answers import AnswerColumns

_AROUND = 6
"""Lines that the head, a gap, the names, the keys and the way back to the end take."""
_LEAST = 3


class Scrolling:
    """The scrolling of one `AnswerColumns`."""

    def __init__(self, columns: AnswerColumns) -> None:
        self._columns = columns
        self.free = False
        """Whether each column scrolls by itself."""

    def switch(self) -> None:
        """To the other way."""
        self.free = not self.free
        self._columns.set_class(self.free, "-free")
        self.fit()
        if self.free:
            self._columns.call_after_refresh(self._columns.scroll_visible, top=True, animate=False)

    def fit(self) -> None:
        """Give the columns the height that their way of scrolling wants."""
        shown = self._columns.columns
        view = self._view
        room = (view.size.height if view else self._columns.app.size.height) - _AROUND
        if self._columns.has_class("-stacked"):
            room = room // len(shown) - 1
        for column in shown:
            column.body.styles.height = max(_LEAST, room) if self.free else None

    def press(self, key: str) -> bool:
        """What a key does; False when it is none of these."""
        moved = self._columns.chosen.body if self.free else self._view
        if moved is None:
            return False
        moves: dict[str, Callable[..., None]] = {
            "up": moved.scroll_up,
            "down": moved.scroll_down,
            "pageup": moved.scroll_page_up,
            "pagedown": moved.scroll_page_down,
            "home": moved.scroll_home,
            "end": moved.scroll_end,
        }
        if key not in moves:
            return False
        moves[key](animate=False)
        return True

    @property
    def in_sight(self) -> bool:
        """Whether something of the columns is in view."""
        view = self._view
        return view is None or self._columns.region.overlaps(view.region)

    @property
    def _view(self) -> VerticalScroll | None:
        """What all scroll in together."""
        around = self._columns.ancestors
        return next((one for one in around if isinstance(one, VerticalScroll)), None)
