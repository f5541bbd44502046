"""Nested lists of entry texts → a Grid; every reader ends here, so all refuse alike.

Says which row is ragged and which entry is no number, and where it stands. This module refuses
to know which brackets or separators were typed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from assistant.errors import MatrixError

from ..values import Grid, Number
from .numbers import NotANumberError, read_number
from .text import counted, place, quoted

MAX_ENTRIES = 1_000_000
MAX_AXES = 32


class Leaf(NamedTuple):
    """One entry: its text as typed, where it starts, and how to read it if that differs."""

    text: str
    start: int
    read_as: str = ""


class Branch(NamedTuple):
    """A list of entries or of lists."""

    items: tuple[Node, ...]
    start: int


Node: TypeAlias = Leaf | Branch


def build(node: Node, text: str, note: str = "") -> Grid:
    """The array that the nested lists hold. Raises MatrixError naming row, entry and place."""
    shape = _shape(node, text)
    entries = tuple(_numbers(node, text, shape))
    fractions = [entry for entry in entries if isinstance(entry, Fraction)]
    return Grid(shape, entries, note, bool(fractions) and "/" not in text)


def _shape(node: Node, text: str) -> tuple[int, ...]:
    """The common length of the lists on each level. Raises MatrixError for the first odd one."""
    if isinstance(node, Leaf):
        return ()
    shape: list[int] = []
    level: list[tuple[tuple[int, ...], Branch]] = [((), node)]
    size = 1
    while True:
        lengths = [len(item.items) for _, item in level]
        common = Counter(lengths).most_common(1)[0][0] if lengths else 0
        for (index, item), length in zip(level, lengths, strict=True):
            if length != common:
                _refuse_first_odd_entry(level, text)
                raise _ragged(index, item, common, level[lengths.index(common)][0], text)
        shape.append(common)
        size *= common
        if size > MAX_ENTRIES:
            raise MatrixError(
                f"This has more than {MAX_ENTRIES:,} entries, the most I read from text.",
                "Save the matrix with numpy.save and give the name of the .npy file.",
            )
        deeper = [isinstance(child, Branch) for _, item in level for child in item.items]
        if not any(deeper):
            return tuple(shape)
        children = [
            ((*index, number), child)
            for index, item in level
            for number, child in enumerate(item.items)
        ]
        level = [(index, child) for index, child in children if isinstance(child, Branch)]
        if len(level) < len(children):
            raise _uneven_depth(children, text)


def _refuse_first_odd_entry(level: list[tuple[tuple[int, ...], Branch]], text: str) -> None:
    """Where rows differ in length, an entry that is no number is likely to be the reason."""
    for index, item in level:
        for number, leaf in enumerate(item.items):
            if isinstance(leaf, Leaf):
                try:
                    read_number(leaf.read_as or leaf.text)
                except NotANumberError as problem:
                    raise _not_a_number((*index, number), leaf, problem, text) from None


def _ragged(
    index: tuple[int, ...], item: Branch, common: int, usual: tuple[int, ...], text: str
) -> MatrixError:
    word = "row" if any(isinstance(child, Branch) for child in item.items) else "entry"
    where = place(text, item.start)
    return MatrixError(
        f"{named(index).capitalize()} has {counted(len(item.items), word)}, but"
        f" {named(usual)} has {common:,} ({where}).",
        "Every row needs the same number of entries; write 0 where there is nothing.",
    )


def _uneven_depth(level: list[tuple[tuple[int, ...], Node]], text: str) -> MatrixError:
    kinds = [isinstance(item, Branch) for _, item in level]
    odd = kinds.index(sum(kinds) * 2 <= len(kinds))
    index, item = level[odd]
    start = item.start
    what = "is a list" if isinstance(item, Branch) else f"is the number {quoted(item.text)}"
    others = "numbers" if isinstance(item, Branch) else "lists"
    return MatrixError(
        f"{named(index, leaf=isinstance(item, Leaf) and len(index) > 1).capitalize()} {what}, but"
        f" its neighbours are {others} ({place(text, start)}).",
        "Put every row in brackets of its own, as in [[1, 2], [3, 6]].",
    )


def _numbers(node: Node, text: str, shape: tuple[int, ...]) -> Iterator[Number]:
    seen: dict[str, Number] = {}  # large matrices repeat small numbers
    for position, leaf in enumerate(_leaves(node)):
        typed = leaf.read_as or leaf.text
        if typed not in seen:
            try:
                seen[typed] = read_number(typed)
            except NotANumberError as problem:
                raise _not_a_number(_index(position, shape), leaf, problem, text) from None
        yield seen[typed]


def _leaves(node: Node) -> Iterator[Leaf]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Leaf):
            yield item
        else:
            stack.extend(reversed(item.items))


def _index(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The place of an entry in an array, from its place in row-major order."""
    index: list[int] = []
    for length in reversed(shape):
        position, place_here = divmod(position, length)
        index.insert(0, place_here)
    return tuple(index)


def _not_a_number(
    index: tuple[int, ...], leaf: Leaf, problem: NotANumberError, text: str
) -> MatrixError:
    where = place(text, leaf.start)
    if not leaf.text:
        return MatrixError(
            f"{named(index, leaf=True).capitalize()} is empty ({where}).",
            "Write 0 if you mean zero, or take the extra separator away.",
        )
    subject = named(index, leaf=True).capitalize()
    return MatrixError(
        f"{subject} is {quoted(leaf.text)}, {problem.clause} ({where}).", problem.hint
    )


def named(index: tuple[int, ...], *, leaf: bool = False) -> str:
    """An index in words, counted from 1: "row 2, entry 1", "slice 1, row 2", "entry 3"."""
    numbers = [str(number + 1) for number in index]
    if not numbers:
        return "the entry" if leaf else "the list"
    if leaf:
        last = f"entry {numbers.pop()}"
        if not numbers:
            return last
        row = f"row {numbers.pop()}, {last}"
    else:
        row = f"row {numbers.pop()}"
    return f"slice {', '.join(numbers)}, {row}" if numbers else row
