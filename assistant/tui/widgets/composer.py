"""Where the person types. Enter sends, always; Shift+Enter, Ctrl+J and Alt+Enter break the line.

Up and Down at its edges walk what was typed before; a command line offers completions. A draft is
never lost: what is cleared can be brought back with Up and with Ctrl+Z. It refuses to know what
happens to a text that is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, TextArea

from assistant.commands.command import Choice
from assistant.commands.plain import plain
from assistant.tui.completing import accept, enter_completes, may_complete, still_open
from assistant.tui.history import History
from assistant.tui.widgets.completions import Completions

PLACEHOLDER = "Ask anything, or / for commands"
Choices = Callable[[str], Sequence[Choice]]


class Composer(TextArea):
    """The input at the bottom."""

    class Sent(Message):
        """The person sent a text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Ctrl+D in an empty composer."""

    class Paged(Message):
        """The person wants to scroll the transcript: -1 up, 1 down."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(
        self,
        history: History,
        completions: Completions,
        choices: Choices,
        take_back: Callable[[], str | None],
    ) -> None:
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=Content(PLACEHOLDER),
        )
        self._past = history
        self._completions = completions
        self._choices = choices
        self._take_back = take_back
        self._shown: str | None = None
        """A text that was put here and not typed: no completions for it."""

    # What others do to it

    def put(self, text: str) -> None:
        """Replace the text, with the cursor at its end; Ctrl+Z brings the old one back."""
        self._shown = text
        self._completions.close()
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def clear_draft(self) -> None:
        """Empty it, and remember the draft."""
        self._past.keep(self.text)
        self.put("")

    # Keys

    def on_key(self, event: events.Key) -> None:
        actions: dict[str, Callable[[], bool]] = {
            "enter": self._enter,
            "shift+enter": self._newline,
            "ctrl+j": self._newline,
            "alt+enter": self._newline,
            "tab": self._complete,
            "up": self._up,
            "down": self._down,
            "ctrl+d": self._leave,
            "pageup": lambda: self._page(-1),
            "pagedown": lambda: self._page(1),
        }
        action = actions.get(event.key)
        if action is not None and action():
            event.prevent_default()
            event.stop()

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self.replace(plain(event.text), *self.selection, maintain_selection_offset=False)
        self.focus()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if self.text == self._shown:
            return
        self._shown = None
        self._past.leave()
        self._look_for_choices()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()

    def take_choice(self) -> None:
        """Put the marked completion in."""
        choice = self._completions.marked
        if choice is not None:
            self.put(accept(self.text, choice))
            self._shown = None
            self._look_for_choices()

    def _enter(self) -> bool:
        if self._completions.display and enter_completes(self.text, self._completions.moved):
            self.take_choice()
            return True
        text = self.text
        if text.strip():
            self._past.add(text)
            self.put("")
            self.history.clear()
            self.post_message(self.Sent(text))
        return True

    def _newline(self) -> bool:
        self.replace("\n", *self.selection, maintain_selection_offset=False)
        return True

    def _complete(self) -> bool:
        if self._completions.display:
            self.take_choice()
            return True
        self._shown = None
        return self._look_for_choices()

    def _up(self) -> bool:
        if self._completions.display:
            self._completions.move(-1)
            return True
        if not self.selection.is_empty or not self.navigator.is_first_wrapped_line(
            self.cursor_location
        ):
            return False
        taken = None if self.text else self._take_back()
        entry = taken or self._past.older(self.text)
        if entry is not None:
            self.put(entry)
        return entry is not None

    def _down(self) -> bool:
        if self._completions.display:
            self._completions.move(1)
            return True
        if not self.selection.is_empty or not self.navigator.is_last_wrapped_line(
            self.cursor_location
        ):
            return False
        entry = self._past.newer()
        if entry is not None:
            self.put(entry)
        return entry is not None

    def _leave(self) -> bool:
        if self.text:
            return False
        self.post_message(self.Left())
        return True

    def _page(self, direction: int) -> bool:
        self.post_message(self.Paged(direction))
        return True

    # Completions

    def _look_for_choices(self) -> bool:
        """Ask for completions of the line as it is now; whether it can have any."""
        line = self.text
        if not may_complete(line, self.cursor_location == self.document.end):
            self._completions.close()
            return False
        if " " in line:
            # Arguments may be looked up in folders: not while somebody types.
            self.run_worker(
                lambda: self._offer_later(line), group="choices", exclusive=True, thread=True
            )
        else:
            self._offer(line, self._choices(line))
        return True

    def _offer_later(self, line: str) -> None:
        choices = self._choices(line)
        self.app.call_from_thread(self._offer, line, choices)

    def _offer(self, line: str, choices: Sequence[Choice]) -> None:
        if self.text == line:
            self._completions.offer(choices if still_open(line, choices) else ())
