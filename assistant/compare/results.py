"""The results of a batch on disk: JSON Lines, a row for each question, that a stopped run goes on.

    results = ResultsFile(path, run_id)
    todo = results.still_to_do(questions)
    results.add(row)                 # on the disk when it returns
    results.finish(questions)        # in the questions' order

A row is appended whole and synced, so a crash loses at most the row it was writing, which is then
done again. Rows of another run (model, adapters or settings differ) are refused, not mixed in.
It refuses to know how rows come about.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.compare.questions import Question
from assistant.errors import InputFileError
from assistant.file_trouble import why

Row = Mapping[str, Any]


def read_results(path: Path) -> list[dict[str, Any]]:
    """The rows of a results file.

    Raises:
        InputFileError: it cannot be read, or a line of it is no result.
    """
    rows, torn = _read(path)
    if torn:
        raise InputFileError(
            f"The last line of {path} is cut off.", "Run the comparison again; it goes on there."
        )
    if not rows:
        raise InputFileError(f"{path} has no results.", "`assistant compare --out` writes them.")
    return rows


class ResultsFile:
    """A file that rows are added to as they are done."""

    def __init__(self, path: Path, run: str) -> None:
        self._path = path
        self._run = run
        self._rows: list[dict[str, Any]] = []
        if path.exists():
            rows, torn = _read(path)
            self._refuse_others(rows)
            self._rows = [row for row in rows if "error" not in row]
            if torn or len(self._rows) < len(rows):
                self._rewrite(self._rows)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return list(self._rows)

    def still_to_do(self, questions: Sequence[Question]) -> list[Question]:
        """Those without an answer yet, errors among them; a question asked twice counts twice."""
        done: defaultdict[str, int] = defaultdict(int)
        for row in self._rows:
            done[_key(row.get("prompt"), row.get("meta"))] += 1
        left = []
        for question in questions:
            key = _key(question.prompt, question.meta)
            if done[key]:
                done[key] -= 1
            else:
                left.append(question)
        return left

    def add(self, row: Row) -> None:
        """Append a row; it is on the disk when this returns."""
        stored = {**row, "run": self._run}
        try:
            with self._path.open("ab") as file:
                file.write(_line(stored))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self._path, error) from None
        self._rows.append(stored)

    def finish(self, questions: Sequence[Question]) -> None:
        """Put the rows into the order of the questions; rows of no question stay at the end."""
        waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows:
            waiting[_key(row.get("prompt"), row.get("meta"))].append(row)
        ordered = []
        for question in questions:
            rows = waiting[_key(question.prompt, question.meta)]
            if rows:
                ordered.append(rows.pop(0))
        rest = [row for rows in waiting.values() for row in rows]
        if self._rows:
            self._rows = ordered + rest
            self._rewrite(self._rows)

    def _rewrite(self, rows: Sequence[Row]) -> None:
        """All of it anew, in one step: whenever it is cut short, one whole file is there."""
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            with beside.open("wb") as file:
                file.writelines(map(_line, rows))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise _unwritable(self._path, error) from None

    def _refuse_others(self, rows: Sequence[Row]) -> None:
        if any(row.get("run") != self._run for row in rows):
            raise InputFileError(
                f"{self._path} holds the results of another run: its model, adapters or settings "
                "are not these.",
                "Name another file, or remove that one.",
            )


def _read(path: Path) -> tuple[list[dict[str, Any]], bool]:
    """The rows, and whether a last line was cut off by a crash."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputFileError(f"{path} cannot be read: {why(error)}.", "Check the path.") from None
    *lines, last = content.split(b"\n")
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not ("answers" in row or "error" in row):
            raise InputFileError(
                f"Line {number} of {path} is no result of a comparison.", "Name another file."
            )
        rows.append(row)
    return rows, bool(last.strip())


def _line(row: Row) -> bytes:
    # ASCII: no reader takes a character inside for the end of a line.
    return json.dumps(dict(row)).encode() + b"\n"


def _key(prompt: Any, meta: Any) -> str:
    return json.dumps([prompt, dict(meta or {})], sort_keys=True, default=str)


def _unwritable(path: Path, error: OSError) -> InputFileError:
    return InputFileError(
        f"{path} cannot be written: {why(error)}.", "Name a file in a folder that you may use."
    )
