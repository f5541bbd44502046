"""A list of things to choose from, some lines each, in one widget; keys and mouse move its mark.

It refuses to know what the things are and what becomes of the chosen one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from assistant.tui.hints import FAINT
from assistant.tui.widgets.drawn import Drawn

LOOKING = "Looking…"
"""What stands there before the first things are offered, or none of them."""
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Entry(Generic[Thing]):
    """One thing, the name that it keeps when the list is made anew, and a heading above it."""

    name: str
    thing: Thing
    heading: str = ""


class Menu(Drawn, Generic[Thing], can_focus=True):
    """The list. `draw` gives the lines of a thing for a width, and whether it is the marked one; of
    that one the first line is shown as marked."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--marked"}

    class Pressed(Message):
        """A cell of the marked thing was clicked, or the mouse dragged on from there; `line` is the
        one that was clicked."""

        def __init__(self, line: int, x: int, *, dragged: bool) -> None:
            super().__init__()
            self.line = line
            self.x = x
            self.dragged = dragged

    def __init__(self, draw: Callable[[Thing, int, bool], list[Content]], empty: str) -> None:
        super().__init__()
        self._draw = draw
        self._empty = empty
        self._offered = False
        self.entries: Sequence[Entry[Thing]] = ()
        self.at = 0
        self._line_pressed = 0
        self._owners: list[tuple[int, int] | None] = []
        """For each line, the entry it belongs to and the line within it; None for a heading."""

    @property
    def marked(self) -> Thing | None:
        return self.entries[self.at].thing if self.entries else None

    def offer(self, entries: Sequence[Entry[Thing]]) -> None:
        """Another list; the mark stays on what it was on, by name."""
        if self.entries:
            name = self.entries[self.at].name
            places = [place for place, entry in enumerate(entries) if entry.name == name]
            self.at = places[0] if places else min(self.at, max(0, len(entries) - 1))
        self.entries = entries
        self._offered = True
        self.refresh(layout=True)

    def mark(self, name: str) -> None:
        """Put the mark on the thing of that name, where there is one."""
        places = [place for place, entry in enumerate(self.entries) if entry.name == name]
        self._go(places[0] if places else self.at)
        self.call_after_refresh(self._show_mark)

    def move(self, by: int) -> None:
        """Move the mark; it stays at the ends."""
        self._go(min(max(self.at + by, 0), max(0, len(self.entries) - 1)))
        self.call_after_refresh(self._show_mark, heading=True)

    def page(self, direction: int) -> None:
        """Move the mark a page further; nothing is jumped over that was not in sight."""
        room = self.parent.size.height if isinstance(self.parent, Widget) else 0
        many = Counter(owner[0] for owner in self._owners if owner)
        end = len(self.entries) if direction > 0 else -1
        lines = accumulate(many[place] for place in range(self.at + direction, end, direction))
        # What is marked says more of itself than others, there as here.
        room -= many[self.at] - 1
        self.move(direction * max(1, sum(1 for below in lines if below <= room)))

    def lines(self, width: int) -> list[Content]:
        owners: list[tuple[int, int] | None] = []
        lines: list[Content] = []
        for place, entry in enumerate(self.entries):
            if entry.heading:
                if lines:
                    lines.append(Content(""))
                    owners.append(None)
                heading = Content.styled(entry.heading, FAINT)
                lines.append(heading.truncate(width, ellipsis=True))
                owners.append(None)
            drawn = self._draw(entry.thing, width, place == self.at)
            if place == self.at:
                drawn[:1] = [line.stylize(self._mark) for line in drawn[:1]]
            lines += drawn
            owners += [(place, line) for line in range(len(drawn))]
        self._owners = owners
        if lines:
            return lines
        return Content.styled(self._empty if self._offered else LOOKING, FAINT).wrap(width)

    @property
    def _mark(self) -> Style:
        """How the marked line differs from others; its letters keep their colours."""
        styles = self.get_component_styles("menu--marked")
        text = styles.text_style
        return Style(styles.background, bold=text.bold, underline=text.underline)

    def _go(self, place: int) -> None:
        if place != self.at:
            self.at = place
            self.refresh(layout=True)

    def _show_mark(self, *, heading: bool = False) -> None:
        """Have what is marked in sight; with the heading above the first, which has no mark."""
        lines = [n for n, owner in enumerate(self._owners) if owner and owner[0] == self.at]
        if lines and isinstance(self.parent, Widget):
            top = 0 if heading and self.at == 0 else lines[0]
            region = Region(0, top, max(1, self.size.width), lines[-1] - top + 1)
            self.parent.scroll_to_region(region, animate=False, force=True)

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        self.focus()
        owner = self._owners[event.y] if 0 <= event.y < len(self._owners) else None
        if owner is None:
            return
        event.stop()
        self._go(owner[0])
        self.call_after_refresh(self._hold, owner, event.y)
        self.capture_mouse()
        self._line_pressed = owner[1]
        self.post_message(self.Pressed(owner[1], event.x, dragged=False))

    def _hold(self, pressed: tuple[int, int], at: int) -> None:
        """Have the line that was pressed stay under the mouse, though one above takes less room."""
        if pressed in self._owners and isinstance(self.parent, Widget):
            moved = self._owners.index(pressed) - at
            self.parent.scroll_relative(y=moved, animate=False, force=True)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.button and self.app.mouse_captured is self:
            self.post_message(self.Pressed(self._line_pressed, event.x, dragged=True))

    def on_mouse_up(self) -> None:
        self.release_mouse()
