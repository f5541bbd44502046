"""Two runs of the same questions, before and after a training, say: what belongs together in them.

    earlier = earlier_run(before, after)
    earlier.rows[0]             # the earlier row of the first question, or None
    earlier.columns["mine-v2"]  # the column it is held against: the same, or the one in its place

It refuses to know what the runs add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class EarlierRun:
    """An earlier run, as a later one sees it."""

    rows: tuple[Row | None, ...]
    """For each row of the later run the answered one of the same question; None where there is
    none. A question asked several times has its rows in their order."""
    columns: Mapping[str, str]
    """By the later run's columns: those of the same name, and else, since an adapter that was
    trained again may have another name, those that are left in the same place."""

    later: tuple[str, ...] = ()
    """The later run's columns."""

    def sentences(self) -> list[str]:
        """What is held against what, where that does not go without saying."""
        both = sum(row is not None for row in self.rows)
        if not both:
            return ["None of these questions was answered in the earlier run."]
        said = []
        if both < len(self.rows):
            said.append(f"{both} of {len(self.rows)} questions were answered in the earlier run.")
        for name in self.later:
            old = self.columns.get(name)
            if old is None:
                said.append(f"The earlier run has no column for {name}.")
            elif old != name:
                said.append(f"{name} is held against {old} of the earlier run.")
        return said


def earlier_run(before: Sequence[Row], after: Sequence[Row]) -> EarlierRun:
    """An earlier run as a later one sees it."""
    waiting: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in before:
        if "answers" in row:
            waiting[row.get("prompt")].append(row)
    rows = [waiting[row.get("prompt")] for row in after]
    found = tuple(left.pop(0) if left else None for left in rows)
    names = column_names(after)
    return EarlierRun(found, _columns(column_names(before), names), tuple(names))


def column_names(rows: Sequence[Row]) -> list[str]:
    """The names of the columns, the base first; those of the first answered row."""
    for row in rows:
        if "answers" in row:
            return [str(answer.get("name", "")) for answer in row["answers"]]
    return []


def told_same(rows: Sequence[Row]) -> str:
    """In how many questions each column says what the base says; "" where there is none."""
    told = []
    for name in column_names(rows)[1:]:
        own = [answer for row in rows if (answer := answer_of(row, name)) is not None]
        same = sum(bool((answer.get("agreement") or {}).get("same")) for answer in own)
        told.append(f"{name} in {same}")
    return f"the same as base, token for token: {', '.join(told)}" if told else ""


def answer_of(row: Row | None, column: str) -> Row | None:
    """A row's answer in a column; None where it has none."""
    answers = (row or {}).get("answers") or []
    return next((answer for answer in answers if answer.get("name") == column), None)


def _columns(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    same = {name: name for name in after if name in before}
    places = zip(after, before, strict=False)
    renamed = {new: old for new, old in places if new not in same and old not in same}
    return {**same, **renamed}
