"""The text of one entry → an exact number, or the clause that says why it is none.

Integers of any size, fractions, decimals and scientific notation, read exactly; complex numbers
with i or j. This module refuses to know where the entry stands, and never evaluates anything.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from ..values import Gaussian, Number, simplest

MAX_DIGITS = 10_000  # of one number written out in full; 1e10001 would be longer
_CHUNK = 4_000  # Python refuses to convert longer runs of digits in one go

_REAL = r"(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:(?:[eE]|\*\^)[+-]?\d+)?"
_RATIO = rf"{_REAL}(?:/[+-]?{_REAL})?"
_UNIT = rf"(?:{_RATIO}\*?)?[ijIJ](?:/{_REAL})?"
_PLAIN_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}", re.ASCII)
_NUMBER = re.compile(
    rf"(?P<real>[+-]?{_RATIO})"
    rf"|(?P<first>[+-]?{_RATIO})(?P<second>[+-]{_UNIT})"
    rf"|(?P<unit>[+-]?{_UNIT})(?P<after>[+-]{_RATIO})?",
    re.ASCII,
)
_PIECES = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[\d_]*)\.?(?P<part>[\d_]*)(?:(?:[eE]|\*\^)(?P<power>[+-]?\d+))?",
    re.ASCII,
)
_MIXED = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d*)(?P<vulgar>\D)", re.ASCII)
_NAMED = {"true": 1, "false": 0}
_NOT_FINITE = {
    "nan": "which stands for “not a number”",
    "none": "which says that a value is missing",
    "null": "which says that a value is missing",
    "na": "which says that a value is missing",
}
_INFINITE = {"inf", "infinity", "∞", "oo"}
_ARITHMETIC = re.compile(r"[\w.)\]][-+*/^×·]+[\w.(\[√-]|\*\*|²|³|√")


class NotANumberError(ValueError):
    """`clause` completes the sentence "Row 1, entry 2 is `x`, …"; `hint` says what to do."""

    def __init__(self, clause: str, hint: str) -> None:
        super().__init__(clause)
        self.clause = clause
        self.hint = hint


def read_number(text: str) -> Number:
    """The number that `text` writes, exactly. Raises NotANumberError."""
    if _PLAIN_INTEGER.fullmatch(text):
        return int(text)
    if len(text) > MAX_DIGITS + 10:
        raise _too_long()
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _unusual(text)
    if match["real"]:
        return simplest(_ratio(match["real"]))
    if match["first"]:
        return simplest(Gaussian(_ratio(match["first"]), _imaginary(match["second"])))
    after = _ratio(match["after"]) if match["after"] else Fraction(0)
    return simplest(Gaussian(after, _imaginary(match["unit"])))


def is_number(text: str) -> bool:
    """Whether read_number would accept the text."""
    try:
        read_number(text)
    except NotANumberError:
        return False
    return True


def _imaginary(text: str) -> Fraction:
    """The factor of i in texts like `+3i`, `-j`, `1/2*I`, `I/2`."""
    before, after = re.split(r"[ijIJ]", text, maxsplit=1)
    before = before.rstrip("*")
    factor = _ratio(before + "1" if before in ("", "+", "-") else before)
    return factor / _nonzero(_real(after[1:])) if after else factor


def _ratio(text: str) -> Fraction:
    top, slash, bottom = text.partition("/")
    return _real(top) / _nonzero(_real(bottom)) if slash else _real(top)


def _nonzero(number: Fraction) -> Fraction:
    if not number:
        raise NotANumberError(
            "and nothing can be divided by zero", "Write the value that you mean instead."
        )
    return number


def _real(text: str) -> Fraction:
    match = _PIECES.fullmatch(text)
    assert match is not None, text  # _NUMBER has matched the same pieces
    part = match["part"].replace("_", "")
    digits = match["whole"].replace("_", "") + part
    power = _small(match["power"] or "0") - len(part)
    if len(digits) + abs(power) > MAX_DIGITS:
        raise _too_long()
    mantissa = _integer(digits) * (-1 if match["sign"] == "-" else 1)
    return Fraction(mantissa * 10**power) if power >= 0 else Fraction(mantissa, 10**-power)


def _small(power: str) -> int:
    if len(power) > 8:
        raise _too_long()
    return int(power)


def _integer(digits: str) -> int:
    if len(digits) <= _CHUNK:
        return int(digits or "0")
    half = len(digits) // 2
    shift: int = 10 ** (len(digits) - half)
    return _integer(digits[:half]) * shift + _integer(digits[half:])


def _too_long() -> NotANumberError:
    return NotANumberError(
        f"which needs more than {MAX_DIGITS:,} digits",
        "Multiply or divide the whole row by a power of ten: its rank stays the same.",
    )


def _unusual(text: str) -> Number:
    """True and False, ½ and 1½; for everything else the reason why it is no number."""
    low = text.lower().lstrip("+-")
    if low in _NAMED:
        return _NAMED[low]
    mixed = _MIXED.fullmatch(text)
    if mixed and "⁄" in (spelled := unicodedata.normalize("NFKC", mixed["vulgar"])):
        top, _, bottom = spelled.partition("⁄")
        if top.isdecimal() and bottom.isdecimal() and int(bottom):
            size = int(mixed["whole"] or 0) + Fraction(int(top), int(bottom))
            return -size if mixed["sign"] == "-" else size
    raise _refusal(text, low)


def _refusal(text: str, low: str) -> NotANumberError:
    if low in _NOT_FINITE:
        return NotANumberError(_NOT_FINITE[low], "Give a number, or leave the whole row out.")
    if low in _INFINITE:
        return NotANumberError(
            "and infinity is no number that a row can be multiplied by", "Give a finite number."
        )
    if low in ("...", "…", "⋯", "⋮", "⋱"):
        return NotANumberError(
            "so part of the matrix is missing",
            "Print the whole matrix, in NumPy with np.set_printoptions(threshold=np.inf).",
        )
    if re.fullmatch(r"[+-]?\d+(\.\d+)?,\d+", low):
        return NotANumberError("which has a decimal comma", "Write it with a point, as in 1.5.")
    if low.endswith("%"):
        return NotANumberError("a percentage", "Write it as a number, such as 0.5 or 1/2.")
    if _ARITHMETIC.search(text):
        return NotANumberError(
            "which is a calculation", "Write its result: a number, a fraction or a decimal."
        )
    if any(char.isalpha() for char in low):
        return NotANumberError(
            "which is not a number",
            "Letters have no value here; write numbers such as -3, 1/2, 0.25, 1e-3 or 2+1i.",
        )
    return NotANumberError(
        "which is not a number", "Write entries such as -3, 1/2, 0.25, 1e-3 or 2+1i."
    )
