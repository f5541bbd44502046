"""What all answers of each column add up to, also where another column has nothing to hold beside.

A base that never calls MLX cannot be paired with an adapter that does; how many of its calls exist
is worth knowing all the same. It refuses to know how totals are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from assistant.compare.evidence import AnswerReading, TokenReading
from assistant.compare.runs import answer_of, column_names
from assistant.compare.scores import checks_of

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Totals:
    """One column's answers, counted."""

    column: str
    answers: int
    cut_off: int
    words: float
    """Of an answer, in the mean."""
    calls: int
    missing: int
    blocks: int
    """Of code, in answers that were not cut off; so are those that parsed and ran."""
    parsed: int
    ran: int | None
    """None where no code was run."""

    @property
    def cells(self) -> dict[str, str]:
        """What a table says of it, by the heads of its columns."""
        told = {
            "": self.column,
            "answers": str(self.answers),
            "cut off": str(self.cut_off),
            "words": f"{self.words:.1f}",
            "MLX calls that exist": _of(self.calls - self.missing, self.calls),
            "code that parses": _of(self.parsed, self.blocks),
        }
        return told if self.ran is None else {**told, "code that runs": _of(self.ran, self.blocks)}


def totals(rows: Sequence[Row]) -> list[Totals]:
    """Those of every column whose answers were checked."""
    found = []
    for name in column_names(rows):
        answers = [answer for row in rows if (answer := answer_of(row, name)) is not None]
        checks = [one for answer in answers if (one := checks_of(answer)) is not None]
        if not checks:
            continue
        # Code that was cut off with its answer parses for nobody.
        whole = [a for a in answers if a.get("finish_reason") != "length"]
        ended = [one for answer in whole if (one := checks_of(answer)) is not None]
        ran = [one.ran for one in ended if one.ran is not None]
        found.append(
            Totals(
                name,
                len(answers),
                sum(answer.get("finish_reason") == "length" for answer in answers),
                fmean(one.words for one in checks),
                sum(one.calls for one in checks),
                sum(len(one.missing) for one in checks),
                sum(one.blocks for one in ended),
                sum(one.parsed for one in ended),
                sum(ran) if ran else None,
            )
        )
    return found


@dataclass(frozen=True)
class Readings:
    """All answers of the base and of one column, each read by both models."""

    column: str
    base: AnswerReading
    own: AnswerReading

    @property
    def rows(self) -> tuple[tuple[str, float | None, float | None, float | None], ...]:
        """Whose answers; perplexity under the base and the column's model; mean KL of a token."""
        return (
            ("the answers of base", *_numbers(self.base)),
            (f"the answers of {self.column}", *_numbers(self.own)),
        )


def readings(rows: Sequence[Row], column: str) -> Readings | None:
    """The 2 × 2 table of a whole run; None where no answer was read."""
    answers = [answer for row in rows if (answer := answer_of(row, column)) is not None]
    evidence = [answer["evidence"] for answer in answers if answer.get("evidence")]
    if not evidence:
        return None
    base, own = (
        AnswerReading(
            tuple(
                TokenReading(str(t["text"]), t["base"], t["adapted"], t["kl"])
                for one in evidence
                for t in one[whose]["tokens"]
            )
        )
        for whose in ("base_answer", "own_answer")
    )
    return Readings(column, base, own)


def _numbers(reading: AnswerReading) -> tuple[float | None, float | None, float | None]:
    return reading.base_perplexity, reading.adapted_perplexity, reading.mean_kl


def _of(good: int, all_of_them: int) -> str:
    return f"{good} of {all_of_them}" if all_of_them else "none"
