"""What questions and answers of a conversation have in common: the focus, and versions beside them.

It refuses to know what a message says, and what becomes of what is wanted of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, cast

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from assistant.commands.branches import Place
from assistant.tui.focusing import give_keys
from assistant.tui.hints import in_lines, meant_by, to_click
from assistant.tui.widgets.drawn import Drawn

Act: TypeAlias = Literal["edit", "retry", "fork", "compare", "tree", "previous", "next"]
Back: TypeAlias = Literal["back"]


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
        # What was clicked is in sight, and its beginning may be far above.
        give_keys(self, scroll=not by_mouse)

    def on_click(self, event: events.Click) -> None:
        # A click that ends a selection selects; it asks for nothing else.
        if self.message is not None and not self.screen.get_selected_text():
            self.take_keys(by_mouse=True)


class Acting(Drawn):
    """Words to click on."""

    ALLOW_SELECT = False

    class Pressed(Message):
        """Something is wanted of a message, or only to be back where one types."""

        def __init__(self, what: Act | Back, message: int) -> None:
            super().__init__()
            self.what = what
            self.message = message

    def __init__(self, classes: str) -> None:
        super().__init__(classes=classes)
        self.message = 0
        self._parts: Sequence[Content] = ()

    def show(self, message: int, parts: Sequence[Content]) -> None:
        """These words, some of which do something."""
        self.message = message
        self._parts = parts
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        return in_lines(self._parts, width)

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if (what := meant_by(event)) is not None:
            self.post_message(self.Pressed(cast("Act | Back", what), self.message))


class Versions(Acting):
    """Below a message that has others beside it: "◂ answer 2 of 3 ▸"."""

    def __init__(self) -> None:
        super().__init__("versions")

    def tell(self, message: int, place: Place) -> None:
        before, after = _doing("◂ ", "previous"), _doing(" ▸", "next")
        self.show(message, [Content.assemble(before, _said(place.what), after)])


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
        parts = [_said(where)]
        if place.question:
            parts += [
                _doing("e edit", "edit"),
                _doing("r retry", "retry"),
                _doing("f fork", "fork"),
                _doing("c compare", "compare"),
            ]
        if len(place.versions) > 1:
            parts += [_doing("←", "previous"), _said(place.what), _doing("→", "next")]
        parts += [_doing("t tree", "tree"), _doing("Esc back", "back")]
        self.show(message, parts)


def _doing(text: str, what: Act | Back) -> Content:
    return to_click(Content.styled(text, "$text-primary"), what)


def _said(text: str) -> Content:
    return Content.styled(text, "$foreground 70%")
