"""What is written a moment later: answers that are growing, and the draft being typed.

`write` runs on the store's thread. What cannot be written now is tried again with the next; whether
somebody should hear of it is for the next whole message to say. It refuses to know SQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress

from assistant.chat.store.database import Database
from assistant.chat.store.writing import put_draft, put_partial
from assistant.errors import StoreError


class Pending:
    def __init__(self, database: Database, owner: str) -> None:
        self.watched: dict[int, Callable[[], str]] = {}
        self.draft = ""
        self._database = database
        self._owner = owner
        self._written: dict[int, str] = {}
        self._written_draft = ""

    def write(self) -> bool:
        """Write what has changed; whether there may soon be more."""
        grown = {}
        for message, text in tuple(self.watched.items()):
            now = text()
            if now != self._written.get(message, ""):
                grown[message] = now
        for message in tuple(self._written):
            if message not in self.watched:
                del self._written[message]
        draft = self.draft
        if grown or draft != self._written_draft:
            with suppress(StoreError):
                self._put(grown, draft)
            # Also when it failed: to try the same again twice a second would only keep others out.
            self._written.update(grown)
            self._written_draft = draft
        return bool(self.watched) or self.draft != self._written_draft

    def _put(self, grown: dict[int, str], draft: str) -> None:
        def work(connection: sqlite3.Connection) -> None:
            for message, text in grown.items():
                put_partial(connection, message, text)
            if draft != self._written_draft:
                put_draft(connection, self._owner, draft)

        self._database.write(work)
