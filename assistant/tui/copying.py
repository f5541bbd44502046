"""Copies for the screen: asks the clipboard in a thread, and says in a moment what became of it.

It refuses to know which key or button wished for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from assistant.commands import copying
from assistant.commands.blocks import Clip, Notice, Tone
from assistant.commands.clipboard import Clipboard, Copied
from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp


class Copier:
    """Everything of one screen that goes to the clipboard."""

    def __init__(self, app: ChatApp, say: Callable[[str], None]) -> None:
        self._app = app
        self._say = say
        self._doubt_told = False

    def copy(self, clip: Clip, *, aloud: bool = False) -> None:
        """Copy a text; `aloud` says so in the chat, else a word stands where the status is."""

        def work() -> None:
            copied = self._clipboard().copy(clip.text)
            self._app.call_from_thread(self._tell, copied, clip.what, aloud)

        # A tool may take a second: the keyboard does not wait for it.
        self._app.run_worker(work, thread=True, group="clipboard")

    def copy_text(self, text: str, what: str) -> None:
        """Copy a text of the screen; `what` it is, is said where the status is."""
        self.copy(Clip(text, what))

    @property
    def selected(self) -> str:
        """What is selected, in the chat or else where one types."""
        return self._app.screen.get_selected_text() or self._app.composer.selected_text

    def copy_selected(self) -> bool:
        """Copy it, and select it no longer; False when nothing is selected."""
        selected, composer = self.selected, self._app.composer
        if selected:
            self._app.copy_to_clipboard(selected)
            self._app.screen.clear_selection()
            composer.selection = composer.selection.cursor(composer.cursor_location)
        return bool(selected)

    def wish(self, what: Literal["answer", "code"]) -> None:
        """Copy the last one, or say why there is none."""
        find = copying.last_answer if what == "answer" else copying.code
        try:
            self.copy(find(self._app.session))
        except UsageError as error:
            self._say(error.message)

    def _clipboard(self) -> Clipboard:
        session = self._app.session
        folder = session.places.data if session.settings.save else None
        return Clipboard(terminal=self._write, folder=folder)

    def _write(self, sequence: str) -> None:
        driver = self._app._driver
        if driver is not None:
            self._app.call_from_thread(driver.write, sequence)

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
