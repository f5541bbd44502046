"""Conversations in one SQLite file, for as many processes as there are.

    store = Store(places.conversations_file)
    store.put(info, entries)                       # in one transaction, on the disk when it returns
    store.watch(entry.id, lambda: turn.text)       # written every half second until `unwatch`
    store.close()

One thread owns the connection, and every method hands its work to it; so they may be called from
any thread. Whatever cannot be done is a StoreError, and nothing of it was written. It refuses to
know conversations under way, and what to do when it cannot write.
"""

from __future__ import annotations

import secrets
import sqlite3
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from assistant.chat.chats import ChatInfo, Found
from assistant.chat.entry import Entry
from assistant.chat.kept import Kept
from assistant.chat.store import reading, searching, writing
from assistant.chat.store.database import Database
from assistant.chat.store.owner import Owner
from assistant.chat.store.pending import Pending
from assistant.errors import ChatNotFound

__all__ = ["Store"]


class Store:
    """The conversations that are kept."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._database = Database(file)
        self._name = secrets.token_hex(8)
        self._pending = Pending(self._database, self._name)
        self._owner = Owner(self._pending.write, self._database.close)
        # Nobody may have closed it: the thread ends with the last one who could call it.
        weakref.finalize(self, self._owner.close, 0)

    # Writing

    def put(self, chat: ChatInfo, entries: Iterable[Entry], beside: Iterable[int] = ()) -> None:
        """Write a conversation's facts and these of its messages, `beside` those of these ids,
        which were written before.

        Raises:
            StoreReplaced: the file does not have the other messages any more; put all.
            StoreError: nothing was written.
        """
        many, others = tuple(entries), frozenset(beside)
        self._owner.call(
            lambda: self._database.write(lambda c: writing.put_chat(c, chat, many, others))
        )

    def take_back(self, chat: str, message: int) -> None:
        """Remove a message that nothing follows."""
        self._owner.call(
            lambda: self._database.write(lambda c: writing.take_back(c, chat, message))
        )

    def watch(self, message: int, text: Callable[[], str]) -> None:
        """Write a message's text every half second as it grows, until `unwatch`."""
        self._pending.watched[message] = text
        self._owner.post(lambda: None)

    def unwatch(self, message: int) -> None:
        self._pending.watched.pop(message, None)

    def draft(self, text: str) -> None:
        """Keep what is being typed, soon. An empty one is forgotten."""
        self._pending.draft = text
        self._owner.post(lambda: None)

    def rename(self, chat: str, title: str, before: str | None = None) -> None:
        """Give a conversation another title; with `before`, only if that is its title still."""
        self._owner.call(
            lambda: self._database.write(lambda c: writing.rename(c, chat, title, before))
        )

    def delete(self, chat: str) -> None:
        self._owner.call(
            lambda: self._database.write(
                lambda c: writing.delete_chat(c, chat, self._database.has_index)
            )
        )

    # Reading

    def recent(self, limit: int = 20) -> list[ChatInfo]:
        """The conversations that went on last, newest first."""
        return self._owner.call(lambda: self._database.read(lambda c: reading.recent(c, limit), []))

    def titles(self) -> list[tuple[str, str]]:
        """The id and the title of every conversation, the one that went on last first."""
        return self._owner.call(lambda: self._database.read(reading.titles, []))

    def search(self, words: str, limit: int = 20) -> list[Found]:
        """Messages that have all the words, the most fitting first, one for each conversation."""
        return self._owner.call(
            lambda: self._database.read(
                lambda c: searching.search(c, words, limit, indexed=self._database.has_index), []
            )
        )

    def load(self, chat: str) -> tuple[ChatInfo, list[Kept]]:
        """A conversation with all its messages, each made when it is looked at.

        Raises:
            ChatNotFound: there is none of that id.
        """
        nothing: tuple[ChatInfo | None, list[Kept]] = (None, [])

        def work(connection: sqlite3.Connection) -> tuple[ChatInfo | None, list[Kept]]:
            return reading.chat_info(connection, chat), reading.messages(connection, chat)

        info, kept = self._owner.call(lambda: self._database.read(work, nothing))
        if info is None:
            raise ChatNotFound(f"There is no chat {chat!r}.", "assistant chats list")
        return info, kept

    def abandoned_draft(self) -> str:
        """What was being typed when the program last ended without sending it; "" for nothing.

        It is given back once.
        """

        def take() -> str:
            found = self._database.read(reading.abandoned_draft, None)
            if found is None:
                return ""
            owner, text = found
            self._database.write(lambda c: writing.put_draft(c, owner, ""))
            return text

        return self._owner.call(take)

    def news(self) -> list[str]:
        """Sentences that somebody should read; each is given once."""
        told, self._database.news[:] = list(self._database.news), []
        return told

    def close(self) -> None:
        """Write what is pending and let go of the file; safe to call twice."""
        with suppress(Exception):
            self._owner.close(patience=2.0)
