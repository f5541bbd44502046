"""The screen's own short texts: what was asked, what waits, the welcome, the status line.

It refuses to know when they change.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from assistant.commands import Status, is_command
from assistant.commands.plain import plain
from assistant.tui.status import Live, status_line
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.speech import Speech

_MOST_WAITING = 3


class Question(Static, Speech):
    """A line that was sent, as it was typed."""

    def __init__(self, line: str, message: int | None = None) -> None:
        text = plain(line).strip("\n")
        super().__init__(
            Content(text), markup=False, classes="-command" if is_command(line) else ""
        )
        self.text = text
        self.say_who(message)


class Progress(Static):
    """How far a calculation is, while it runs."""

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def tell(self, text: str) -> None:
        self.update(Content.styled(f"{plain(text)} · Esc stops", "italic $foreground 60%"))


class Waiting(Static):
    """Lines that wait for what runs before them."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.display = False
        self.waiting: tuple[str, ...] = ()

    def tell(self, waiting: Sequence[str], opening: bool) -> None:
        """Show what waits; nothing when nothing does."""
        if tuple(waiting) == self.waiting:
            return
        self.waiting = tuple(waiting)
        self.display = bool(waiting)
        until = "until the model is loaded" if opening else "for the answer"
        lines = [Content.styled(f"waits {until} · ↑ takes it back", "italic $foreground 60%")]
        for text in self.waiting[:_MOST_WAITING]:
            first = plain(text).strip().partition("\n")[0]
            lines.append(Content(f"  {first}"))
        if len(self.waiting) > _MOST_WAITING:
            lines.append(Content(f"  and {len(self.waiting) - _MOST_WAITING} more"))
        self.update(Content("\n").join(lines))


class Below(Static):
    """Says that there is more below, and goes there when it is clicked."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """It was clicked."""

    def __init__(self) -> None:
        super().__init__(Content("↓ more below · Ctrl+End goes to the end"), markup=False)
        self.display = False

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Pressed())


class StatusLine(Drawn):
    """One line at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._status: Status | None = None
        self._live = Live(opening=True)

    def tell(self, status: Status, live: Live) -> None:
        if (status, live) != (self._status, self._live):
            self._status, self._live = status, live
            self.refresh()

    def lines(self, width: int) -> list[Content]:
        if self._status is None:
            return [Content("")]
        return [status_line(self._status, self._live, width)]


_TRY = (
    ("How do I sort an array in MLX?", "ask the base model"),
    ("/adapter load mlx-docs", "teach it MLX, without leaving the chat"),
    ("/compare How do I sort an array in MLX?", "with and without, side by side"),
    ("/rank [[1,2],[3,6]]", "the mathematics that adapters stand on"),
)


class Welcome(Drawn):
    """What an empty chat says."""

    def lines(self, width: int) -> list[Content]:
        about = (
            "A model on this computer, and LoRA adapters that you load, weigh and compare "
            "while you chat."
        )
        lines = [*Content(about).wrap(width), Content("")]
        side_by_side = (
            max(len(line) for line, _ in _TRY) + 4 + max(len(w) for _, w in _TRY) <= width
        )
        column = max(len(line) for line, _ in _TRY) + 4 if side_by_side else 0
        lines.append(Content.styled("Try:", "$foreground 60%"))
        for line, why in _TRY:
            typed = Content.styled(f"  {line}".ljust(column), "$text-primary")
            reason = Content.styled(why, "$foreground 60%")
            lines.append(Content.assemble(typed, reason) if side_by_side else typed)
        return [line.truncate(width, ellipsis=True) for line in lines]
