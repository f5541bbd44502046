"""The screen's own short texts: what was asked, how far something is, the status line.

It refuses to know when they change.
"""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from assistant.commands import Status, is_command
from assistant.plain_text import plain
from assistant.tui.status import Live, status_line
from assistant.tui.widgets.drawn import Drawn, progress_lines
from assistant.tui.widgets.flowing import Placed
from assistant.tui.widgets.speech import Speech


class Question(Static, Placed, Speech):
    """A line that was sent, as it was typed."""

    def __init__(self, line: str, message: int | None = None) -> None:
        text = plain(line).strip("\n")
        super().__init__(
            Content(text), markup=False, classes="-command" if is_command(line) else ""
        )
        self.text = text
        self.say_who(message)


class Progress(Drawn):
    """How far a calculation or a download is, while it runs."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._share: float | None = None

    def tell(self, text: str, share: float | None = None) -> None:
        self._text, self._share = text, share
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        return progress_lines(f"{self._text} · Esc stops", self._share, width)


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
    """One line at the bottom; a click on it shows all there is to do."""

    def on_click(self) -> None:
        self.app.action_command_palette()

    def __init__(self) -> None:
        super().__init__()
        self._status: Status | None = None
        self._live = Live(opening_s=0.0)

    def tell(self, status: Status, live: Live) -> None:
        if (status, live) != (self._status, self._live):
            self._status, self._live = status, live
            self.refresh()

    def lines(self, width: int) -> list[Content]:
        if self._status is None:
            return [Content("")]
        return [status_line(self._status, self._live, width)]
