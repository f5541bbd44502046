"""Votes on answers, kept in one SQLite file with all that they were cast on.

    votes = Votes(places.votes_file)
    votes.cast(ballot)            # the file comes about with the first vote, not before
    votes.all()

A vote keeps the prompt, the answers, the seed and the adapters' fingerprints, so that it still
tells what was compared after an adapter of that name was trained again. Voting again on the same
comparison replaces the vote. It refuses to know what the votes add up to.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

from assistant.engine.types import Message
from assistant.errors import VotesError
from assistant.file_trouble import first_line, why

VERSION = 1
PATIENCE_S = 5.0
"""How long to wait for another program that is writing a vote."""

Verdict = Literal["winner", "tie", "both-bad"]

_SCHEMA = """
CREATE TABLE votes (
    comparison TEXT PRIMARY KEY,
    cast_at TEXT NOT NULL,
    program TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt TEXT NOT NULL,
    messages TEXT NOT NULL,
    seed INTEGER NOT NULL,
    sampling TEXT NOT NULL,
    candidates TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('winner', 'tie', 'both-bad')),
    winner INTEGER CHECK ((winner IS NOT NULL) = (verdict = 'winner')),
    blind INTEGER NOT NULL
);
"""


@dataclass(frozen=True)
class AdapterVersion:
    name: str
    scale: float
    fingerprint: str
    """The adapter's content, whatever its name."""


@dataclass(frozen=True)
class Candidate:
    """One of the answers that were voted on."""

    name: str
    adapters: tuple[AdapterVersion, ...]
    """Empty for the base model."""
    text: str
    finish_reason: str


@dataclass(frozen=True)
class Ballot:
    """A vote, and all that it was cast on."""

    comparison: str
    """Which comparison it was: one has one vote."""
    program: str
    """The version of this program."""
    model: str
    prompt: str
    """As it was typed."""
    messages: Sequence[Message]
    """As the models read it: system prompt and template included."""
    seed: int
    candidates: tuple[Candidate, ...]
    verdict: Verdict
    winner: int | None
    """Index of the candidate that won."""
    blind: bool
    sampling: Mapping[str, Any] = field(default_factory=dict)
    cast_at: str = ""
    """When, in UTC; filled in when it is cast."""


class Votes:
    """The votes of one person."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def cast(self, ballot: Ballot) -> None:
        """Keep a vote, in place of an earlier one on the same comparison."""
        values = {
            "comparison": ballot.comparison,
            "cast_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "program": ballot.program,
            "model": ballot.model,
            "prompt": ballot.prompt,
            "messages": json.dumps(list(ballot.messages), ensure_ascii=False),
            "seed": ballot.seed,
            "sampling": json.dumps(dict(ballot.sampling)),
            "candidates": json.dumps([asdict(c) for c in ballot.candidates], ensure_ascii=False),
            "verdict": ballot.verdict,
            "winner": ballot.winner,
            "blind": int(ballot.blind),
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self._open(create=True) as database, database:
            database.execute(f"INSERT OR REPLACE INTO votes ({names}) VALUES ({marks})", values)

    def all(self) -> list[Ballot]:
        """Every vote, the oldest first; none when there never was one."""
        if not self._file.exists():
            return []
        with self._open(create=False) as database:
            database.row_factory = sqlite3.Row
            rows = database.execute("SELECT * FROM votes ORDER BY cast_at, rowid").fetchall()
        try:
            return [_ballot(row) for row in rows]
        except (ValueError, KeyError, TypeError) as error:
            raise self._unreadable(error) from error

    @contextmanager
    def _open(self, *, create: bool) -> Iterator[sqlite3.Connection]:
        try:
            if create:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=PATIENCE_S)) as database:
                self._prepare(database)
                yield database
        except (sqlite3.Error, OSError) as error:
            raise self._unreadable(error) from error

    def _prepare(self, database: sqlite3.Connection) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise VotesError(
                f"{self._file} was written by a newer version of this program.",
                "Update the program, or move the file away.",
            )
        if version < VERSION:
            # Another program may be doing the same: only one gets past the lock with version 0.
            # No write-ahead log is asked for: SQLite does not wait when two programs ask at once.
            database.execute("BEGIN IMMEDIATE")
            if database.execute("PRAGMA user_version").fetchone() == (0,):
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA user_version = {VERSION}")
            database.commit()

    def _unreadable(self, error: Exception) -> VotesError:
        reason = why(error) if isinstance(error, OSError) else first_line(error)
        # A file that is locked, say, or may not be written is a good one.
        outside = isinstance(error, OSError | sqlite3.OperationalError)
        hint = (
            "Close what else uses it, and check who may write there."
            if outside
            else "Move the file away to begin anew; it is left as it is."
        )
        return VotesError(f"The votes in {self._file} cannot be used: {reason}.", hint)


def _ballot(row: sqlite3.Row) -> Ballot:
    values = dict(row)
    candidates = tuple(
        Candidate(
            name=str(one["name"]),
            adapters=tuple(AdapterVersion(**adapter) for adapter in one["adapters"]),
            text=str(one["text"]),
            finish_reason=str(one["finish_reason"]),
        )
        for one in json.loads(values.pop("candidates"))
    )
    return Ballot(
        messages=json.loads(values.pop("messages")),
        sampling=json.loads(values.pop("sampling")),
        candidates=candidates,
        blind=bool(values.pop("blind")),
        **values,
    )
