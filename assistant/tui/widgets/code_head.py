"""The line above a code block: its language, and a button that copies it.

It refuses to know the clipboard.
"""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.message import Message

from assistant.tui.layout import one_line
from assistant.tui.widgets.drawn import Drawn

BUTTON = "copy"


class CodeHead(Drawn):
    """Pressed anywhere, it wishes for a copy."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    CodeHead { padding: 0 1; color: $foreground 60%; pointer: pointer; }
    CodeHead:hover { color: $foreground; background: $foreground 10%; }
    """

    class Wished(Message):
        """The person wants this code in the clipboard."""

        def __init__(self, code: str) -> None:
            super().__init__()
            self.code = code

    def __init__(self, language: str, code: str) -> None:
        super().__init__()
        self._language = Content(one_line(language))
        self._code = code

    def lines(self, width: int) -> list[Content]:
        room = width - len(BUTTON) - 1
        language = self._language.truncate(max(0, room), ellipsis=True)
        return [language.pad_right(max(0, width - len(BUTTON) - language.cell_length)) + BUTTON]

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Wished(self._code))
