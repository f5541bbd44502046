"""The bottom of the screen: where one types, the lines that wait, and the status.

It refuses to know how lines run and what comes of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList

from assistant.commands import Session, complete
from assistant.commands.command import Choice
from assistant.errors import AssistantError
from assistant.plain_text import plain
from assistant.tui.focusing import give_keys
from assistant.tui.history import History
from assistant.tui.ladder import PATIENCE_S
from assistant.tui.lines import Lines
from assistant.tui.status import Live
from assistant.tui.widgets.completions import Completions
from assistant.tui.widgets.composer import Composer
from assistant.tui.widgets.heights import share_out
from assistant.tui.widgets.texts import StatusLine
from assistant.tui.widgets.waiting import Waiting, WaitingLine


class Entry(Vertical):
    """The composer and what stands around it; `above` are bars that come and go over it."""

    class Grew(Message):
        """It takes more or fewer lines of the screen than before."""

    taken = 0
    """How many lines of the screen it takes."""

    def __init__(
        self, session: Session, lines: Lines, live: Callable[[str], Live], *above: Widget
    ) -> None:
        super().__init__()
        self._session = session
        self._lines = lines
        self._live = live
        self._above = above
        self._message = ""
        self._message_until = 0.0
        self.waiting = Waiting()
        self.completions = Completions()
        self.composer = Composer(
            History(session.places.history_file, wanted=lambda: session.settings.save),
            self.completions,
            self._choices,
            lines.take_back,
        )
        self.status_line = StatusLine()

    def compose(self) -> ComposeResult:
        yield from self._above
        yield self.waiting
        yield self.completions
        yield self.composer
        yield self.status_line

    def on_mount(self) -> None:
        self.composer.focus()

    # What others do to it

    def look_for_draft(self) -> None:
        """Bring back what was being typed when the program was last ended."""
        if self._session.settings.save:
            self.run_worker(self._look_for_draft, thread=True)

    def begin(self, line: str) -> None:
        """Let the person go on with a line; a draft comes back with Up."""
        if self.composer.draft:
            self.composer.clear_draft()
        self.composer.put(line)
        give_keys(self.composer)

    @property
    def typed(self) -> bool:
        """Whether something stands in the input."""
        return bool(self.composer.text or self.composer.draft)

    def say(self, message: str) -> None:
        """Put a message where the status is, for a moment."""
        self._message = message
        self._message_until = time.monotonic() + PATIENCE_S
        self.tell()

    def tell(self) -> None:
        """Bring the status line and the waiting lines up to date."""
        try:
            status = self._session.status
        except Exception:  # the runner is changing it just now; the next look comes soon
            return
        if self._message and time.monotonic() > self._message_until:
            self._message = ""
        live = self._live(self._message)
        self.status_line.tell(status, live)
        opening = live.opening_s is not None
        self.waiting.tell(self._lines.waiting(), opening=opening, held=self._lines.held)
        self.fit()

    def fit(self) -> None:
        """Show all that stands here, on however low a screen."""
        bars = [bar.outer_size.height for bar in (*self._above, self.waiting) if bar.display]
        draft = self.composer.wrapped_document.height + self.composer.gutter.height
        choices = len(self.completions.choices)
        heights = share_out(self.app.size.height, sum(bars), draft, choices)
        self.composer.styles.max_height = heights.input
        self.completions.styles.max_height = heights.list
        if heights.taken != self.taken:
            self.taken = heights.taken
            self.post_message(self.Grew())
            self.call_after_refresh(self.composer.scroll_cursor_visible)

    def keep_draft(self) -> None:
        """The program ends: what was typed and never ran is a draft next time."""
        if waiting := self._lines.waiting():
            self._session.keeper.draft("\n\n".join([*waiting, self.composer.draft]).strip())

    # What the person does

    def on_composer_went_on(self) -> None:
        self._lines.go_on()
        self.tell()

    def on_waiting_line_chosen(self, event: WaitingLine.Chosen) -> None:
        """It goes back into the input, or away; what is being typed is not lost for it."""
        if not self._lines.take(event.line):
            self.say("that line runs already")
        elif event.change:
            self.begin(event.line)
        if event.change or not self._lines.waiting():
            give_keys(self.composer)
        self.tell()

    def on_waiting_line_left(self) -> None:
        give_keys(self.composer)

    def on_text_area_changed(self) -> None:
        """A draft survives whatever ends the program."""
        self._session.keeper.draft(self.composer.draft)
        self.fit()

    def on_completions_offered(self) -> None:
        self.fit()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.completions.highlighted = event.option_index
        self.composer.take_choice()
        give_keys(self.composer)

    def _choices(self, line: str) -> Sequence[Choice]:
        try:
            return complete(self._session, line)
        except Exception:  # a completion that fails is only one that is not offered
            return ()

    def _look_for_draft(self) -> None:
        """In a thread: it reads a file."""
        with suppress(AssistantError):
            if text := self._session.chats.store.abandoned_draft():
                # After the keys that wait there: they are no part of it.
                self.app.call_from_thread(self.composer.call_later, self._bring_back, text)

    def _bring_back(self, text: str) -> None:
        if self.composer.text:
            # Somebody types already. The store has given it away, so it must not be dropped.
            self.composer.remember(plain(text))
            self.say("what you were typing last time is behind ↑")
        else:
            self.composer.put(plain(text))
            self.say("what you were typing last time is back")
