"""Where the person types. Enter sends, always; Shift+Enter, Ctrl+J and Alt+Enter break the line.

Up and Down at its edges walk what was typed before; command lines and @paths offer completions; a
long paste is folded into a chip. A draft is never lost: what is cleared can be brought back with Up
and with Ctrl+Z. It refuses to know what happens to a text that is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingsMap, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from assistant.commands.command import Choice
from assistant.commands.path_choices import path_choices
from assistant.errors import AssistantError
from assistant.plain_text import plain
from assistant.tui.completing import (
    accept,
    enter_completes,
    may_complete,
    still_open,
)
from assistant.tui.first_frame import PLACEHOLDER
from assistant.tui.history import History
from assistant.tui.layout import one_line
from assistant.tui.naming import Named, Naming
from assistant.tui.searching import found
from assistant.tui.widgets.completions import Completions
from assistant.tui.widgets.folding_text import FoldingText

SEARCHING = "what was typed before · Enter takes it · Esc goes back"
Choices = Callable[[str], Sequence[Choice]]


class Composer(FoldingText):
    """The input at the bottom."""

    KEYS_TITLE = "In the input"
    # Run from `on_key`, not as priority bindings: those overtake letters that were typed before.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send; in a list, take what is marked"),
        Binding("shift+enter,ctrl+j,alt+enter", "break_line", "new line"),
        Binding("up", "older", "what was typed before, with the same beginning if there is one"),
        Binding("down", "newer", "what was typed after it"),
        Binding("ctrl+r", "search_history", "search what was typed before"),
        Binding("tab", "complete", "complete a command, a name or an @path; else the next thing"),
        Binding("ctrl+g", "edit_outside", "write in your editor"),
        Binding("ctrl+x", "begin_chord", "cut the selection"),
        Binding("ctrl+o", "open_chip", "open a folded text"),
        Binding("pageup", "page(-1)", "scroll up"),
        Binding("pagedown", "page(1)", "scroll down"),
        Binding("ctrl+d", "leave", "quit, when nothing is typed"),
    ]
    _OWN = BindingsMap(BINDINGS).key_to_bindings

    class Sent(Message):
        """The person sent a text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Ctrl+D in an empty composer."""

    class WentOn(Message):
        """Enter in an empty composer."""

    class WantsEditor(Message):
        """The draft is to be written in the person's editor."""

    class Says(Message):
        """There is a problem to be shown."""

        def __init__(self, error: AssistantError) -> None:
            super().__init__()
            self.error = error

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
        self._naming = Naming(self._chips)
        self._completions = completions
        self._choices = choices
        self._take_back = take_back
        self._shown: str | None = None
        """A text that was put here and not typed: no completions for it."""
        self._searched_from: str | None = None
        """The draft that a search of the history began with; None when none is under way."""
        self._chord = False
        """Ctrl+X was pressed just now."""

    @property
    def draft(self) -> str:
        """What would be sent; while the history is searched, what the search began with."""
        begun = self._searched_from
        return super().draft if begun is None else self._chips.unfold(begun)

    # What others do to it

    def put(self, text: str) -> None:
        """Replace the text, with the cursor at its end; Ctrl+Z brings the old one back.

        It ends a search: what is put is what Enter sends. The draft that the search began with
        comes back with Up.
        """
        if (draft := self._end_search()) is not None:
            self._past.keep(self._chips.unfold(draft))
        self._shown = text = plain(text)
        self._completions.close()
        self.replace(text, (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def remember(self, text: str) -> None:
        """Have a text come back with Up, whatever is typed."""
        self._past.keep(text, first=True)

    def clear_draft(self) -> None:
        """Empty it, and remember the draft."""
        self._past.keep(self.draft)
        self.put("")

    def close_list(self) -> bool:
        """Close completions, or give up a search; False when there was neither."""
        draft = self._end_search()
        if draft is not None:
            self.put(draft)
        elif not self._completions.display:
            return False
        self._completions.close()
        return True

    # Keys

    async def on_key(self, event: events.Key) -> None:
        chord, self._chord = self._chord, False
        if chord and event.key == "ctrl+e":
            self.action_edit_outside()
        elif (bindings := self._OWN.get(event.key)) is not None:
            if not await self.app.run_action(bindings[0].action, self):
                return
        else:
            return
        event.prevent_default()
        event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Help lists what works now."""
        return action != "open_chip" or self._chip_to_open() is not None

    def describe_action(self, action: str) -> str | None:
        """What a key would do at this moment, where that differs."""
        if action == "leave" and self.text:
            return "delete the next character"
        if action.startswith("page") and self._completions.display:
            return "a page up" if action == "page(-1)" else "a page down"
        if action == "begin_chord" and self.selection.is_empty:
            return "then Ctrl+E: write in your editor"
        return None

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if self.text == self._shown:
            return
        self._shown = None
        if self._searched_from is not None:
            self._offer_past()
            return
        self._past.leave()
        self._look_for_choices()

    def action_send(self) -> None:
        listed = self._completions.display
        if self._searched_from is not None:
            self.take_choice() if listed else self.close_list()
            return
        if listed and (
            self._named_path() is not None or enter_completes(self.text, self._completions.moved)
        ):
            self.take_choice()
            return
        text = self.draft
        if not text.strip():
            self.post_message(self.WentOn())
            return
        self._past.add(text)
        self.put("")
        self.history.clear()
        self._chips.forget()
        self.post_message(self.Sent(text))

    def action_break_line(self) -> None:
        self._insert("\n")

    def action_complete(self) -> None:
        if self._completions.display:
            self.take_choice()
            return
        self._shown = None
        if not self._look_for_choices():
            self.screen.focus_next()

    def action_older(self) -> None:
        if self._completions.display:
            self._completions.move(-1)
            return
        self.close_list()  # nothing was found: from the draft one goes on to what came before it
        if not self.selection.is_empty or not self.navigator.is_first_wrapped_line(
            self.cursor_location
        ):
            self.action_cursor_up()
            return
        taken = None if self.text else self._take_back()
        entry = taken or self._past.older(self.draft)
        if entry is not None:
            self.put(entry)
        else:
            self.action_cursor_up()

    def action_newer(self) -> None:
        if self._completions.display:
            self._completions.move(1)
            return
        at_end = self.selection.is_empty and self.navigator.is_last_wrapped_line(
            self.cursor_location
        )
        entry = self._past.newer() if at_end else None
        if entry is not None:
            self.put(entry)
        else:
            self.action_cursor_down()

    def action_leave(self) -> None:
        if self.text:
            self.action_delete_right()
        else:
            self.post_message(self.Left())

    def action_page(self, direction: int) -> None:
        if self._completions.display:
            self._completions.page(direction)
            return
        self.post_message(self.Paged(direction))

    def action_edit_outside(self) -> None:
        self.close_list()  # what is written is the draft, and not the words of a search
        self.post_message(self.WantsEditor())

    def action_begin_chord(self) -> None:
        if self.selection.is_empty:
            self._chord = True
        else:
            self.action_cut()

    # Completions

    def take_choice(self) -> None:
        """Put the marked completion in."""
        choice = self._completions.marked
        if choice is None:
            return
        if self._end_search() is not None:
            self.put(choice.text)
            return
        named = self._named_path()
        if named is None:
            self.put(accept(self.text, choice))
        else:
            row, column = self.cursor_location
            self.replace(self._attached(choice.text), (row, named.start), (row, column))
        self._shown = None
        self._look_for_choices()

    def _attached(self, path: str) -> str:
        """What stands for a path that was named with @; its bare name when it cannot be sent."""
        try:
            return self._naming.put_for(path)
        except AssistantError as error:
            self.post_message(self.Says(error))
            return f"{one_line(path)} "

    def _named_path(self) -> Named | None:
        row, column = self.cursor_location
        return self._naming.before(self.document.get_line(row)[:column])

    def _look_for_choices(self) -> bool:
        """Ask for completions of what stands before the cursor; whether there can be any."""
        line = self.text
        if (named := self._named_path()) is not None:
            self._offer_later(line, lambda: path_choices(named.path))
        elif not may_complete(line, self.cursor_location == self.document.end):
            self._completions.close()
            return False
        elif " " in line:
            # Arguments may be looked up in folders: not while somebody types.
            self._offer_later(line, lambda: self._choices(line))
        else:
            self._offer(line, self._choices(line))
        return True

    def _offer_later(self, line: str, choices: Callable[[], Sequence[Choice]]) -> None:
        def look() -> None:
            offered = choices()
            self.app.call_from_thread(self._offer, line, offered)

        self.run_worker(look, group="choices", exclusive=True, thread=True)

    def _offer(self, line: str, choices: Sequence[Choice]) -> None:
        if self.text == line:
            word = self._named_path()
            is_open = bool(choices) if word is not None else still_open(line, choices)
            self._completions.offer(choices if is_open else ())

    # Searching the history

    def action_search_history(self) -> None:
        """Begin a search with what is typed; again, go on to the next that was found."""
        if self._searched_from is not None:
            self._completions.move(1)
            return
        self._searched_from = self.text
        self.border_title = Content(SEARCHING)
        self._offer_past()

    def _offer_past(self) -> None:
        self._completions.offer([Choice(entry) for entry in found(self._past.entries, self.text)])

    def _end_search(self) -> str | None:
        """The draft it began with; None when there was no search."""
        draft, self._searched_from = self._searched_from, None
        self.border_title = None
        return draft
