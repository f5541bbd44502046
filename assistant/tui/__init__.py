"""The Textual front end: `run` paints the chat first and opens the model behind it.

    session = Session(load_settings(file).settings, find_places())
    exit_code = run(session)

It refuses to know what commands do and how a model runs; both come as blocks from
`assistant.commands`. Importing this package imports nothing: Textual comes with `run`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.commands import Session

__all__ = ["run"]


def run(session: Session, problems: Sequence[AssistantError] = ()) -> NoReturn:
    """Show the chat until the person quits; the process ends with it.

    The session comes without an engine and is closed at the end. `problems` are shown at the top,
    such as what could not be used of the settings.
    """
    from assistant.tui.launch import launch

    launch(session, problems)
