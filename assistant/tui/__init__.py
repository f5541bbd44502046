"""The Textual front end: `run` paints the chat first, and fetches all that is behind it then.

    settings, places = load_settings(file).settings, find_places()
    run(settings, lambda: Session(settings, places))

It refuses to know what commands do and how a model runs; both come as blocks from
`assistant.commands`. Importing this package imports nothing: Textual comes with `run`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.commands import Session
    from assistant.settings import Settings

__all__ = ["run"]


def run(
    settings: Settings, make: Callable[[], Session], problems: Sequence[AssistantError] = ()
) -> NoReturn:
    """Show the chat until the person quits; the process ends with it.

    `make` is called once something is on the screen: importing a session takes longer than that.
    The session comes without an engine and is closed at the end. `problems` are shown at the top,
    such as what could not be used of the settings.
    """
    from assistant.tui.launch import launch

    launch(settings, make, problems)
