"""What was said so far. It follows the newest line unless the person has scrolled up.

Only the newest answers stay live Markdown; older ones become plain text, so that a long chat does
not make typing slow. It refuses to know the session.
"""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.widget import Widget

from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.texts import Welcome

MOST_LIVE = 20


class Transcript(VerticalScroll, can_focus=False):
    """The scrolling part of the screen."""

    def __init__(self) -> None:
        super().__init__(Welcome())
        self._live: list[AnswerColumns | Prose] = []

    def on_mount(self) -> None:
        self.anchor()

    def add(self, *widgets: Widget) -> None:
        """Put something at the end."""
        for welcome in self.query_children(Welcome):
            welcome.display = False
        self.add_quietly(*widgets)

    def add_quietly(self, *widgets: Widget) -> None:
        """Put something at the end, below the welcome while that is there."""
        self._live += [w for w in widgets if isinstance(w, AnswerColumns | Prose)]
        self.mount_all(widgets)

    def follow(self) -> None:
        """Go to the end, and stay there while it grows."""
        self.anchor()
        self.scroll_end(animate=False)

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

    async def clear(self) -> None:
        """Back to the beginning."""
        self._live.clear()
        await self.remove_children([w for w in self.children if not isinstance(w, Welcome)])
        for welcome in self.query_children(Welcome):
            welcome.display = True
