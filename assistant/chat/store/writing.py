"""Everything that is written: conversations, partial answers, drafts.

Each function runs inside one transaction of the database. It refuses to know threads and errors.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Set

from assistant.chat.chats import ChatInfo
from assistant.chat.entry import Entry
from assistant.chat.store.rows import CHAT, MESSAGE, chat_row, message_row, put_text
from assistant.errors import StoreReplaced

_CHANGING = [name.strip() for name in MESSAGE.split(",")][1:]
_PUT_MESSAGE = (
    f"INSERT INTO message (chat, {MESSAGE}) VALUES (?, {', '.join('?' * (len(_CHANGING) + 1))}) "
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{n} = excluded.{n}' for n in _CHANGING)}, "
    # An id that two chats came by: neither overwrites the other.
    "indexed = 0 WHERE chat = excluded.chat"
)
_CHAT_NAMES = CHAT.replace("chat.", "").split(", ")
_PUT_CHAT = (
    f"INSERT INTO chat ({', '.join(_CHAT_NAMES)}) VALUES ({', '.join('?' * len(_CHAT_NAMES))}) "
    "ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{n} = excluded.{n}" for n in _CHAT_NAMES if n not in ("id", "title", "created"))
)


def put_chat(
    connection: sqlite3.Connection, chat: ChatInfo, entries: Iterable[Entry], beside: Set[int]
) -> None:
    """Write a chat and these messages.

    Raises:
        StoreReplaced: one of `beside`, which were written before, is not there any more. A message
            without a parent would not show that by itself.
    """
    there = connection.execute("SELECT id FROM message WHERE chat = ?", (chat.id,))
    if not beside <= {id for (id,) in there}:
        raise StoreReplaced("This chat was deleted by somebody else.")
    connection.execute(_PUT_CHAT, chat_row(chat))
    for entry in entries:
        connection.execute(_PUT_MESSAGE, (chat.id, *message_row(entry)))


def put_partial(connection: sqlite3.Connection, message: int, text: str) -> None:
    """An answer as far as it has come. One that has ended is not touched."""
    connection.execute(
        "UPDATE message SET text = ?, indexed = 0 WHERE id = ? AND finish_reason IS NULL",
        (put_text(text), message),
    )


def take_back(connection: sqlite3.Connection, chat: str, message: int) -> None:
    """Remove a question that could not be asked, and a chat that is empty then."""
    connection.execute("DELETE FROM message WHERE id = ?", (message,))
    connection.execute(
        "DELETE FROM chat WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM message WHERE chat = ?1)",
        (chat,),
    )


def rename(connection: sqlite3.Connection, chat: str, title: str, before: str | None) -> None:
    old = None if before is None else put_text(before)
    connection.execute(
        "UPDATE chat SET title = ?1 WHERE id = ?2 AND (?3 IS NULL OR title = ?3)",
        (put_text(title), chat, old),
    )


def delete_chat(connection: sqlite3.Connection, chat: str, indexed: bool) -> None:
    if indexed:
        connection.execute(
            "DELETE FROM words WHERE rowid IN (SELECT id FROM message WHERE chat = ?)", (chat,)
        )
    connection.execute("DELETE FROM chat WHERE id = ?", (chat,))


def put_draft(connection: sqlite3.Connection, owner: str, text: str) -> None:
    """What somebody is typing; nothing, when it was sent or cleared."""
    if not text.strip():
        connection.execute("DELETE FROM draft WHERE owner = ?", (owner,))
        return
    connection.execute(
        "INSERT INTO draft (owner, process, text, saved) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (owner) DO UPDATE SET text = excluded.text, saved = excluded.saved",
        (owner, os.getpid(), put_text(text), time.time()),
    )
