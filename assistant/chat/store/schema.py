"""The tables, and how an older file comes to have them.

`PRAGMA user_version` counts the steps a file has taken. All that are missing are taken in one
transaction: a file is of one version or another, never between. It refuses to know what is
written into the tables.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from assistant.errors import StoreError

# Text is stored as TEXT, or as a BLOB of UTF-8 where it holds halves of characters, which SQLite
# does not take as text. Hence no type on those columns.
_FIRST = (
    """CREATE TABLE chat (
        id TEXT PRIMARY KEY,
        title NOT NULL,
        created REAL NOT NULL,
        changed REAL NOT NULL,
        tip INTEGER,
        model TEXT NOT NULL DEFAULT '',
        adapters TEXT NOT NULL DEFAULT '[]',
        system NOT NULL DEFAULT '',
        prompt TEXT NOT NULL DEFAULT '{}'
    )""",
    "CREATE INDEX chat_changed ON chat (changed)",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY,
        chat TEXT NOT NULL REFERENCES chat (id) ON DELETE CASCADE,
        parent INTEGER REFERENCES message (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
        role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
        text NOT NULL,
        sent,
        told INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,
        model TEXT,
        adapters TEXT,
        sampling TEXT,
        seed INTEGER,
        system,
        prompt TEXT,
        finish_reason TEXT,
        tokens TEXT,
        usage TEXT,
        timing TEXT,
        more TEXT,
        indexed INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX message_chat ON message (chat)",
    "CREATE INDEX message_parent ON message (parent)",
    "CREATE INDEX message_unindexed ON message (id) WHERE indexed = 0",
    """CREATE TABLE draft (
        owner TEXT PRIMARY KEY,
        process INTEGER NOT NULL,
        text NOT NULL,
        saved REAL NOT NULL
    )""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""One tuple of statements for each version; the ones that were released are never changed."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version.

    Raises:
        StoreError: it was written by a newer version of the program; it is left alone.
    """
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)  # another process may just have done it
        if version > len(MIGRATIONS):
            raise StoreError(
                "The saved conversations are from a newer version of this program.",
                "Update assistant, or set ASSISTANT_HOME to another folder.",
            )
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def make_index(connection: sqlite3.Connection) -> bool:
    """Have a full-text index that knows every message; False where SQLite was built without FTS5.

    A message carries whether it is in the index, so that a program without FTS5 can write to the
    same file and a later one with it makes up for that.
    """
    # In one transaction: SQLite cannot open an index while another process changes the tables.
    # A file that may only be read is not locked for writing.
    connection.execute("BEGIN" if _has_index(connection) else "BEGIN IMMEDIATE")
    try:
        if not _has_index(connection):
            connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
        connection.execute("SELECT rowid FROM words LIMIT 1")
        connection.execute("COMMIT")
    except BaseException as error:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError) and "fts5" in str(error):
            return False
        raise
    return True


def _has_index(connection: sqlite3.Connection) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone()
    return found is not None


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
