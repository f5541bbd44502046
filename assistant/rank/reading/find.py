"""What a person typed or pasted → the one matrix in it.

Tries the notations from the most to the least marked: a fenced block, LaTeX, brackets, a table,
bare rows; words around the matrix are skipped, arithmetic around it and a second matrix are
asked about. This module refuses to know how one notation is read.
"""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.errors import MatrixError

from ..values import Grid
from .brackets import ARRAY_CALLS, Group, call_name, find_groups, read_group
from .latex import has_latex, read_latex
from .nodes import Branch, Node, build
from .numbers import is_number
from .rows import read_rows
from .tables import is_table, read_table
from .text import normalise, place, quoted

_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_NUMBER_CALL = re.compile(
    r"\b(?:[A-Za-z_]\w*\.)*(Fraction|Rational|Decimal|Integer|Float|mpf|mpc|int|float|complex"
    r"|bool_?|float(?:16|32|64|128)|u?int(?:8|16|32|64)|complex(?:64|128)|bfloat16)"
    r"\(\s*['\"]?([^\s()\[\],'\"]+)['\"]?\s*(?:,\s*([^\s()\[\],]+)\s*)?\)"
)
_BRACKETED_NUMBER = re.compile(r"\(\s*([-+]?[\w.]+(?:\s*[-+]\s*[\w.]*[ijIJ]|/[\w.]+)?)\s*\)")
_QUOTED_COMMA = re.compile(r"[\"'](\s*[-+]?\d+,\d+\s*)[\"']")
_QUOTES = re.compile(r"[`$\"]|(?<![\])}\w.])'|'(?=\s*[,;\])}])(?<![\])}]')")
_LEAD = re.compile(
    r"(?P<words>[^\d\n;,]*?(?:[:=]|\b(?:rank|matrix|of|is)\b(?!\s*[a-z:=]))\s*)", re.I
)
_EMPTY_SHAPE = re.compile(r"shape\s*=\s*\((\d{1,7}(?:\s*,\s*\d{1,7}){0,30}),?\s*\)")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# Words that end a sentence; not those that stand for a value, which are refused as entries.
_TAIL = re.compile(
    r"(?<=\d)(?:[\s,.]+(?!(?:nan|inf|infinity|none|null|na|true|false)\b)[A-Za-z]{2,})+[\s.,]*\Z",
    re.I,
)
_HEADING = re.compile(r"\s*([A-Za-z_]\w*(?:\s*[,\t]\s*[A-Za-z_]\w*)+)[ ,]*\n(?=\s*[-+.\d])")
_EXAMPLE = "Type rows between brackets, as in [[1, 2], [3, 6]], or as lines: 1 2; 3 6."


def read(text: str) -> Grid:
    """The array of exact numbers that the text writes; nothing in it is evaluated.

    Raises MatrixError: one sentence that names the row, the entry and the place.
    """
    text = normalise(text)
    text = _inside_fence(text)
    if match := _QUOTED_COMMA.search(text):
        raise MatrixError(
            f"{quoted(match[1])} has a decimal comma ({place(text, match.start(1))}).",
            f"Write {match[1].strip().replace(',', '.')} instead.",
        )
    if has_latex(text):
        return build(read_latex(text), text)
    text = _QUOTES.sub(" ", text)
    text = _BRACKETED_NUMBER.sub(_unbracketed, _NUMBER_CALL.sub(_called, text))
    groups = _candidates(text)
    if groups:
        node = _chosen(text, groups)
        shape = _EMPTY_SHAPE.search(text)
        if shape and isinstance(node, Branch) and not node.items:
            return _empty(shape.group(1), text)
        return build(node, text)
    if is_table(text):
        node, note = read_table(text)
        return build(node, text, note)
    text, note = _without_heading(text)
    return build(_bare(text), text, note)


