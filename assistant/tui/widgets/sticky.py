"""The names of columns whose heads have scrolled away, in the first line of the transcript.

Whoever reads the middle of a long comparison sees which model is speaking. It lies above the
transcript and takes no room of its own. It refuses to know what the columns say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.head import Speaker
from assistant.tui.widgets.transcript import Transcript

_STYLE = "reverse"
_CHOSEN = "reverse underline"


@dataclass(frozen=True)
class _Name:
    x: int
    width: int
    speaker: Speaker
    chosen: bool
    """Whether keys are for this column."""


class StickyHeads(Drawn):
    """One line over the top of the transcript."""

    def __init__(self, view: Transcript) -> None:
        super().__init__()
        self._view = view
        self._names: list[_Name] = []
        self.display = False

    def on_mount(self) -> None:
        # Where things stand is known only after they were arranged.
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _: self.look())

    def look(self) -> None:
        """Bring the names up to date with what has scrolled away."""
        names = list(self._gone())
        if names != self._names:
            self._names = names
            self.display = bool(names)
            self.refresh(layout=True)

    def _gone(self) -> Iterator[_Name]:
        """The columns whose heads are gone: side by side all of them, one that ended too."""
        top = self._view.region.y
        for columns in self._view.lines.children:
            if not isinstance(columns, AnswerColumns) or len(columns.columns) < 2:
                continue
            if not _over(columns, top):
                continue
            stacked = columns.has_class("-stacked")
            for column in columns.columns:
                if not stacked or _over(column, top):
                    chosen = columns.has_focus and column is columns.chosen
                    place = column.region
                    yield _Name(place.x, place.width, column.head.speaker, chosen)

    def lines(self, width: int) -> list[Content]:
        line = Content("")
        for name in self._names:
            gap = max(0, name.x + 1 - line.cell_length)
            title = name.speaker.content().pad(1, 1).stylize(_CHOSEN if name.chosen else _STYLE)
            room = max(1, min(name.width - 1, width - line.cell_length - gap))
            line = Content.assemble(line, " " * gap, title.truncate(room, ellipsis=True))
        return [line]


def _over(widget: Widget, top: int) -> bool:
    """Whether a widget begins above a line and goes on below it."""
    return widget.region.y < top < widget.region.bottom - 1
