"""Slash commands and the session they act on: one execution core for every front end.

session = Session(load_settings(file).settings, find_places())
session.start()                          # opens the model; may take seconds
for block in submit(session, "/rank [[1,2],[3,6]]"):
    draw(block)                          # the front end's own business
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.lazy_names import names_of

if TYPE_CHECKING:
    from assistant.commands.dispatch import complete, is_command, needs_of, submit
    from assistant.commands.registry import all_commands, find_command
    from assistant.commands.session import Session
    from assistant.commands.status import Status

__all__ = [
    "Session",
    "Status",
    "all_commands",
    "complete",
    "find_command",
    "is_command",
    "needs_of",
    "submit",
]

_MODULES = {
    "Session": "session",
    "Status": "status",
    "all_commands": "registry",
    "complete": "dispatch",
    "find_command": "registry",
    "is_command": "dispatch",
    "needs_of": "dispatch",
    "submit": "dispatch",
}


# Imported when asked for: `assistant --help` needs one small module of this room, not all.
__getattr__ = names_of(__name__, _MODULES)
