"""The first frame of the chat: what stands in the places of its parts until those are imported.

The parts take their places without anything moving: frame.tcss lays out both. It refuses to know
the session, and imports none of the parts but the welcome, which is light.
"""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from assistant.tui.hints import FAINT
from assistant.tui.status import opening_line
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.welcome import welcome_lines

PLACEHOLDER = "Ask anything, / for commands, @ for a file"
"""What an empty composer says."""
_CURSOR = "reverse"


def first_frame(model: str) -> ComposeResult:
    """All of it, without a box too many: each is painted; `model` is going to be opened."""
    yield WelcomePlace()
    yield ComposerPlace()
    yield StatusPlace(model)


class WelcomePlace(Drawn):
    """What the transcript shows of an empty chat."""

    def lines(self, width: int) -> list[Content]:
        return welcome_lines(width)


class ComposerPlace(Static):
    """An empty composer; what is typed at it is kept for the real one."""

    def __init__(self) -> None:
        text = Content.assemble((PLACEHOLDER[0], _CURSOR), (PLACEHOLDER[1:], FAINT))
        super().__init__(text, markup=False)


class StatusPlace(Drawn):
    """The status line while the model is being opened."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self._model = model

    def lines(self, width: int) -> list[Content]:
        return [opening_line(self._model, width)]
