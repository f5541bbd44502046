"""The line in which one types what to look for in the transcript.

It refuses to know where it is looked for.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from assistant.plain_text import plain

HINT = "Enter, ↓ next · ↑ previous · Esc back · Ctrl+F stay here"
SHORT_HINT = "Enter next · Esc back"
_ROOM_FOR_HINT, _ROOM_FOR_SHORT = 100, 60


class FindField(Input):
    """Where the words are typed."""

    KEYS_TITLE = "Finding"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down,f3", "next(1)", "the next one"),
        Binding("shift+enter,up,shift+f3", "next(-1)", "the one before"),
        Binding("pageup", "page(-1)", "scroll up"),
        Binding("pagedown", "page(1)", "scroll down"),
    ]

    def action_next(self, by: int) -> None:
        self.post_message(FindBar.Stepped(by))

    def action_page(self, direction: int) -> None:
        self.post_message(FindBar.Paged(direction))


class FindBar(Horizontal):
    """The words, how many there are, and the keys."""

    class Typed(Message):
        """Other words are wanted."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    class Stepped(Message):
        """The next match is wanted (1), or the one before (-1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Paged(Message):
        """The transcript shall scroll by a screenful."""

        def __init__(self, direction: int) -> None:
            super().__init__()
            self.direction = direction

    def __init__(self) -> None:
        super().__init__()
        self.field = FindField(placeholder="Find in this chat", compact=True, select_on_focus=True)
        self._count = Static("", classes="count", markup=False)
        self._hint = Static(Content(HINT), classes="keys", markup=False)
        self.display = False

    def compose(self) -> ComposeResult:
        yield Static(Content("Find"), classes="what", markup=False)
        yield self.field
        yield self._count
        yield self._hint

    def on_resize(self, event: events.Resize) -> None:
        width = event.size.width
        self._hint.update(Content(HINT if width >= _ROOM_FOR_HINT else SHORT_HINT))
        self._hint.display = width >= _ROOM_FOR_SHORT

    @property
    def words(self) -> str:
        return plain(self.field.value)

    def tell(self, text: str) -> None:
        """How many there are."""
        self._count.update(Content.styled(text, "bold"))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self.words))
