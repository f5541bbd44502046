"""Rows without inner brackets: MATLAB rows, CSV, TSV, space-separated lines, printed numbers.

Splits at semicolons and line ends, then at commas, tabs or spaces, and asks where the text can
be read in two ways. This module refuses to know brackets and what numbers are worth.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.errors import MatrixError

from ..values import Gaussian
from .nodes import Branch, Leaf, Node
from .numbers import is_number, read_number
from .text import place, quoted

_ATOM = re.compile(r"[^\s,;]+")
_CHUNK = re.compile(r"[^\s;]+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:\.\d{3})*,\d+", re.ASCII)
_LONE = ("+", "-", "*", "/", "^", "·", "×")


def read_rows(
    text: str, start: int, end: int, *, lines: bool = True, continued: bool = False
) -> Node:
    """text[start:end] as one row (a list of leaves), or as several (a list of lists).

    `lines` tells whether a line end starts a new row; inside a row of a nested list it does not.
    `continued` tells that a comma before the line end says that the row goes on, as in a Python
    list over several lines.
    Raises MatrixError when the separators can be read in two ways.
    """
    pieces = _split_rows(text, start, end, lines, continued)
    several = len(pieces) > 1 or ";" in text[start:end]
    rows = [
        Branch(tuple(_entries(text, first, last, number if several else -1)), _first(text, first))
        for number, (first, last) in enumerate(pieces)
    ]
    if several:
        return Branch(tuple(rows), start)
    return rows[0] if rows else Branch((), start)


def _split_rows(
    text: str, start: int, end: int, lines: bool, continued: bool
) -> list[tuple[int, int]]:
    marks = [
        mark.start()
        for mark in re.compile(r"[;\n]" if lines else r";").finditer(text, start, end)
        if mark.group() == ";" or not (continued and _follows_comma(text, start, mark.start()))
    ]
    edges = [start - 1, *marks, end]
    pieces = []
    for before, after in pairwise(edges):
        if text[before + 1 : after].strip():
            pieces.append((before + 1, after))
        elif after < end and text[after] == ";" and before >= start and text[before] == ";":
            raise MatrixError(
                f"Row {len(pieces) + 1} is empty: two semicolons follow each other"
                f" ({place(text, after)}).",
                "Write the entries of that row, or take one semicolon away.",
            )
    return pieces


def _follows_comma(text: str, start: int, at: int) -> bool:
    return text[max(start, at - 100) : at].rstrip(" \t").endswith(",")


def _first(text: str, start: int) -> int:
    """Where the row's first character stands, blanks skipped."""
    match = re.compile(r"\S").search(text, start)
    return match.start() if match else start


def _entries(text: str, start: int, end: int, row: int) -> list[Leaf]:
    """The entries of one row; `row` is its number from 0, or -1 for a lone vector."""
    raw = text[start:end]
    if "," in raw:
        _refuse_decimal_comma(text, start, end, row)
        return _split_at(",", text, start, end, row)
    if "\t" in raw.strip("\n "):
        return _split_at("\t", text, start, end, row)
    atoms = [Leaf(m.group(), m.start()) for m in _ATOM.finditer(text, start, end)]
    return _glued(atoms, text, row)


def _split_at(mark: str, text: str, start: int, end: int, row: int) -> list[Leaf]:
    edges = [start - 1, *(m.start() for m in re.compile(mark).finditer(text, start, end)), end]
    spans = [(before + 1, after) for before, after in pairwise(edges)]
    if not text[slice(*spans[-1])].strip():
        spans.pop()  # a separator after the last entry
    entries: list[Leaf] = []
    for first, last in spans:
        cell = text[first:last]
        at = first + len(cell) - len(cell.lstrip())
        entries.append(read_cell(cell.strip(), cell, at, text, (row, len(entries))))
    return entries


def read_cell(typed: str, plain: str, at: int, text: str, index: tuple[int, int]) -> Leaf:
    """The one entry of a cell between separators; `1 + 2j` is one entry, `1 2` is not.

    `typed` is what stands at offset `at` of the text, `plain` the same without any markup.
    """
    atoms = plain.split()
    if len(atoms) < 2:
        return Leaf(typed if atoms else "", at, atoms[0] if atoms else "")
    joints = pairwise(atoms)
    joined = all(a[-1] in "+-*/" or b[0] in "+-*/ijIJ" for a, b in joints)
    glued = "".join(atoms)
    if all(is_number(atom) for atom in atoms) and not (joined and is_number(glued)):
        raise MatrixError(
            f"{_named(*index)} is {quoted(typed)}, numbers with only a space between them"
            f" ({place(text, at)}).",
            "Separate all entries in the same way; was a comma forgotten?",
        )
    return Leaf(typed, at, glued)