def _without_heading(text: str) -> tuple[str, str]:
    """CSV with its names of columns blanked out, and a note that says so."""
    heading = _HEADING.match(text)
    following = text[heading.end() :].partition("\n")[0] if heading else ""
    if heading is None or len(re.split(r"[,\t]", heading[1])) != len(re.split(r"[,\t]", following)):
        return text, ""
    note = f"Left out the heading {quoted(heading[1], 60)}."
    return _blank(text[: heading.end()]) + text[heading.end() :], note


def _inside_fence(text: str) -> str:
    """The text with everything outside its first fenced block turned into blanks."""
    fences = list(_FENCE.finditer(text))
    if not fences:
        return text
    start = fences[0].end()
    end = fences[1].start() if len(fences) > 1 else len(text)
    if len(fences) > 3:
        raise MatrixError(
            f"This text holds {len(fences) // 2} code blocks, the second one at"
            f" {place(text, fences[2].start())}; which do you mean?",
            "Give one matrix at a time.",
        )
    return _blank(text[:start]) + text[start:end] + _blank(text[end:])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _called(match: re.Match[str]) -> str:
    """`Fraction(1, 2)` → `1/2`, `np.float64(1.5)` → `1.5`, padded to the same length."""
    name, first, second = match.group(1, 2, 3)
    value = first
    if second is not None and name in ("Fraction", "Rational"):
        value = f"{first}/{second}"
    elif second is not None:
        if name not in ("complex", "mpc"):
            return match.group()
        value = f"{first}{'' if second[0] in '+-' else '+'}{second}j"
    return value.ljust(len(match.group()))


def _unbracketed(match: re.Match[str]) -> str:
    """`(1+2j)` → ` 1+2j `, unless something beside the brackets makes it a product or a call."""
    before = match.string[max(0, match.start() - 20) : match.start()].rstrip()[-1:]
    touching = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 20].lstrip()[:1]
    inside = "".join(match[1].split())
    multiplied = before in tuple("*/^+-") or after in tuple("*/^(") or touching.isalnum()
    if multiplied or touching in tuple("_)]}.") or not is_number(inside):
        return match.group()
    return f" {inside} ".ljust(len(match.group()))


def _holds_numbers(text: str, group: Group) -> bool:
    """Whether a bracket pair can be a matrix rather than a remark, such as `(my favourite)`."""
    inner = text[group.start + 1 : group.end]
    if text[group.start] != "(" or group.inside:
        return True
    if call_name(text, group).rpartition(".")[2] in ARRAY_CALLS:
        return True
    chunks = re.split(r"[\s,;]+", inner.strip())
    return len(chunks) > 1 and any(is_number(chunk) for chunk in chunks)


def _candidates(text: str) -> list[Group]:
    """The outermost brackets that can be a matrix; a remark in round ones gives way to others."""
    groups = [group for group in find_groups(text) if _holds_numbers(text, group)]
    marked = [group for group in groups if not _is_remark(text, group)]
    return marked or groups


def _is_remark(text: str, group: Group) -> bool:
    if text[group.start] != "(":
        return False
    if not any(char.isdigit() for char in text[group.start : group.end]):
        return True  # such as print(np.linalg.matrix_rank(a)) after the matrix
    if group.inside or call_name(text, group):
        return False
    chunks = re.split(r"[\s,;]+", text[group.start + 1 : group.end].strip(" ,;\n\t"))
    return not all(is_number(chunk) for chunk in chunks)


def _chosen(text: str, groups: list[Group]) -> Node:
    """The matrix among the bracket pairs of a text; several vectors are rows of one matrix."""
    if len(groups) == 1:
        _refuse_arithmetic(text, groups[0])
        return read_group(text, groups[0])
    gaps = [text[a.end + 1 : b.start] for a, b in pairwise(groups)]
    flat = all(not group.inside and not call_name(text, group) for group in groups)
    if flat and all(not gap.strip(" \t\n,;") for gap in gaps):
        items = [read_group(text, group, 1) for group in groups]
        rows = tuple(item for item in items if isinstance(item, Branch) and item.items)
        return Branch(rows, groups[0].start)
    for group, gap in zip(groups, gaps, strict=False):
        if re.fullmatch(r"\s*([-+*/@]|\*\*|×)\s*[\w.]*", gap):
            _refuse_arithmetic(text, group)
    second = groups[1]
    raise MatrixError(
        f"This text holds {len(groups)} bracketed lists, the second one at"
        f" {place(text, second.start)}; which do you mean?",
        "Give one matrix at a time.",
    )


