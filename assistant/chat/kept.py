"""A message as the store has it: its place in the tree is known, the rest is read when looked at.

To make thousands of messages out of their rows takes longer than to read the rows, and whoever
opens a long chat sees its last few. The rows are all there, so nothing can be lost or change
meanwhile. It refuses to know what a row is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from assistant.chat.entry import Entry, Role


class Kept:
    """One message, and how to make it."""

    __slots__ = ("_entry", "_make", "_row", "id", "parent", "role", "told")

    def __init__(
        self,
        id: int,
        parent: int | None,
        role: Role,
        told: bool,
        row: Any,
        make: Callable[[Any], Entry],
    ) -> None:
        self.id = id
        self.parent = parent
        self.role = role
        self.told = told
        self._row = row
        self._make = make
        self._entry: Entry | None = None

    @property
    def entry(self) -> Entry:
        """The message itself; it is made once."""
        entry = self._entry
        if entry is None:
            # Two threads may both make it; what they make is the same.
            entry = self._entry = self._make(self._row)
        return entry


Held: TypeAlias = Entry | Kept
"""A message of a conversation, made or not."""


def entry_of(held: Held) -> Entry:
    """The message itself."""
    return held.entry if isinstance(held, Kept) else held
