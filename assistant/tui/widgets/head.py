"""The line above an answer: who speaks, how fast, and a word to click on that stops or copies it.

It refuses to know what is said, and what becomes of a click.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from textual import events
from textual.content import Content
from textual.message import Message

from assistant.tui.hints import FAINT, meant_by, to_click
from assistant.tui.layout import one_line
from assistant.tui.widgets.drawn import Drawn

Offer: TypeAlias = Literal["stop", "copy"]


class Speaker(NamedTuple):
    """Who speaks in a column, in the accent where an adapter does."""

    title: str
    adapted: bool

    def content(self) -> Content:
        return Content.styled(one_line(self.title), "bold $text-accent" if self.adapted else "bold")


class Head(Drawn):
    """The title on the left, the speed on the right, and behind it what is offered."""

    class Pressed(Message):
        """What it offers was clicked."""

        def __init__(self, head: Head, what: Offer) -> None:
            super().__init__()
            self.head = head
            self.what = what

    def __init__(self, title: str, adapted: bool) -> None:
        super().__init__()
        self._info = Content("")
        self._offer: Offer | None = None
        self._chosen = False
        self.name_it(title, adapted)

    def name_it(self, title: str, adapted: bool) -> None:
        self.speaker = Speaker(title, adapted)
        self.refresh()

    def mark(self, chosen: bool) -> None:
        """Show that the keys are for this one."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.refresh()

    def tell(self, info: str) -> None:
        """Change what stands on the right."""
        if info != self._info.plain:
            self._info = Content.styled(info, FAINT)
            self.refresh()

    def offer(self, what: Offer | None) -> None:
        """Have a word there that can be clicked, or none."""
        self._offer = what
        self.refresh()

    def lines(self, width: int) -> list[Content]:
        offer = to_click(Content.styled(self._offer or "", "$text-primary"), self._offer or "")
        both = Content("  ").join([part for part in (self._info, offer) if part.plain])
        title = self.speaker.content()
        title = title.stylize("reverse") if self._chosen else title
        # Where it is tight the speed goes first.
        for right in (both, offer):
            gap = width - title.cell_length - right.cell_length
            if gap >= 1:
                return [Content.assemble(title, " " * gap, right)]
        return [title.truncate(width, ellipsis=True)]

    def on_click(self, event: events.Click) -> None:
        offer = self._offer
        if offer is not None and meant_by(event) == offer:
            event.stop()
            self.post_message(self.Pressed(self, offer))