def _refuse_decimal_comma(text: str, start: int, end: int, row: int) -> None:
    chunks = list(_CHUNK.finditer(text, start, end))
    if len(chunks) < 2:
        return
    commas = [number for number, c in enumerate(chunks) if _DECIMAL_COMMA.fullmatch(c.group())]
    rest = (c.group() for c in chunks if not _DECIMAL_COMMA.fullmatch(c.group()))
    if commas and all(is_number(chunk) for chunk in rest):
        chunk = chunks[commas[0]]
        point = chunk.group().replace(".", "").replace(",", ".")
        raise MatrixError(
            f"{_named(row, commas[0])} is {quoted(chunk.group())}, which has a decimal comma or"
            f" is two entries ({place(text, chunk.start())}).",
            f"Write {point} or {chunk.group().replace(',', ', ')}, and separate all entries in the"
            " same way.",
        )


def _glued(atoms: list[Leaf], text: str, row: int) -> list[Leaf]:
    """Joins what a space cannot part (`1 / 2`); asks where a lone sign leaves two readings."""
    _ask_about_strokes(atoms, text, row)
    entries: list[Leaf] = []
    number = 0
    while number < len(atoms):
        atom = atoms[number]
        if atom.text not in _LONE or number + 1 == len(atoms):
            entries.append(atom)
            number += 1
            continue
        after = atoms[number + 1]
        if atom.text in "+-" and not entries:
            entries.append(Leaf(f"{atom.text} {after.text}", atom.start, atom.text + after.text))
        elif atom.text == "/" and entries:
            before = entries.pop()
            joined = (before.read_as or before.text) + "/" + after.text
            entries.append(Leaf(f"{before.text} / {after.text}", before.start, joined))
        else:
            raise _two_readings(entries, atom, after, text, row)
        number += 2
    return entries


def _ask_about_strokes(atoms: list[Leaf], text: str, row: int) -> None:
    """Whether `1 2 / 3 6` is two rows, or one with a fraction in it."""
    strokes = [number for number, atom in enumerate(atoms) if atom.text == "/"]
    lengths = {b - a - 1 for a, b in pairwise([-1, *strokes, len(atoms)])}
    if strokes and len(lengths) == 1 and lengths.pop() > 1:
        before, after = atoms[strokes[0] - 1], atoms[strokes[0] + 1]
        raise MatrixError(
            f"{_named(row, strokes[0] - 1)}: does `/` end a row, or is"
            f" {quoted(f'{before.text} / {after.text}')} a fraction ({place(text, before.start)})?",
            f"Write ; between rows, or {before.text}/{after.text} without spaces.",
        )


def _two_readings(entries: list[Leaf], sign: Leaf, after: Leaf, text: str, row: int) -> MatrixError:
    before = entries[-1] if entries else Leaf("", sign.start)
    typed = f"{before.text} {sign.text} {after.text}".strip()
    if sign.text not in "+-":
        return MatrixError(
            f"{_named(row, max(len(entries) - 1, 0))} is {quoted(typed)}, which is a calculation"
            f" ({place(text, before.start)}).",
            "Write its result: a number, a fraction or a decimal.",
        )
    joined = f"{before.text}{sign.text}{after.text}"
    one = joined if is_number(joined) else _result(before.text, sign.text, after.text)
    return MatrixError(
        f"{_named(row, max(len(entries) - 1, 0))}: is {quoted(typed)} one entry or two"
        f" ({place(text, before.start)})?",
        f"For two entries write {before.text}, {sign.text.replace('+', '')}{after.text};"
        f" for one write {one}.",
    )


def _result(before: str, sign: str, after: str) -> str:
    """What `before sign after` comes to, for the hint; nothing else is ever calculated."""
    if not (is_number(before) and is_number(after)):
        return "its result"
    first, second = read_number(before), read_number(after)
    if isinstance(first, Gaussian) or isinstance(second, Gaussian):
        return "its result"
    try:
        total = str(first + second if sign == "+" else first - second)
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "its result"
    return quoted(total).strip("`")


def _named(row: int, entry: int) -> str:
    return f"Row {row + 1}, entry {entry + 1}" if row >= 0 else f"Entry {entry + 1}"
