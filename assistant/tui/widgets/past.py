"""Answers of a conversation that is shown again, and the earlier part that comes when asked for.

It refuses to know where a conversation is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from assistant.commands.blocks import Answered
from assistant.commands.plain import plain
from assistant.tui.widgets.answer import Head
from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.thought import ThoughtView

AT_ONCE = 20
"""Messages that come with one press."""


class PastAnswer(Vertical):
    """An answer that ended long ago; `frozen` ones are drawn as plain text."""

    def __init__(self, answered: Answered, *, frozen: bool = False) -> None:
        adapted = bool(answered.column.adapters)
        super().__init__(classes="-adapted" if adapted else "-base")
        self._answered = answered
        self._head = Head(answered.column.title, adapted)
        self.prose = Prose(answered.text, frozen=frozen)
        self.cut = bool(answered.remark)
        """Whether it did not end by itself."""

    def compose(self) -> ComposeResult:
        yield self._head
        if self._answered.thought:
            yield ThoughtView(self._answered.thought)
        yield self.prose
        if self._answered.remark:
            yield Static(Content(plain(self._answered.remark)), classes="foot", markup=False)


class EarlierView(Vertical):
    """A line to press for what was said before, as often as there is more."""

    def __init__(self, count: int, draw: Callable[[int, int], Sequence[Widget]]) -> None:
        super().__init__()
        self.left = count
        """Messages that are not drawn yet."""
        self._draw = draw
        self._bar = FoldTitle("", markup=False)

    def compose(self) -> ComposeResult:
        yield self._bar

    def on_mount(self) -> None:
        self._tell()

    async def on_fold_title_pressed(self, event: FoldTitle.Pressed) -> None:
        event.stop()
        await self.show_more()

    async def show_more(self) -> None:
        """Draw the messages that come before what is drawn."""
        first = max(0, self.left - AT_ONCE)
        widgets = self._draw(first, self.left)
        self.left = first
        self._tell()
        await self.mount_all(widgets, after=self._bar)
        for above in self.ancestors:
            if isinstance(above, VerticalScroll):
                # What was asked for is looked at, not the end of the chat.
                above.release_anchor()
                above.call_after_refresh(above.scroll_to_widget, self, top=True, animate=False)

    def _tell(self) -> None:
        self._bar.display = self.left > 0
        self._bar.update(Content(f"▸ {self.left:,} earlier messages"))
