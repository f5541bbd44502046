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
from assistant.plain_text import plain
from assistant.tui.widgets.flowing import Flowing
from assistant.tui.widgets.fold import FoldTitle
from assistant.tui.widgets.head import Head
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.speech import Speech
from assistant.tui.widgets.thought import ThoughtView

AT_ONCE = 20
"""Messages that come with one press."""
AROUND = 5
"""Messages that are drawn on both sides of one that was found."""


class PastAnswer(Vertical, Flowing, Speech):
    """An answer that ended long ago; `frozen` ones are drawn as plain text."""

    def __init__(self, answered: Answered, *, frozen: bool = False) -> None:
        adapted = bool(answered.column.adapters)
        super().__init__(classes="-adapted" if adapted else "-base")
        self._answered = answered
        self._head = Head(answered.column.title, adapted)
        self.prose = Prose(answered.text, frozen=frozen)
        self.cut = bool(answered.remark)
        """Whether it did not end by itself."""
        self.say_who(answered.message)

    def compose(self) -> ComposeResult:
        yield self._head
        if self._answered.thought:
            yield ThoughtView(self._answered.thought)
        yield self.prose
        if self._answered.remark:
            yield Static(Content(plain(self._answered.remark)), classes="foot", markup=False)


class Gap(FoldTitle):
    """A line to press that stands for messages that are not drawn."""

    def __init__(
        self, first: int, end: int, text: Callable[[int], str], id_of: Callable[[int], int | None]
    ) -> None:
        super().__init__("", markup=False)
        self.first = first
        self.end = end
        self.text = text
        """What a message says, for those who look for words."""
        self.id_of = id_of
        """Which message of the conversation it is."""

    def tell(self, first: int, end: int) -> None:
        """Stand for these messages, and hide when they are none."""
        self.first, self.end = first, end
        count = end - first
        self.display = count > 0
        where = "earlier messages" if first == 0 else "messages between"
        self.update(Content(f"▸ {count:,} {where if count > 1 else where.replace('s', '', 1)}"))

    async def reveal(self, message: int) -> None:
        """Draw a message and those around it."""
        view = self.parent
        if isinstance(view, EarlierView):
            await view.draw_part(self, message - AROUND, message + AROUND + 1)


class EarlierView(Vertical, Flowing):
    """What was said before: lines to press, and the messages that were drawn when they were."""

    def __init__(
        self,
        count: int,
        draw: Callable[[int, int], Sequence[Widget]],
        text: Callable[[int], str] = lambda message: "",
        id_of: Callable[[int], int | None] = lambda message: None,
    ) -> None:
        super().__init__()
        self._id_of = id_of
        self._count = count
        self._draw = draw
        self._text = text

    def compose(self) -> ComposeResult:
        gap = Gap(0, self._count, self._text, self._id_of)
        gap.tell(0, self._count)
        yield gap

    async def on_fold_title_pressed(self, event: FoldTitle.Pressed) -> None:
        event.stop()
        gap = event.title
        if not isinstance(gap, Gap):
            return
        end = gap.end
        await self.draw_part(gap, end - AT_ONCE, end)
        for above in self.ancestors:
            if isinstance(above, VerticalScroll):
                # What was asked for is looked at, not the end of the chat.
                above.release_anchor()
                above.call_after_refresh(above.scroll_to_widget, gap, top=True, animate=False)

    async def draw_part(self, gap: Gap, first: int, end: int) -> None:
        """Draw some messages of a gap; what is left of it stays before and after them."""
        first, end = max(gap.first, first), min(gap.end, end)
        below = Gap(end, gap.end, self._text, self._id_of)
        below.tell(end, gap.end)
        rest = [below] if end < gap.end else []
        widgets = self._draw(first, end)
        gap.tell(gap.first, first)
        await self.mount_all([*widgets, *rest], after=gap)
