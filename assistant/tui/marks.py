"""The texts of widgets as they stand on the screen, and marks on them.

Marks are seen without colour too: what was found is underlined, and where one is, reversed. It
refuses to know what is marked and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.head import Head

FOUND = "underline on $found"
HERE = "bold reverse underline"
_NOT_TEXT = ("foot", "hint", "versions")


@dataclass(frozen=True)
class Mark:
    start: int
    end: int
    here: bool = False


def is_text(widget: Widget) -> TypeGuard[Static | Drawn]:
    """Whether a widget shows a text that somebody said."""
    return (
        isinstance(widget, Static | Drawn)
        and not isinstance(widget, FoldTitle | Head)
        and not any(map(widget.has_class, _NOT_TEXT))
    )


class Marker:
    """Puts marks on widgets, and takes them away again."""

    def __init__(self) -> None:
        self._before: dict[Static, tuple[Content, Content]] = {}
        """What a widget showed without marks, and with them."""
        self._drawn: set[Drawn] = set()

    def text(self, widget: Static | Drawn) -> Content:
        """What a widget shows, without marks."""
        if isinstance(widget, Drawn):
            return widget.unmarked()
        shown = widget.visual
        before = self._before.get(widget)
        if before is not None and shown is before[1]:
            return before[0]
        return shown if isinstance(shown, Content) else Content("")

    def mark(self, widget: Static | Drawn, marks: Sequence[Mark]) -> None:
        """Show these marks on a widget, and no others."""
        spans = [(m.start, m.end, HERE if m.here else FOUND) for m in marks]
        if isinstance(widget, Drawn):
            if tuple(spans) != widget.marks:
                widget.marks = tuple(spans)
                widget.refresh()
            (self._drawn.add if spans else self._drawn.discard)(widget)
            return
        plain_text = self.text(widget)
        if not spans:
            if widget in self._before:
                shown = widget.visual
                if shown is self._before.pop(widget)[1]:
                    widget.update(plain_text, layout=False)
            return
        marked = plain_text
        for start, end, style in spans:
            marked = marked.stylize(style, start, end)
        widget.update(marked, layout=False)
        self._before[widget] = (plain_text, marked)

    def show(self, marks: Mapping[Static | Drawn, Sequence[Mark]]) -> None:
        """Show these marks, and no others anywhere."""
        shown: list[Static | Drawn] = [*self._before, *self._drawn]
        for widget in shown:
            if widget not in marks:
                self.mark(widget, ())
        for other, many in marks.items():
            self.mark(other, many)


def line_of(text: Content, at: int, width: int) -> int:
    """On which line of a text a place is, when it is that wide."""
    whole = text.plain
    end = at
    while end < len(whole) and not whole[end].isspace():
        end += 1
    return max(0, len(text[:end].wrap(max(1, width))) - 1)
