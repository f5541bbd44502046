"""Copies for the screen: asks the clipboard in a thread, and says in a moment what became of it.

It refuses to know which key or button wished for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Queue
from threading import Thread
from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from assistant.commands import copying
from assistant.commands.blocks import Clip, Notice, Tone
from assistant.commands.clipboard import Clipboard, Copied
from assistant.commands.faults import record
from assistant.errors import UsageError
from assistant.tui.layout import one_line

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp
    from assistant.tui.widgets.answers import AnswerColumns, Wanted


class Copier:
    """Everything of one screen that goes to the clipboard."""

    def __init__(self, app: ChatApp, say: Callable[[str], None]) -> None:
        self._app = app
        self._say = say
        self._doubt_told = False
        self._wished: Queue[tuple[Clip, bool]] = Queue()
        self._thread: Thread | None = None

    def copy(self, clip: Clip, *, aloud: bool = False) -> None:
        """Copy a text; `aloud` says so in the chat, else a word stands where the status is."""
        self._wished.put((clip, aloud))
        if self._thread is None:
            # A tool may take seconds: neither the keyboard nor the program's end waits for it.
            self._thread = Thread(target=self._work, name="clipboard", daemon=True)
            self._thread.start()

    def finish(self, patience: float) -> None:
        """Let a copy that is under way come to its end, for so many seconds at most."""
        wished = self._wished
        with wished.all_tasks_done:
            wished.all_tasks_done.wait_for(lambda: not wished.unfinished_tasks, patience)

    def _work(self) -> None:
        """Copy one after the other, so that the newest stays; what a newer one replaces is left
        out."""
        while True:
            clip, aloud = self._wished.get()
            # The screen may end meanwhile, at any point: then nobody can be told.
            with suppress(Exception):
                if self._wished.empty():
                    self._copy(clip, aloud)
            self._wished.task_done()

    def _copy(self, clip: Clip, aloud: bool) -> None:
        try:
            copied = self._clipboard().copy(clip.text)
        except Exception as error:
            self._there(self._app.show_quietly, record(error, self._app.session.places))
        else:
            self._there(self._tell, copied, clip.what, aloud)

    def _there(self, do: Callable[..., object], *what: object) -> None:
        """Have the screen do something, while there is one."""
        if self._app.is_running:
            self._app.call_from_thread(do, *what)

    def copy_text(self, text: str, what: str) -> None:
        """Copy a text of the screen; `what` it is, is said where the status is."""
        self.copy(Clip(text, what))

    @property
    def selected(self) -> str:
        """What is selected, in the chat or else where one types."""
        return self._app.screen.get_selected_text() or self._field.selected_text

    @property
    def _field(self) -> Input | TextArea:
        return self._app.field or self._app.composer

    def copy_selected(self) -> bool:
        """Copy it, and select it no longer; False when nothing is selected."""
        selected, field = self.selected, self._field
        if selected:
            self._app.copy_to_clipboard(selected)
            self._app.screen.clear_selection()
            if isinstance(field, Input):
                field.selection = field.selection.cursor(field.cursor_position)
            else:
                field.selection = field.selection.cursor(field.cursor_location)
        return bool(selected)

    def wish(self, what: Wanted) -> None:
        """Copy what has the keys, a column or a message, else the last answer; or its code."""
        compared, spoken = self._app.showing.with_keys, self._app.transcript.spoken
        if compared is not None and spoken is None:
            self.copy_column(compared, what)
        elif spoken is not None and spoken.message is not None:
            self._copy_found(what, partial(copying.message, self._app.session, spoken.message))
        elif self._app.showing.ends_with_columns:
            self._app.action_compared()
            self._say(f"which of them? ←→ chooses, {'F8' if what == 'answer' else 'F7'} copies it")
        else:
            self._copy_found(what, partial(copying.last_answer, self._app.session))

    def copy_column(self, columns: AnswerColumns, what: Wanted) -> None:
        """Copy what the chosen column says, or its code."""
        chosen = columns.chosen
        title = one_line(chosen.title)
        find = partial(copying.said_by, title, chosen.text, all_of_it=chosen.ended)
        self._copy_found(what, find, f"What {title} says")

    def _copy_found(self, what: Wanted, find: Callable[[], Clip], whose: str = "") -> None:
        """Copy it, or say why there is none."""
        try:
            clip = find()
            if what == "code":
                clip = copying.code_in(clip.text, whose=whose or _upper(clip.what))
            self.copy(clip)
        except UsageError as error:
            self._say(error.message)

    def _clipboard(self) -> Clipboard:
        session = self._app.session
        folder = session.places.data if session.settings.save else None
        return Clipboard(terminal=self._write, folder=folder)

    def _write(self, sequence: str) -> None:
        driver = self._app._driver
        if driver is not None:
            self._there(driver.write, sequence)

    def _tell(self, copied: Copied, what: str, aloud: bool) -> None:
        doubt = not copied.certain
        # What can go wrong is said once in full; a file's name every time.
        if aloud or copied.how in ("file", "nowhere") or (doubt and not self._doubt_told):
            tone: Tone = "good" if copied.certain else "info"
            self._app.show_quietly(Notice(copied.told(what), tone))
            self._doubt_told = self._doubt_told or doubt
        if not aloud:
            done = {"tool": "copied", "terminal": "sent to the terminal's clipboard"}
            self._say(f"{what}: {done.get(copied.how, 'not copied')}")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
