"""What was said so far. It follows the newest line unless the person has scrolled up.

Only the newest answers stay live Markdown; older ones become plain text, so that a long chat does
not make typing slow. It refuses to know the session.
"""

from __future__ import annotations

from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from assistant.tui.drawing import keep_apart
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.past import PastAnswer
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.texts import Welcome

MOST_LIVE = 20


class Transcript(VerticalScroll, can_focus=False):
    """The scrolling part of the screen."""

    def __init__(self) -> None:
        self._welcome = Welcome()
        # At least as tall as the view: a short chat then begins at the top and stays there.
        self.lines = Vertical(self._welcome, id="lines")
        super().__init__(self.lines)
        self._live: list[AnswerColumns | Prose] = []
        self._last: Widget | None = None

    def on_mount(self) -> None:
        self.anchor()

    def add(self, *widgets: Widget) -> None:
        """Put something at the end."""
        self._welcome.display = False
        self.add_quietly(*widgets)

    def add_quietly(self, *widgets: Widget) -> None:
        """Put something at the end, below the welcome while that is there."""
        self._live += [w for w in widgets if isinstance(w, AnswerColumns | Prose)]
        for widget in widgets:
            keep_apart(self._last, widget)
            self._last = widget
        self.lines.mount_all(widgets)

    def follow(self) -> None:
        """Go to the end, and stay there while it grows."""
        self.anchor()
        self.scroll_end(animate=False)

    @property
    def place(self) -> tuple[float, bool]:
        """Where one is, and whether that is the end."""
        return self.scroll_y, self.at_end

    @property
    def at_end(self) -> bool:
        """Whether the newest line is in view, or will be: it is followed."""
        return not self._anchor_released or self.scroll_y >= self.max_scroll_y

    def go_back_to(self, place: tuple[float, bool]) -> None:
        """Where one was."""
        y, at_end = place
        if at_end:
            self.follow()
        else:
            self.scroll_to(y=y, animate=False)

    def look_at(self, widget: Widget, line: int = 0) -> None:
        """Bring a line of something into the upper half of the view, unless it is in view."""
        on_screen = widget.content_region.y + line - self.region.y
        if not 0 <= on_screen < self.size.height:
            y = self.scroll_offset.y + on_screen - self.size.height // 3
            self.scroll_to(y=y, animate=False)
        elif self.at_end:
            self.release_anchor()

    def page(self, direction: int) -> None:
        """Scroll by a screenful, up or down."""
        # Scrolling a transcript that fits would only make it stop following.
        if self.max_scroll_y > 0:
            move = self.scroll_page_up if direction < 0 else self.scroll_page_down
            move(animate=False)

    async def freeze_old(self) -> None:
        """Turn the oldest live answers into plain text, when there are too many."""
        while len(self._live) > MOST_LIVE and self._live[0].complete:
            await self._live.pop(0).freeze()

    async def take_last_answer(self) -> None:
        """Take the chat's last answer away, for the same one made longer."""
        for widget in reversed(self.lines.children):
            if (isinstance(widget, PastAnswer) and widget.cut) or (
                isinstance(widget, AnswerColumns) and len(widget.columns) == 1
            ):
                if isinstance(widget, AnswerColumns) and widget in self._live:
                    self._live.remove(widget)
                await widget.remove()
                return

    async def clear(self) -> None:
        """Back to the beginning."""
        self._live.clear()
        self._last = None
        await self.lines.remove_children([w for w in self.lines.children if w is not self._welcome])
        self._welcome.display = True
