"""The file: opening it, what to say when that fails, and setting a damaged one aside.

Used on the store's own thread only; SQLite itself refuses the connection to any other
(`check_same_thread`). Nothing is created before something is written. It refuses to know what is
in the tables.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from assistant.chat.store.schema import make_index, migrate
from assistant.errors import StoreError, StoreReplaced
from assistant.file_trouble import why

Result = TypeVar("Result")

PATIENCE_S = 5.0
"""How long to wait for another process that is writing."""
PATIENCE_LEFT_S = 0.1
"""And how long once that was in vain, until something can be written again: an answer makes several
writes, and whoever asked waits for each."""


class Database:
    """One connection to one file, opened when it is first wanted."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.news: list[str] = []
        """Sentences that somebody should read."""
        self.has_index = False
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._patience = PATIENCE_S

    def read(self, work: Callable[[sqlite3.Connection], Result], nothing: Result) -> Result:
        """What `work` finds, or `nothing` while there is no file.

        Raises:
            StoreError: it cannot be read.
        """
        with self._explained():
            if self._connection is None and not self._exists():
                return nothing
            return work(self._open())

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do `work` in one transaction.

        Raises:
            StoreError: nothing of it was written.
        """
        with self._explained():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            self._wait(PATIENCE_S)
            return result

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    # Inside

    def _exists(self) -> bool:
        try:
            return self.file.stat().st_size > 0
        except FileNotFoundError:
            return False

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        self.file.parent.mkdir(parents=True, exist_ok=True)
        # A person's conversations are nobody else's; SQLite gives its other files the same mode.
        with suppress(PermissionError):
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.file, timeout=self._patience, isolation_level=None)
        try:
            self._inode = os.stat(self.file).st_ino
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection)
            with suppress(sqlite3.OperationalError):  # some network folders cannot
                connection.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing by it; only a power cut may take the last moments.
            connection.execute("PRAGMA synchronous = NORMAL")
            self.has_index = make_index(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Errors of SQLite and of the system as one sentence."""
        try:
            yield
        except sqlite3.IntegrityError:
            raise StoreReplaced("This chat was deleted by somebody else.") from None
        except sqlite3.Error as error:
            # Of all errors only damage comes as the bare class.
            if type(error) is sqlite3.DatabaseError:
                self._set_aside()
                raise StoreReplaced("The file of the conversations was damaged.") from None
            said = str(error).lower()
            if _is_locked(said):
                self._wait(PATIENCE_LEFT_S)
            raise StoreError(*self._reason(said)) from None
        except OSError as error:
            raise StoreError(*self._reason(why(error))) from None

    def _reason(self, said: str) -> tuple[str, str]:
        folder = self.file.parent
        if "full" in said or "disk i/o" in said:
            return f"The disk of {folder} is full or failing.", "Make room there."
        if "readonly" in said or "unable to open" in said or "permission" in said:
            return f"{self.file} cannot be written.", "Check who may write there."
        if _is_locked(said):
            return "Another program keeps the conversations locked.", "Close it."
        return f"{self.file} cannot be used: {said}.", "ASSISTANT_HOME chooses another folder."

    def _wait(self, patience: float) -> None:
        """How long others are waited for from now on."""
        if patience != self._patience:
            self._patience = patience
            if self._connection is not None:
                self._connection.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")

    def _set_aside(self) -> None:
        """Give a damaged file another name, with what SQLite keeps beside it."""
        self.close()
        try:
            if os.stat(self.file).st_ino != self._inode:
                return  # another process has done it already
            aside = self.file.with_suffix(f".damaged-{time.strftime('%Y%m%d-%H%M%S')}.db")
            while aside.exists():
                aside = aside.with_name(f"{aside.stem}-.db")
            for ending in ("-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    os.replace(f"{self.file}{ending}", f"{aside}{ending}")
        except OSError as error:
            raise StoreError(
                f"{self.file} is damaged and cannot be moved away ({why(error)}).",
                "Move it yourself.",
            ) from None
        self.news.append(
            f"The saved conversations could not be read: the file was damaged. It was kept as "
            f"{aside}, and a new one begun."
        )


def _is_locked(said: str) -> bool:
    return "locked" in said or "busy" in said
