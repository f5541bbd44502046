"""Blocks as lines of text: no boxes and no bars that a screen reader would spell out.

It refuses to know where the lines go, and Answers and Effects, which are no text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.commands.amounts import times
from assistant.commands.blocks import (
    Answered,
    Asked,
    Block,
    Chart,
    Earlier,
    Fold,
    Markdown,
    Matrix,
    Notice,
    Preformatted,
    Problem,
    Spot,
    Table,
)
from assistant.plain_text import one_line
from assistant.repl.flow import flowed
from assistant.repl.paper import Ink
from assistant.repl.words import cells, cut, wrapped

_GAP = "  "
_NARROW = 28  # columns in which a sentence can still be read


@dataclass(frozen=True)
class Line:
    text: str
    ink: Ink = ""


def draw(
    block: Block, width: int = 100, *, endless: bool = False, aloud: bool = False
) -> Iterator[Line]:
    """The lines of a block; a Fold's too, under its title.

    With `endless` lines only tables are laid out for the width, and no text is broken; a row that
    is wider stays on one line, for the programs that read it. To be read aloud, a table is written
    as sentences: each cell after the name of its column.
    """
    room = None if endless else width
    if isinstance(block, Markdown):
        yield from map(Line, flowed(block.text, room, hang=not aloud))
    elif isinstance(block, Preformatted):
        yield from _preformatted(block, room, aloud)
    elif isinstance(block, Notice):
        ink: Ink = "" if block.tone == "info" else block.tone
        yield from (Line(text, ink) for text in _wrapped(block.text, room))
    elif isinstance(block, Problem):
        yield from (Line(text, "bad") for text in _wrapped(f"Error: {block.message}", room))
        yield from map(Line, _wrapped(block.hint, room))
    elif isinstance(block, Table):
        yield from _table(block, 0 if aloud else width, room)
    elif isinstance(block, Matrix):
        yield from _matrix(block)
    elif isinstance(block, Chart):
        yield from _chart(block)
    elif isinstance(block, Asked):
        yield Line("you:", "bold")
        yield from map(Line, flowed(block.text, room, hang=not aloud))
    elif isinstance(block, Answered):
        ink = "accent" if block.column.adapters else "bold"
        if block.thought:
            words = times(len(block.thought.split()), "word")
            yield Line(f"({block.column.title} thought first, {words})", "faint")
        yield Line(f"{block.column.title}:", ink)
        yield from map(Line, flowed(block.text, room, hang=not aloud))
        if block.remark:
            yield Line(f"({block.remark})", "faint")
    elif isinstance(block, Earlier):
        for inner in block.blocks:
            yield from draw(inner, width, endless=endless, aloud=aloud)
    elif isinstance(block, Spot):
        if block.blocks:
            yield Line("Earlier in it, what was found:", "faint")
        for inner in block.blocks:
            yield from draw(inner, width, endless=endless, aloud=aloud)
    elif isinstance(block, Fold):
        yield Line(f"{block.title}:", "bold")
        for inner in block.blocks:
            lines = draw(inner, width - 2, endless=endless, aloud=aloud)
            yield from (Line(f"{_GAP}{line.text}", line.ink) for line in lines)


def _preformatted(block: Preformatted, room: int | None, aloud: bool) -> Iterator[Line]:
    text = block.heard if aloud and block.heard is not None else block.text
    for line in text.splitlines():
        shown = f"{_GAP}{line}".rstrip()
        yield Line(cut(shown, room) if block.cuts and room is not None else shown)


def _wrapped(text: str, room: int | None) -> Iterator[str]:
    """Sentences, broken between words."""
    for line in text.splitlines():
        yield from [line] if room is None else wrapped(line, room)


def _table(table: Table, width: int, room: int | None) -> Iterator[Line]:
    if table.title:
        yield from (Line(text, "bold") for text in _wrapped(f"{table.title.strip()}:", room))
    rows = [tuple(one_line(cell) for cell in row) for row in table.rows]
    if not any(map(any, rows)):
        yield Line(_GAP.join(table.columns), "faint")
        return
    used = [i for i, name in enumerate(table.columns) if any(row[i] for row in rows)]
    widths = [max(cells(table.columns[i]), *(cells(row[i]) for row in rows)) for i in used]
    left = width - sum(widths[:-1]) - len(_GAP) * (len(widths) - 1)  # for the last column
    if width and room is None and left < min(widths[-1], _NARROW):
        left = widths[-1]
    if left >= min(widths[-1], _NARROW):
        yield Line(_aligned([table.columns[i] for i in used], widths), "faint")
        for row in rows:
            first, *more = wrapped(row[used[-1]], left)
            yield Line(_aligned([*(row[i] for i in used[:-1]), first], widths))
            yield from (Line(_aligned(["" for _ in used[:-1]] + [text], widths)) for text in more)
        return
    names = [f"{name.strip()}: " if name else "" for name in table.columns]
    for row in rows:  # too wide for columns: one fact to a line
        # A row's name is in bold, which nobody hears.
        first = row[0] if width else f"{names[0]}{row[0]}"
        yield from (Line(text, "bold") for text in _wrapped(first, room))
        for i in used[1:]:
            if row[i]:
                # A path that is too long for a line would be on a line below its name as well.
                wide = room and room - len(_GAP) if " " in row[i] else None
                told = _wrapped(f"{names[i]}{row[i]}", wide)
                yield from (Line(f"{_GAP}{text}") for text in told)


def _aligned(cells: Iterable[str], widths: Sequence[int]) -> str:
    return _GAP.join(
        _padded(cell, width) for cell, width in zip(cells, widths, strict=True)
    ).rstrip()


def _matrix(matrix: Matrix) -> Iterator[Line]:
    if matrix.caption:
        yield Line(matrix.caption)
    marked = [
        [_marked(cell, (r, c) in matrix.pivots, matrix) for c, cell in enumerate(row)]
        for r, row in enumerate(matrix.rows)
    ]
    widths = [max(map(cells, column)) for column in zip(*marked, strict=True)]
    for row in marked:
        entries = (
            _padded(cell, width, right=True) for cell, width in zip(row, widths, strict=True)
        )
        yield Line(f"{_GAP}{_GAP.join(entries)}".rstrip())
    if matrix.pivots:
        yield Line(f"{_GAP}* marks a pivot", "faint")


def _marked(cell: str, is_pivot: bool, matrix: Matrix) -> str:
    """An entry with a star or, where others have one, a space for it: digits stay in line."""
    return f"{cell}*" if is_pivot else f"{cell} " if matrix.pivots else cell


def _chart(chart: Chart) -> Iterator[Line]:
    if chart.caption:
        yield Line(chart.caption)
    width = max((cells(bar.label) for bar in chart.bars), default=0)
    for bar in chart.bars:
        counts = chart.threshold is None or bar.value > chart.threshold
        note = "" if counts else f"{_GAP}counts as zero"
        label = _padded(bar.label, width)
        yield Line(f"{_GAP}{label}{_GAP}{bar.value:.6g}{note}", "" if counts else "faint")


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - cells(text))
    return space + text if right else text + space