def _refuse_arithmetic(text: str, group: Group) -> None:
    """Asks for the result where a factor, an exponent or a method stands at the brackets."""
    first = group.start - len(call_name(text, group))
    before, after = text[max(0, first - 40) : first], text[group.end + 1 : group.end + 41]
    behind = re.match(r"\s*([-*/@^×+]+\s*[\w(\[.]+|'|\.\w+|\^\w*|\[)", after)
    front = re.search(r"(?:[\w.)\]]\s*[-*/@×+]+|(?<![\w>])-)\s*\Z", before)
    found = behind or front
    if found:
        at = group.end + 1 + found.start() if behind else max(0, first - 40) + found.start()
        sign = found.group().strip().split("[")[0].strip() or found.group().strip()
        raise MatrixError(
            f"{quoted(sign)} beside the matrix is a calculation, and I only read"
            f" numbers ({place(text, at)}).",
            "Type its result, the matrix itself.",
        )


def _empty(sizes: str, text: str) -> Grid:
    """The empty array that NumPy prints as `array([], shape=(0, 3), dtype=float64)`."""
    shape = tuple(int(size) for size in sizes.split(","))
    if all(shape):
        raise MatrixError(
            f"The list is empty, but its shape ({sizes}) asks for entries.", "Type the entries."
        )
    return Grid(shape, ())


def _bare(text: str) -> Node:
    """Rows without brackets, after words such as "the rank of" and before a question mark."""
    if not text.strip():
        raise MatrixError("There is no matrix here: the text is empty.", _EXAMPLE)
    end = len(text.rstrip(" \t\n?!"))
    lead = _LEAD.match(text)
    start = lead.end() if lead and not is_number(lead["words"].strip(" :=")) else 0
    if start and (tail := _TAIL.search(text, start, end)):
        end = tail.start()
    if not any(char.isdigit() for char in text) and not _short(text):
        raise MatrixError(f"I see no numbers in {quoted(text)}.", _EXAMPLE)
    _ask_about_semicolons(text, start, end)
    node = read_rows(text, start, end)
    if isinstance(node, Branch) and not node.items:
        raise MatrixError("There is no matrix here: only separators.", _EXAMPLE)
    if isinstance(node, Branch) and len(node.items) == 1 and not isinstance(node.items[0], Branch):
        return node.items[0]  # a single number
    return node


def _short(text: str) -> bool:
    """Whether a text without digits is still worth reading entry by entry: `i`, `NaN; inf`."""
    return all(len(word) < 5 or word.lower() in ("infinity", "false") for word in text.split())


def _ask_about_semicolons(text: str, start: int, end: int) -> None:
    lines = [line.strip() for line in text[start:end].split("\n") if line.strip()]
    inner = [line.rstrip(";").count(";") for line in lines]
    cells = [cell.strip() for line in lines for cell in line.split(";") if cell]
    if len(lines) > 1 and min(inner) > 0 and all(_DECIMAL_COMMA.fullmatch(c) for c in cells):
        raise MatrixError(
            f"Is {quoted(cells[0])} one entry with a decimal comma, or two"
            f" ({place(text, text.index(cells[0], start))})?",
            f"Write {cells[0].replace(',', '.')} for one; for two, give every row its own line.",
        )
    single = all(is_number(cell) for cell in cells)
    if len(lines) > 1 and min(inner) > 0 and single:
        raise MatrixError(
            f"Do the semicolons end a row or part two entries, as in {quoted(lines[0])}"
            f" ({place(text, text.index(';', start))})?",
            "Write commas between entries; lines already end the rows.",
        )
