"""Words in all conversations, by the index and by looking.

The index knows words by their beginnings, and nothing of signs; in scripts that write no spaces it
takes a whole sentence for a word. What it cannot tell is looked for as it stands. It refuses to
know threads and errors.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from assistant.chat.chats import Found
from assistant.chat.store.reading import rows
from assistant.chat.store.rows import CHAT, chat_of, get_text

# Thai to Myanmar, Khmer, and all that Chinese and Japanese are written with.
_NO_SPACES = re.compile(
    "[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def search(connection: sqlite3.Connection, words: str, limit: int, *, indexed: bool) -> list[Found]:
    """Messages that have all the words, the most fitting first, one for each conversation.

    Where the index finds nothing, or there is none, the words are looked for as they stand,
    anywhere in a text.
    """
    wanted = words.split()
    if not wanted:
        return []
    if indexed and not _NO_SPACES.search(words):
        _bring_up_to_date(connection)
        if found := _by_index(connection, wanted, limit):
            return found
    return _by_looking(connection, wanted, limit)


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Put into the index what was written since the last search.

    Then and not while writing: an answer that streams changes every half second.
    """
    if connection.execute("SELECT 1 FROM message WHERE indexed = 0 LIMIT 1").fetchone() is None:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        new = connection.execute("SELECT id, text FROM message WHERE indexed = 0").fetchall()
        connection.executemany("DELETE FROM words WHERE rowid = ?", [(row[0],) for row in new])
        connection.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            [(row[0], _searchable(row[1])) for row in new],
        )
        connection.execute("UPDATE message SET indexed = 1 WHERE indexed = 0")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _searchable(text: str | bytes) -> str:
    whole = get_text(text).encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", " ")


def _by_index(connection: sqlite3.Connection, wanted: Sequence[str], limit: int) -> list[Found]:
    # Quoted, each word is only a word: no operator of the query language comes from outside.
    quoted = ('"' + word.replace('"', '""').replace("\0", " ") + '"*' for word in wanted)
    query = " ".join(quoted).encode("utf-8", "replace").decode("utf-8")
    signs = [word.casefold() for word in wanted if _has_signs(word)]
    # All of them: a long chat may have the words a thousand times, and hide no other.
    fitting = connection.execute(
        "SELECT message.chat, message.id FROM words JOIN message ON message.id = words.rowid "
        "WHERE words MATCH ? ORDER BY rank, message.id DESC",
        (query,),
    )
    best: dict[str, int] = {}
    for chat, message in fitting:
        if chat not in best and (not signs or _has_all(connection, message, signs)):
            best[chat] = message
            if len(best) == limit:
                break
    found = _found(connection, query, best.values())
    return [found[message] for message in best.values()]


def _has_signs(word: str) -> bool:
    """Whether a word is another without its signs: C++, c#, an emoji. What only stands around one
    in a sentence, such as quotes and brackets, makes no difference."""
    return "#" in word or any(unicodedata.category(letter)[0] == "S" for letter in word)


def _has_all(connection: sqlite3.Connection, message: int, folded: Sequence[str]) -> bool:
    row = connection.execute("SELECT text FROM message WHERE id = ?", (message,)).fetchone()
    text = get_text(row[0]).casefold()
    return all(word in text for word in folded)


def _found(
    connection: sqlite3.Connection, query: str, messages: Collection[int]
) -> dict[int, Found]:
    # The + keeps SQLite from asking the index anew for each of them.
    every = rows(
        connection,
        f"SELECT {CHAT}, message.id AS message, snippet(words, 0, '', '', '…', 16) AS snippet "
        "FROM words JOIN message ON message.id = words.rowid JOIN chat ON chat.id = message.chat "
        f"WHERE words MATCH ? AND +words.rowid IN ({', '.join('?' * len(messages))})",
        (query, *messages),
    )
    return {row["message"]: Found(chat_of(row), row["message"], row["snippet"]) for row in every}


def _by_looking(connection: sqlite3.Connection, wanted: Sequence[str], limit: int) -> list[Found]:
    folded = [word.casefold() for word in wanted]
    best: dict[str, Found] = {}
    for hit in _looked_for(connection, folded):
        best.setdefault(hit.chat.id, hit)
        if len(best) == limit:
            break
    return list(best.values())


def _looked_for(connection: sqlite3.Connection, folded: Sequence[str]) -> Iterator[Found]:
    every = rows(
        connection,
        f"SELECT {CHAT}, message.id AS message, message.text FROM message "
        "JOIN chat ON chat.id = message.chat ORDER BY message.id DESC",
        (),
    )
    for row in every:
        text = get_text(row["text"])
        low = text.casefold()
        if all(word in low for word in folded):
            at = max(0, low.find(folded[0]) - 30)
            cut = text[at : at + 90]
            yield Found(chat_of(row), row["message"], f"{'…' if at else ''}{cut}")
