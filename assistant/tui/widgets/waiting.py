"""Lines that wait for what runs before them, each of which can be changed or taken away.

It refuses to know what they wait for, and where they are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from assistant.plain_text import plain
from assistant.tui.focusing import give_keys
from assistant.tui.hints import FAINT

MOST_SHOWN = 4
_CROSS = "✕ "


class WaitingLine(Widget, can_focus=True):
    """One of them. A click changes it; one on the cross takes it away."""

    KEYS_TITLE = "On a line that waits"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "change", "take it back into the input, to change it"),
        Binding("delete,backspace", "remove", "take it away"),
        Binding("up", "app.focus_previous", "the line before"),
        Binding("down", "app.focus_next", "the line after"),
        Binding("escape", "leave", "back to the input"),
    ]

    class Chosen(Message):
        """The person wants the line back, to change it or for good."""

        def __init__(self, line: str, *, change: bool) -> None:
            super().__init__()
            self.line = line
            self.change = change

    class Left(Message):
        """The person is done with the lines."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line

    def render(self) -> RenderResult:
        lines = plain(self.line).strip().split("\n")
        more = f"  … {len(lines)} lines" if len(lines) > 1 else ""
        text = Content.assemble((_CROSS, FAINT), lines[0], (more, FAINT))
        return text.truncate(max(1, self.content_size.width), ellipsis=True)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Chosen(self.line, change=event.x >= len(_CROSS)))

    def action_change(self) -> None:
        self.post_message(self.Chosen(self.line, change=True))

    def action_remove(self) -> None:
        self.post_message(self.Chosen(self.line, change=False))

    def action_leave(self) -> None:
        self.post_message(self.Left())


class Waiting(Vertical):
    """What stands between the transcript and the composer while something waits."""

    def __init__(self) -> None:
        super().__init__()
        self._hint = Static("", markup=False)
        self.display = False
        self.waiting: tuple[str, ...] = ()
        self._told: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield self._hint

    def tell(self, waiting: Sequence[str], *, opening: bool, held: bool) -> None:
        """Show what waits; nothing when nothing does."""
        told = (tuple(waiting), opening, held)
        if told == self._told:
            return
        self._told = told
        self.waiting = tuple(waiting)
        self.display = bool(waiting)
        until = "until the model is loaded" if opening else "for the answer"
        begins = "held · Enter goes on" if held else f"waits {until}"
        more = len(waiting) - MOST_SHOWN
        rest = f" · {more} more" if more > 0 else ""
        hint = f"{begins} · ↑ takes the last one back · Alt+↑ chooses one{rest}"
        self._hint.update(Content.styled(hint, f"italic {FAINT}"))
        self._show(self.waiting[:MOST_SHOWN])

    def _show(self, lines: Sequence[str]) -> None:
        """In the widgets that are there, so that the one with the keys keeps them."""
        there = list(self.query_children(WaitingLine))
        for widget, line in zip(there, lines, strict=False):
            widget.line = line
            widget.refresh()
        self.mount_all(map(WaitingLine, lines[len(there) :]))
        for widget in there[len(lines) :]:
            widget.remove()

    def choose(self) -> bool:
        """Give the keys to the last line that is shown; False when nothing waits."""
        lines = list(self.query(WaitingLine))
        if lines:
            give_keys(lines[-1])
        return bool(lines)
