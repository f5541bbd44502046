"""Line editing with prompt_toolkit: history, completion, several lines, paste as one.

Completion lists its choices the way a shell does, so nothing pops up over the text. It refuses to
know what commands there are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.shortcuts import CompleteStyle

from assistant.commands import Session, complete
from assistant.plain_text import one_line
from assistant.private_file import keep_private
from assistant.repl.paper import wants_colour
from assistant.repl.readers import PROMPT


class LineEditor:
    """A Reader on a terminal."""

    interactive = True
    edits = True

    def __init__(
        self, session: Session, *, input: Input | None = None, output: Output | None = None
    ) -> None:
        self._prompt: PromptSession[str] = PromptSession(
            PROMPT,
            multiline=True,
            prompt_continuation=" " * len(PROMPT),
            history=SafeHistory(session.places.history_file, wanted=lambda: session.settings.save),
            completer=CommandCompleter(session),
            complete_style=CompleteStyle.READLINE_LIKE,
            complete_while_typing=False,
            enable_history_search=True,  # Up goes through what begins as the line does
            tempfile_suffix=".md",
            key_bindings=key_bindings(),
            enable_open_in_editor=True,  # Ctrl+X Ctrl+E, as in bash
            enable_suspend=True,  # Ctrl+Z
            input=input,
            output=output or _linear_output(),
        )

        self._given = ""
        self._keeper = session.keeper
        buffer = self._prompt.default_buffer
        buffer.on_text_changed += lambda _: session.keeper.draft(buffer.text)

    def read(self) -> str:
        given, self._given = self._given, ""
        if given:
            self._keeper.draft(given)  # what it begins with is no change that would be told
        line = self._prompt.prompt(default=given)
        self._keeper.draft("")  # it is no draft any more
        return line

    def give(self, text: str) -> None:
        self._given = text


def _linear_output() -> Output | None:
    """A terminal that is never asked where its cursor is: some do not answer, and we need not."""
    if os.name != "posix":
        return None
    from prompt_toolkit.output.vt100 import Vt100_Output

    # prompt_toolkit greys the prompt that Ctrl-D leaves, and asks for NO_COLOR only where it makes
    # the output itself.
    depth = None if wants_colour(sys.stdout) else ColorDepth.MONOCHROME
    output = Vt100_Output.from_pty(
        sys.stdout, term=os.environ.get("TERM"), default_color_depth=depth
    )
    output.enable_cpr = False
    return output


def key_bindings() -> KeyBindings:
    """Enter sends; Alt+Enter and Ctrl+J start a new line; Ctrl-C clears, but never loses."""
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("c-j")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def clear(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if not buffer.text:
            event.app.exit(exception=KeyboardInterrupt, style="class:aborting")
            return
        buffer.append_to_history()  # the Up key brings it back
        buffer.text = ""  # which is told: a reset is not, and the draft would be kept
        buffer.reset()

    return keys


class CommandCompleter(Completer):
    """The registry's choices as prompt_toolkit takes them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        line = document.text_before_cursor
        word = line.rpartition(" ")[2]
        for choice in complete(self._session, line):
            about = one_line(choice.summary)
            # A list that is laid out as a shell does has no explanations: a number says nothing.
            shown = f"{choice.text} {about}" if choice.text.isdecimal() else choice.text
            yield Completion(choice.text, -len(word), display=shown, display_meta=about)


class SafeHistory(FileHistory):
    """History in a file that only its owner reads; a file that cannot be used is no disaster."""

    def __init__(self, file: Path, wanted: Callable[[], bool] = lambda: True) -> None:
        super().__init__(str(file))
        self._file = file
        self._wanted = wanted

    def load_history_strings(self) -> Iterable[str]:
        try:
            return list(super().load_history_strings())
        except OSError:
            return []

    def store_string(self, string: str) -> None:
        if not self._wanted():
            return
        with suppress(OSError):
            keep_private(self._file)
            super().store_string(string)
