"""Matrices in brackets: nested lists, tuples, braces, MATLAB brackets, array(...) calls.

Finds where brackets open and close and hands what lies in the innermost ones to the reader of
rows. This module refuses to know what stands around the matrix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.errors import MatrixError

from .nodes import MAX_AXES, Branch, Leaf, Node
from .numbers import is_number
from .rows import read_rows
from .text import place, quoted

_PAIRS = {"[": "]", "(": ")", "{": "}"}
_BRACKET = re.compile(r"[\[\](){}]")
_NAME = re.compile(r"[A-Za-z_][\w.]*\Z")
_KEYWORD = re.compile(r"[A-Za-z_]\w*\s*=")
ARRAY_CALLS = frozenset(
    {"array", "asarray", "asanyarray", "ndarray", "matrix", "mat", "list", "tuple", "print"}
    | {"tensor", "as_tensor", "Tensor", "FloatTensor", "rank", "matrix_rank"}
    | {"Matrix", "ImmutableMatrix", "MutableDenseMatrix", "ImmutableDenseMatrix", "Array"}
)


@dataclass
class Group:
    """A pair of brackets: where it opens, where it closes, and the groups directly inside."""

    start: int
    end: int = -1
    inside: list[Group] = field(default_factory=list)


def find_groups(text: str) -> list[Group]:
    """The outermost bracket pairs of the text.

    Raises MatrixError when a bracket is never closed, never opened or closed by another kind.
    """
    outermost: list[Group] = []
    open_groups: list[Group] = []
    for match in _BRACKET.finditer(text):
        bracket, at = match.group(), match.start()
        if bracket in _PAIRS:
            group = Group(at)
            (open_groups[-1].inside if open_groups else outermost).append(group)
            open_groups.append(group)
            if len(open_groups) > MAX_AXES:
                raise MatrixError(
                    f"More than {MAX_AXES} brackets are open at once ({place(text, at)}).",
                    "A matrix needs two, as in [[1, 2], [3, 6]].",
                )
        elif not open_groups:
            if bracket == ")" and not re.search(r"[\d\])}]\s*\Z", text[max(0, at - 50) : at]):
                continue  # a smiley in a sentence
            raise MatrixError(
                f"The bracket `{bracket}` closes, but none was opened ({place(text, at)}).",
                "Take it away, or add the opening bracket.",
            )
        else:
            group = open_groups.pop()
            if _PAIRS[text[group.start]] != bracket:
                raise MatrixError(
                    f"The bracket `{text[group.start]}` ({place(text, group.start)}) is closed by"
                    f" `{bracket}` ({place(text, at)}).",
                    f"Close it with `{_PAIRS[text[group.start]]}`.",
                )
            group.end = at
    if open_groups:
        bracket = text[open_groups[-1].start]
        raise MatrixError(
            f"The bracket `{bracket}` is never closed ({place(text, open_groups[-1].start)}).",
            f"Add `{_PAIRS[bracket]}` where it should end.",
        )
    return outermost


def call_name(text: str, group: Group) -> str:
    """The name directly before a round bracket, "" when there is none."""
    if text[group.start] != "(":
        return ""
    match = _NAME.search(text, max(0, group.start - 80), group.start)
    return match.group() if match else ""


def read_group(text: str, group: Group, depth: int = 0) -> Node:
    """The nested lists in one pair of brackets. Raises MatrixError."""
    name = call_name(text, group)
    if name and name.rpartition(".")[2] not in ARRAY_CALLS:
        raise MatrixError(
            f"{quoted(name + '(…)')} is a calculation, and I only read numbers"
            f" ({place(text, group.start - len(name))}).",
            "Type its result, the matrix itself.",
        )
    start, end = group.start + 1, group.end
    if name and group.inside:
        return _argument(text, group, depth)
    if not group.inside:
        if name and (keyword := _KEYWORD.search(text, start, end)):
            end = keyword.start()
        if text[group.start] == "{" and _is_one_product(text[start:end]):
            return Branch((Leaf(text[start:end].strip(), start, _joined(text[start:end])),), start)
        node = read_rows(text, start, end, lines=depth == 0, continued=True)
        if name and isinstance(node, Branch) and len(node.items) == 1:
            return node.items[0]  # np.array(5) is a scalar
        return Branch(node.items, group.start) if isinstance(node, Branch) else node
    if len(group.inside) == 1 and text[group.start] == "(" and _is_blank(text, group):
        return read_group(text, group.inside[0], depth)  # round brackets that only enclose
    items = []
    for number, child in enumerate(group.inside):
        before = group.inside[number - 1].end + 1 if number else start
        _check_gap(text, before, child.start - len(call_name(text, child)), number, bool(number))
        items.append(read_group(text, child, depth + 1))
    _check_gap(text, group.inside[-1].end + 1, end, len(items), False)
    return Branch(tuple(items), group.start)


def _is_one_product(inner: str) -> bool:
    """Whether Mathematica's braces hold one complex number, such as `{1 + 2 I}`."""
    return inner.rstrip().endswith(" I") and is_number(_joined(inner))


