"""What `/rank` has to say, as data and plain sentences; no screen is drawn here.

An Explanation has the answer, the reasons, and sections that a front end may fold. A section is
made of parts, each of which a front end draws in its own way. This module refuses to know how
anything was found and how it will look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Level = Literal["simple", "full"]
Ranks: TypeAlias = int | list["Ranks"]


@dataclass(frozen=True)
class Prose:
    """One paragraph."""

    text: str


@dataclass(frozen=True)
class MatrixState:
    """A matrix as it stands, entries as text; `pivots` are its marked (row, column), from 0."""

    rows: tuple[tuple[str, ...], ...]
    pivots: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Step:
    """One step of a calculation and the matrix after it."""

    text: str
    state: MatrixState | None = None


@dataclass(frozen=True)
class Steps:
    """Numbered steps."""

    items: tuple[Step, ...]


@dataclass(frozen=True)
class Bar:
    """One value of a bar chart; `counts` tells whether it is above the threshold."""

    label: str
    value: float
    counts: bool


@dataclass(frozen=True)
class Bars:
    """Values from the largest down, and the line that a value must pass to count."""

    items: tuple[Bar, ...]
    threshold: float


@dataclass(frozen=True)
class Arrow:
    """A row of the matrix drawn from the origin: 2 or 3 coordinates."""

    label: str
    tip: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """Lines of equal-width text; `arrows` is the same as data, for those who can draw better."""

    lines: tuple[str, ...]
    alt: str
    arrows: tuple[Arrow, ...] = ()


@dataclass(frozen=True)
class Table:
    """Column heads and rows of text."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Code:
    """A program, ready to copy."""

    title: str
    language: str
    text: str


Part: TypeAlias = Prose | MatrixState | Steps | Bars | Picture | Table | Code


@dataclass(frozen=True)
class Section:
    """A part of the explanation that can be folded; "simple" ones are for everyone."""

    title: str
    level: Level
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Explanation:
    """The rank of one array and why.

    `rank` is a number, or for a stack nested lists as NumPy would give them. `pivots` count
    columns from 1, as the relations do. `checks` are the questions of the first lesson with
    their answers. `tolerance` is what a singular value must exceed to count.
    """

    rank: Ranks
    shape: tuple[int, ...]
    max_rank: int
    method: Literal["exact", "numerical"]
    headline: str
    reasons: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    determinant: str | None = None
    nullity: int | None = None
    pivots: tuple[int, ...] = ()
    row_relations: tuple[str, ...] = ()
    column_relations: tuple[str, ...] = ()
    singular_values: tuple[float, ...] | None = None
    tolerance: float | None = None
    exact_rank: int | None = None
    numerical_rank: int | None = None
    slices: tuple[Explanation, ...] | None = None
    index: tuple[int, ...] = field(default=())

    @property
    def full_rank(self) -> bool:
        """Whether the rank is the largest that the shape allows, for every matrix of a stack."""
        if self.slices is not None:
            return all(part.full_rank for part in self.slices)
        return self.rank == self.max_rank

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of `assistant rank --json`."""
        return {
            "rank": self.rank,
            "shape": list(self.shape),
            "max_rank": self.max_rank,
            "method": self.method,
            "full_rank": self.full_rank,
            "nullity": self.nullity,
            "determinant": self.determinant,
            "pivots": list(self.pivots),
            "row_relations": list(self.row_relations),
            "column_relations": list(self.column_relations),
            "singular_values": _listed(self.singular_values),
            "tolerance": self.tolerance,
            "slices": None if self.slices is None else [part.to_dict() for part in self.slices],
            "exact_rank": self.exact_rank,
            "numerical_rank": self.numerical_rank,
            "headline": self.headline,
            "reasons": list(self.reasons),
        }


def _listed(values: tuple[float, ...] | None) -> list[float] | None:
    return None if values is None else list(values)
