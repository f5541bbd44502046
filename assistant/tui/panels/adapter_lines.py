"""How one adapter stands in the panel: its name and its slider, and what it is made of below.

Pure; it refuses to know keys and sessions.
"""

from __future__ import annotations

from pathlib import Path

from textual.content import Content

from assistant.commands.adapters import summary
from assistant.commands.amounts import quantity, size, times
from assistant.commands.shelf import Shelved
from assistant.plain_text import plain
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.panels.slider import slider

_INDENT = 3
_VALUE = 6
_NAME = 16
"""Cells that a name has at least, beside a slider."""
_WIDEST = 30


def adapter_lines(one: Shelved, width: int, marked: bool) -> list[Content]:
    """The lines of an adapter; all there is to know of the marked one."""
    lines = [_first(one, width)]
    room = max(8, width - _INDENT)
    if one.problem is not None:
        facts = f"{plain(one.problem.message)} {plain(one.problem.hint)}".strip()
    else:
        facts = " · ".join(_facts(one))
    said = Content.styled(facts, FAINT)
    below = said.wrap(room) if marked else [said.truncate(room, ellipsis=True)]
    margin = Content.styled(" ┃ ", "$accent") if one.scale is not None else Content(" " * _INDENT)
    return lines + [margin + line for line in below]


def slider_cells(one: Shelved, width: int) -> range | None:
    """The cells of its first line that the slider takes."""
    if one.scale is None:
        return None
    room = min(_WIDEST, width - _INDENT - _NAME - _VALUE - 2)
    return range(width - room, width) if room >= 9 else None


def _first(one: Shelved, width: int) -> Content:
    cells = slider_cells(one, width)
    name = one_line(one.name)
    if one.scale is None:
        sign, style = (" ○ ", "") if one.loaded else ("   ", "")
        if one.problem is not None:
            sign, style = " ✗ ", "bold $text-error"
        state = "broken" if one.problem else ("at rest" if one.loaded else one.where)
        return _spread(Content.styled(sign, style) + Content(name), state, width)
    head = Content.styled(" ● ", "bold $text-accent") + Content.styled(name, "bold $text-accent")
    value = f"×{one.scale:.2f}"
    if cells is None:
        return _spread(head, value, width, "bold $text-accent")
    left = cells.start - 1
    head = head.truncate(left - _VALUE, ellipsis=True)
    gap = " " * (left - _VALUE - head.cell_length)
    track = slider(one.scale, len(cells))
    return Content.assemble(head, gap, (value.rjust(_VALUE), "bold $text-accent"), " ", track)


def _spread(left: Content, right: str, width: int, style: str = FAINT) -> Content:
    left = left.truncate(max(4, width - len(right) - 1), ellipsis=True)
    gap = max(1, width - left.cell_length - len(right))
    return Content.assemble(left, " " * gap, (right, style))


def _facts(one: Shelved) -> list[str]:
    info = one.info
    if info is None:
        return []
    kind = "DoRA, rank" if info.method == "dora" else "rank"
    made = {
        "made for it": f"made for {_base(info.base)} ✓",
        "made for another": f"made for {_base(info.base)}, not this model",
        "unsaid": "does not say what it was made for",
    }[one.match]
    if not info.modules:  # only a server has it
        return [summary(info), made]
    return [
        f"{kind} {info.rank}",
        made,
        size(info.bytes),
        f"{'PEFT' if info.format == 'peft' else info.format} format",
        one.where,
        f"{', '.join(map(one_line, info.targets))} in {times(info.modules, 'layer')}",
        f"{quantity(info.parameters)} parameters",
        *map(plain, info.warnings),
    ]


def _base(base: str) -> str:
    return one_line(Path(base).name)
