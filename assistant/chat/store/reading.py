"""What is read as it stands: lists of conversations, whole ones, drafts.

It refuses to know threads and errors, and how words are found.
"""

from __future__ import annotations

import os
import sqlite3

from assistant.chat.chats import ChatInfo
from assistant.chat.kept import Kept
from assistant.chat.store.rows import CHAT, MESSAGE, chat_of, get_text, kept_of

_QUESTIONS = (
    "(SELECT count(*) FROM message WHERE chat = chat.id AND role = 'user' AND NOT told) "
    "AS questions"
)


def recent(connection: sqlite3.Connection, limit: int) -> list[ChatInfo]:
    """The conversations that went on last, newest first."""
    found = rows(
        connection,
        f"SELECT {CHAT}, {_QUESTIONS} FROM chat ORDER BY changed DESC, rowid DESC LIMIT ?",
        (limit,),
    )
    return [chat_of(row, row["questions"]) for row in found]


def titles(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """The id and the title of every conversation, the one that went on last first."""
    found = connection.execute("SELECT id, title FROM chat ORDER BY changed DESC, rowid DESC")
    return [(id, get_text(title)) for id, title in found]


def chat_info(connection: sqlite3.Connection, chat: str) -> ChatInfo | None:
    found = rows(connection, f"SELECT {CHAT}, {_QUESTIONS} FROM chat WHERE chat.id = ?", (chat,))
    return next((chat_of(row, row["questions"]) for row in found), None)


def messages(connection: sqlite3.Connection, chat: str) -> list[Kept]:
    """All messages of a conversation, of every branch, oldest first."""
    found = rows(connection, f"SELECT {MESSAGE} FROM message WHERE chat = ? ORDER BY id", (chat,))
    return [kept_of(row) for row in found.fetchall()]


def abandoned_draft(connection: sqlite3.Connection) -> tuple[str, str] | None:
    """The newest draft whose program has ended: its owner and its text."""
    for row in rows(connection, "SELECT * FROM draft ORDER BY saved DESC", ()):
        if not _is_running(row["process"]):
            return row["owner"], get_text(row["text"])
    return None


def _is_running(process: int) -> bool:
    if process == os.getpid():
        return False  # one that this process left behind, or that had its number before
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def rows(connection: sqlite3.Connection, query: str, values: tuple[object, ...]) -> sqlite3.Cursor:
    cursor = connection.execute(query, values)
    cursor.row_factory = sqlite3.Row
    return cursor
