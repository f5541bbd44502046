"""Blocks under a title that opens and closes, by mouse or by Enter.

What is inside is drawn when it is opened for the first time. It refuses to know blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from assistant.tui.layout import one_line
from assistant.tui.widgets.flowing import Placed


class FoldTitle(Static, Placed, can_focus=True):
    """The line to click on."""

    ALLOW_SELECT = False
    KEYS_TITLE = "On this line"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "open or close")]

    class Pressed(Message):
        """The title was clicked, or Enter was pressed on it."""

        def __init__(self, title: FoldTitle) -> None:
            super().__init__()
            self.title = title

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Pressed(self))


class FoldView(Vertical):
    """A title, and what it hides."""

    DEFAULT_CSS = """
    FoldView { height: auto; }
    FoldView > FoldTitle { width: auto; height: auto; }
    FoldView > .inside { height: auto; padding: 0 0 1 2; }
    """

    def __init__(self, title: str, draw: Callable[[], Sequence[Widget]], *, opened: bool) -> None:
        super().__init__()
        self._title = one_line(title)
        self._draw = draw
        self.opened = opened
        self._bar = FoldTitle("", markup=False)
        self._inside: Vertical | None = None

    def compose(self) -> ComposeResult:
        yield self._bar

    async def on_mount(self) -> None:
        await self._show()

    async def on_fold_title_pressed(self, event: FoldTitle.Pressed) -> None:
        event.stop()
        self.opened = not self.opened
        await self._show()

    async def _show(self) -> None:
        self._bar.update(Content(f"{'▾' if self.opened else '▸'} {self._title}"))
        if self._inside is not None:
            self._inside.display = self.opened
        elif self.opened:
            self._inside = Vertical(*self._draw(), classes="inside")
            await self.mount(self._inside)
