"""Numbers, relations and counts as a reader sees them.

Minus is U+2212, fractions are 1/2, the imaginary unit is i. This module refuses to know why a
number is being shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .values import Gaussian, Number, Relation

# After twelve, digits read better.
_COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_COUNTS += ["eleven", "twelve"]
_LONGEST = 24  # digits of a whole number shown in a sentence
_PYTHON_CAN_WRITE = 10**4000  # Python refuses to convert much longer numbers to text


def amount(number: int) -> str:
    """ "no", "one", "twelve", "13"."""
    return _COUNTS[number] if number < len(_COUNTS) else f"{number:,}"


def count(number: int, word: str) -> str:
    """ "one row", "two rows", "40 rows"."""
    return f"{amount(number)} {word if number == 1 else word + 's'}"


def digits(number: int) -> str:
    """A whole number in full, however long."""
    if abs(number) < _PYTHON_CAN_WRITE:
        return str(number)
    from flint import fmpz

    return str(fmpz(number))


def plain(number: Number) -> str:
    """The number for machines: "-2", "1/2", "1-2i"."""
    if isinstance(number, Gaussian):
        im = plain(number.im)
        unit = {"1": "i", "-1": "-i"}.get(im, f"({im})i" if "/" in im else f"{im}i")
        if not number.re:
            return unit
        return plain(number.re) + (unit if unit.startswith("-") else f"+{unit}")
    if isinstance(number, Fraction) and number.denominator != 1:
        return f"{digits(number.numerator)}/{digits(number.denominator)}"
    return digits(int(number))


@dataclass(frozen=True)
class Writer:
    """Writes numbers for people; `decimal` shows 1/5 as 0.2, for those who typed it so."""

    decimal: bool = False
    short: bool = True

    def number(self, number: Number) -> str:
        """ "−3", "1/2", "1 + 2i"; a long whole number loses its middle if `short`."""
        if isinstance(number, Gaussian):
            return self._complex(number)
        sign = "−" if number < 0 else ""
        if isinstance(number, int) or number.denominator == 1:
            return sign + self._whole(abs(int(number)))
        size = abs(number)
        if self.decimal and (text := _decimal(size)):
            return sign + text
        return f"{sign}{self._whole(size.numerator)}/{self._whole(size.denominator)}"

    def _complex(self, number: Gaussian) -> str:
        im = self.number(number.im)
        size = im.removeprefix("−")
        unit = "i" if size == "1" else f"({size})i" if "/" in size else f"{size}i"
        if not number.re:
            return ("−" if im.startswith("−") else "") + unit
        return f"{self.number(number.re)} {'−' if im.startswith('−') else '+'} {unit}"

    def _whole(self, number: int) -> str:
        text = digits(number)
        if self.short and len(text) > _LONGEST:
            return f"{text[:8]}…{text[-4:]} ({len(text):,} digits)"
        return text

    def in_product(self, number: Number) -> str:
        """The number as a factor: in brackets where a sign or a bar would mislead."""
        text = self.number(number)
        return f"({text})" if any(sign in text for sign in "−+/ ") else text

    def sum(self, terms: Sequence[tuple[str, Number]]) -> str:
        """ "2 × row 2 − row 1": a sum of multiples, what is added before what is taken away."""
        added = [term for term in terms if not _negative(term[1])]
        taken = [(name, _negated(factor)) for name, factor in terms if _negative(factor)]
        # The later row first: "2 × row 2 − row 1" reads better than two signs side by side.
        text = " + ".join(self._multiple(*term) for term in added)
        for term in taken:
            text += (" − " if text else "−") + self._multiple(*term)
        return text or "0"

    def _multiple(self, name: str, factor: Number) -> str:
        if factor == 1:
            return name
        text = self.number(factor)
        return f"({text}) × {name}" if " " in text else f"{text} × {name}"

    def relation(self, relation: Relation, line: str) -> str:
        """ "row 2 = 3 × row 1", "row 2 is all zeros"; `line` is "row" or "column"."""
        name = f"{line} {relation.target + 1}"
        if not relation.terms:
            return f"{name} is all zeros"
        terms = [(f"{line} {index + 1}", factor) for index, factor in relation.terms]
        return f"{name} = {self.sum(terms)}"


def _negative(number: Number) -> bool:
    if isinstance(number, Gaussian):
        return number.re < 0 or (not number.re and number.im < 0)
    return number < 0


def _negated(number: Number) -> Number:
    return -number


def _decimal(size: Fraction) -> str:
    """A positive fraction with a point, "" where that would not end or be long."""
    for places in range(1, 13):
        scaled = size * 10**places
        if scaled.denominator == 1:
            whole, part = divmod(scaled.numerator, 10**places)
            return f"{whole}.{part:0{places}}" if whole < 10**12 else ""
    return ""


def measured(value: float) -> str:
    """A float in at most five digits: "7.0711", "1.3e−16"."""
    if value == 0:
        return "0"
    text = f"{value:.5g}" if 1e-4 <= abs(value) < 1e6 else f"{value:.2g}"
    return (
        text.replace("e-0", "e−")
        .replace("e-", "e−")
        .replace("e+0", "e")
        .replace("e+", "e")
        .replace("-", "−")
    )
