"""What many comparisons add up to: automatic scores of base and adapted answers, paired.

Works on rows as they are printed and stored, so that a report can be made long after the run.
It refuses to know how scores are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from assistant.compare.checks import Checks
from assistant.compare.runs import answer_of, earlier_run
from assistant.compare.statistics import Paired, paired_bootstrap

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Measure:
    """One automatic score of an answer."""

    name: str
    of: Callable[[Checks], float | None]
    share: bool
    """Whether it is a share, shown in per cent."""
    better: int
    """1 when more is better, −1 when less is; 0 when neither is."""
    whole: bool = False
    """Whether only whole answers tell it: code that was cut off parses for nobody."""

    def value(self, answer: Row) -> float | None:
        """None where the answer does not tell."""
        checks = checks_of(answer)
        cut_off = self.whole and answer.get("finish_reason") == "length"
        return None if checks is None or cut_off else self.of(checks)


MEASURES = (
    Measure("MLX calls that exist", lambda checks: checks.calls_exist, True, 1),
    Measure("code that parses", lambda checks: checks.code_parses, True, 1, True),
    Measure("code that runs", lambda checks: checks.code_runs, True, 1, True),
    Measure("four words repeated", lambda checks: checks.repetition, True, -1),
    Measure("words", lambda checks: float(checks.words), False, 0),
)


@dataclass(frozen=True)
class Score:
    """A measure over all questions where both answers have it."""

    measure: Measure
    first: float
    """The mean of the first of the two: the base, or the run before."""
    second: float
    paired: Paired
    """Second minus first."""

    @property
    def verdict(self) -> str:
        """ "better", "worse", "more" or "fewer", or "" where the interval holds zero."""
        if not self.paired.differs:
            return ""
        direction = 1 if self.paired.mean > 0 else -1
        if self.measure.better == 0:
            return "more" if direction > 0 else "fewer"
        return "better" if direction == self.measure.better else "worse"


def column_scores(rows: Sequence[Row], column: str) -> list[Score]:
    """A column against the base of the same question."""
    pairs = []
    for row in rows:
        own = answer_of(row, column)
        if own is not None:
            pairs.append((row["answers"][0], own))
    return _scores(pairs)


def run_scores(before: Sequence[Row], after: Sequence[Row], column: str) -> list[Score]:
    """A column of a later run against its counterpart in an earlier one, by question."""
    earlier = earlier_run(before, after)
    pairs = []
    for old_row, row in zip(earlier.rows, after, strict=True):
        old = answer_of(old_row, earlier.columns.get(column, ""))
        new = answer_of(row, column)
        if old is not None and new is not None:
            pairs.append((old, new))
    return _scores(pairs)


def checks_of(answer: Row) -> Checks | None:
    stored = answer.get("checks")
    return Checks.from_dict(stored) if isinstance(stored, dict) else None


def _scores(pairs: Sequence[tuple[Row, Row]]) -> list[Score]:
    scores = []
    for measure in MEASURES:
        values = [
            (first, second)
            for a, b in pairs
            if (first := measure.value(a)) is not None and (second := measure.value(b)) is not None
        ]
        paired = paired_bootstrap([second - first for first, second in values])
        if paired is not None:
            firsts, seconds = zip(*values, strict=True)
            scores.append(Score(measure, fmean(firsts), fmean(seconds), paired))
    return scores
