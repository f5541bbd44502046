"""What questions and answers of a conversation have in common: the focus, and versions beside them.

It refuses to know what a message says, and what becomes of what is wanted of it.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from rich.cells import cell_len
from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from assistant.commands.branches import Place
from assistant.tui.focusing import give_keys

Act: TypeAlias = Literal["edit", "retry", "fork", "compare", "tree", "previous", "next"]


class Speech(Widget):
    """One message of the conversation, by its id. It comes after the class that draws it, which
    Textual takes the style from."""

    FOCUS_ON_CLICK = False
    message: int | None = None
    by_mouse = False
    """Whether the focus came by a click."""

    def say_who(self, message: int | None) -> None:
        """Be that message of the conversation, or none."""
        self.message = message
        self.can_focus = message is not None

    def take_keys(self, *, by_mouse: bool) -> None:
        self.by_mouse = by_mouse
        give_keys(self)

    def on_click(self, event: events.Click) -> None:
        # A click that ends a selection selects; it asks for nothing else.
        if self.message is not None and not self.screen.get_selected_text():
            self.take_keys(by_mouse=True)


class Acting(Static):
    """Words to click on."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """Something is wanted of a message."""

        def __init__(self, what: Act, message: int) -> None:
            super().__init__()
            self.what = what
            self.message = message

    def __init__(self, classes: str) -> None:
        super().__init__("", classes=classes, markup=False)
        self.message = 0
        self._ranges: list[tuple[int, int, Act]] = []

    def show(self, message: int, words: list[tuple[str, Act | None]], gap: str) -> None:
        """These words, some of which do something."""
        self.message = message
        self._ranges = []
        at = 0
        parts: list[Content] = []
        for text, what in words:
            length = cell_len(text)
            if what is not None:
                self._ranges.append((at, at + length, what))
            at += length + len(gap)
            parts.append(Content.styled(text, "$text-primary" if what else "$foreground 70%"))
        self.update(Content(gap).join(parts))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        at = event.get_content_offset(self)
        for start, end, what in self._ranges:
            if at is not None and start <= at.x < end:
                self.post_message(self.Pressed(what, self.message))


class Versions(Acting):
    """Below a message that has others beside it: "◂ answer 2 of 3 ▸"."""

    def __init__(self) -> None:
        super().__init__("versions")

    def tell(self, message: int, place: Place) -> None:
        self.show(message, [("◂ ", "previous"), (place.what, None), (" ▸", "next")], "")


class SpeechBar(Acting):
    """What can be done with the message that has the focus."""

    def __init__(self) -> None:
        super().__init__("speech-bar")
        self.display = False

    def tell(self, message: int | None, place: Place | None) -> None:
        """The keys for a message; nothing for none."""
        self.display = message is not None and place is not None
        if message is None or place is None:
            return
        where = f"question {place.question}" if place.question else "on another branch"
        words: list[tuple[str, Act | None]] = [(where, None)]
        if place.question:
            words += [("e edit", "edit"), ("r retry", "retry"), ("f fork", "fork")]
            words += [("c compare", "compare")]
        if len(place.versions) > 1:
            words += [("←", "previous"), (place.what, None), ("→", "next")]
        words += [("t tree", "tree"), ("Esc back", None)]
        self.show(message, words, " · ")