def _joined(inner: str) -> str:
    return "".join(inner.split())


def _is_blank(text: str, group: Group) -> bool:
    """Whether nothing stands in the brackets beside the one group inside."""
    child = group.inside[0]
    before = text[group.start + 1 : child.start - len(call_name(text, child))]
    return not before.strip() and not text[child.end + 1 : group.end].strip()


def _argument(text: str, group: Group, depth: int) -> Node:
    """The array in a call such as `np.array([[1, 2]], dtype=float)`."""
    child = group.inside[0]
    before = text[group.start + 1 : child.start - len(call_name(text, child))]
    node = read_group(text, child, depth)
    sizes = [int(size) for size in re.findall(r"\d+", before)] if before.strip() else []
    if len(sizes) == 2 and re.fullmatch(r"\s*\d{1,6}\s*,\s*\d{1,6}\s*,\s*", before):
        return _reshaped(node, sizes[0], sizes[1], text)  # SymPy's Matrix(2, 2, [1, 2, 3, 6])
    if before.strip():
        raise _stray(text, group.start + 1, before, 0)
    after = text[child.end + 1 : group.end].strip()
    if after and not after.startswith(",") and len(group.inside) == 1:
        raise _stray(text, child.end + 1, text[child.end + 1 : group.end], 1)
    return node


def _reshaped(node: Node, height: int, width: int, text: str) -> Node:
    items = node.items if isinstance(node, Branch) else (node,)
    if len(items) != height * width:
        raise MatrixError(
            f"{height} × {width} needs {height * width:,} entries, and the list has"
            f" {len(items):,} ({place(text, node.start)}).",
            "Write the rows in brackets of their own, as in [[1, 2], [3, 6]].",
        )
    rows = (items[row * width : (row + 1) * width] for row in range(height))
    return Branch(tuple(Branch(row, node.start) for row in rows), node.start)


def _check_gap(text: str, start: int, end: int, number: int, between: bool) -> None:
    """Refuses anything but one separator between two lists."""
    gap = text[start:end]
    rest = re.sub(r"[\s,;]+", " ", gap).strip()
    if rest:
        raise _stray(text, start, gap, number)
    if len(re.findall(r"[,;]", gap)) > 1:
        raise MatrixError(
            f"Row {number + 1} is empty: two separators follow each other ({place(text, start)}).",
            "Write the entries of that row, or take one separator away.",
        )
    if not between and end > start and number == 0 and gap.strip():
        raise MatrixError(
            f"A separator stands before the first row ({place(text, start)}).",
            "Take it away, or write the missing row.",
        )


def _stray(text: str, start: int, gap: str, number: int) -> MatrixError:
    at = start + len(gap) - len(gap.lstrip(" \t\n,;"))
    word = gap.strip(" \t\n,;")
    first = re.split(r"[\s,;]", word, maxsplit=1)[0]
    what = "a number" if is_number(first) else "something that is not a number"
    near = f"after row {number}" if number else "before row 1"
    return MatrixError(
        f"{quoted(first)} is {what} among lists, {near} ({place(text, at)}).",
        "Put every row in brackets of its own, as in [[1, 2], [3, 6]].",
    )
