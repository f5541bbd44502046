"""What a model thinks aloud before it answers: one faint line, which opens.

    thinking… 2 s           while it thinks
    ▸ thought for 3 s       afterwards; Enter or a click shows what

It refuses to know how thoughts are told from answers.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from assistant.commands.amounts import times
from assistant.plain_text import plain
from assistant.tui.widgets.flowing import Flowing
from assistant.tui.widgets.fold import FoldTitle


class ThoughtView(Vertical, Flowing):
    """The line and, when it is opened, the thought below it. Not there without a thought."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._parts = [text] if text else []
        self._bar = FoldTitle("", markup=False)
        self._inside = Static("", classes="inside", markup=False)
        self._first_at: float | None = None
        self._last_at = 0.0
        self._thinking = False
        self._shown = 0
        self._told = ""
        self.opened = False
        self.display = bool(text)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def compose(self) -> ComposeResult:
        yield self._bar
        self._inside.display = False
        yield self._inside

    def on_mount(self) -> None:
        self.tell()

    def write(self, text: str, at: float) -> None:
        """More of the thought, and when it came; it is drawn with the next `tell`."""
        if self._first_at is None:
            self._first_at = at
            self._thinking = self.display = True
        self._parts.append(text)
        self._last_at = at

    def end(self) -> None:
        """What comes now is the answer, or nothing."""
        if self._thinking:
            self._thinking = False
            self.tell()

    def tell(self) -> None:
        """Bring it up to date; called a few times a second."""
        if not self.display:
            return
        title = f"{'▾' if self.opened else '▸'} {self._title()}"
        if title != self._told:
            self._told = title
            self._bar.update(Content(title))
        if self.opened and self._shown != len(self._parts):
            self._shown = len(self._parts)
            self._inside.update(Content(plain(self.text).strip()))

    def _title(self) -> str:
        seconds = self._last_at - (self._first_at or 0.0)
        if self._thinking:
            return f"thinking… {seconds:.0f} s" if seconds >= 1 else "thinking…"
        if self._first_at is None:  # of an earlier day: how long is not known any more
            return f"thought, {times(len(self.text.split()), 'word')}"
        return f"thought for {seconds:.0f} s" if seconds >= 1 else "thought for a moment"

    def on_fold_title_pressed(self, event: FoldTitle.Pressed) -> None:
        event.stop()
        self.opened = not self.opened
        self._inside.display = self.opened
        self.tell()
