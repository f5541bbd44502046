"""Everything that is read: lists of conversations, whole ones, and words in them.

It refuses to know threads and errors.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator

from assistant.chat.chats import ChatInfo, Found
from assistant.chat.kept import Kept
from assistant.chat.store.rows import CHAT, MESSAGE, chat_of, get_text, kept_of

_QUESTIONS = (
    "(SELECT count(*) FROM message WHERE chat = chat.id AND role = 'user' AND NOT told) "
    "AS questions"
)


def recent(connection: sqlite3.Connection, limit: int) -> list[ChatInfo]:
    """The conversations that went on last, newest first."""
    rows = _rows(
        connection,
        f"SELECT {CHAT}, {_QUESTIONS} FROM chat ORDER BY changed DESC, rowid DESC LIMIT ?",
        (limit,),
    )
    return [chat_of(row, row["questions"]) for row in rows]


def chat_info(connection: sqlite3.Connection, chat: str) -> ChatInfo | None:
    rows = _rows(connection, f"SELECT {CHAT}, {_QUESTIONS} FROM chat WHERE chat.id = ?", (chat,))
    return next((chat_of(row, row["questions"]) for row in rows), None)


def messages(connection: sqlite3.Connection, chat: str) -> list[Kept]:
    """All messages of a conversation, of every branch, oldest first."""
    rows = _rows(connection, f"SELECT {MESSAGE} FROM message WHERE chat = ? ORDER BY id", (chat,))
    return [kept_of(row) for row in rows.fetchall()]


def abandoned_draft(connection: sqlite3.Connection) -> tuple[str, str] | None:
    """The newest draft whose program has ended: its owner and its text."""
    for row in _rows(connection, "SELECT * FROM draft ORDER BY saved DESC", ()):
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


def search(connection: sqlite3.Connection, words: str, limit: int, *, indexed: bool) -> list[Found]:
    """Messages that have all the words, the most fitting first, one for each conversation.

    The index knows whole words and their beginnings; where it finds nothing, or there is none, the
    words are looked for as they stand, anywhere in a text.
    """
    wanted = words.split()
    if not wanted:
        return []
    if indexed:
        _bring_up_to_date(connection)
        found = _one_each(_by_index(connection, wanted), limit)
        if found:
            return found
    return _one_each(_by_looking(connection, wanted), limit)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Put into the index what was written since the last search.

    Then and not while writing: an answer that streams changes every half second.
    """
    if connection.execute("SELECT 1 FROM message WHERE indexed = 0 LIMIT 1").fetchone() is None:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        rows = connection.execute("SELECT id, text FROM message WHERE indexed = 0").fetchall()
        connection.executemany("DELETE FROM words WHERE rowid = ?", [(row[0],) for row in rows])
        connection.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            [(row[0], _searchable(row[1])) for row in rows],
        )
        connection.execute("UPDATE message SET indexed = 1 WHERE indexed = 0")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _searchable(text: str | bytes) -> str:
    whole = get_text(text).encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", " ")


def _by_index(connection: sqlite3.Connection, wanted: list[str]) -> Iterator[Found]:
    # Quoted, each word is only a word: no operator of the query language comes from outside.
    quoted = ['"' + word.replace('"', '""').replace("\0", " ") + '"' for word in wanted]
    query = " ".join(quoted) + "*"
    rows = _rows(
        connection,
        f"SELECT {CHAT}, 0 AS questions, message.id AS message, "
        "snippet(words, 0, '', '', '…', 16) AS snippet FROM words "
        "JOIN message ON message.id = words.rowid JOIN chat ON chat.id = message.chat "
        "WHERE words MATCH ? ORDER BY rank, message.id DESC LIMIT 1000",
        (query.encode("utf-8", "replace").decode("utf-8"),),
    )
    for row in rows:
        yield Found(chat_of(row), row["message"], row["snippet"])


def _by_looking(connection: sqlite3.Connection, wanted: list[str]) -> Iterator[Found]:
    rows = _rows(
        connection,
        f"SELECT {CHAT}, message.id AS message, message.text FROM message "
        "JOIN chat ON chat.id = message.chat ORDER BY message.id DESC",
        (),
    )
    folded = [word.casefold() for word in wanted]
    for row in rows:
        text = get_text(row["text"])
        low = text.casefold()
        if all(word in low for word in folded):
            at = max(0, low.find(folded[0]) - 30)
            cut = text[at : at + 90]
            yield Found(chat_of(row), row["message"], f"{'…' if at else ''}{cut}")


def _one_each(found: Iterator[Found], limit: int) -> list[Found]:
    best: dict[str, Found] = {}
    for hit in found:
        best.setdefault(hit.chat.id, hit)
        if len(best) == limit:
            break
    return list(best.values())


def _rows(connection: sqlite3.Connection, query: str, values: tuple[object, ...]) -> sqlite3.Cursor:
    cursor = connection.execute(query, values)
    cursor.row_factory = sqlite3.Row
    return cursor
