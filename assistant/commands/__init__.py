"""Slash commands and the session they act on: one execution core for every front end.

session = Session(load_settings(file).settings, find_places())
session.start()                          # opens the model; may take seconds
for block in submit(session, "/rank [[1,2],[3,6]]"):
    draw(block)                          # the front end's own business
"""

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
