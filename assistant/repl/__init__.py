"""The plain front end: one line after the other, for any terminal, pipe or screen reader.

Importing the package imports none of its parts; they come with `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.commands import Session

__all__ = ["run"]


def run(session: Session, problems: Sequence[AssistantError] = ()) -> int:
    """Chat until Ctrl-D, /quit or the end of the input. Returns the exit code.

    The session comes without an engine and is closed at the end. `problems` are shown first, such
    as what could not be used of the settings.
    """
    from assistant.repl.loop import chat

    return chat(session, problems)
