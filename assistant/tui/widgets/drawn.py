"""Widgets that lay out their own lines for the width they get, in one piece.

One widget for a whole table, however many cells, is what keeps long answers quick to draw. They
show `Content`, which is never read as markup and can be selected and copied.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.geometry import Size

from assistant.plain_text import plain
from assistant.tui.hints import FAINT
from assistant.tui.layout import fit_columns, is_number, one_line
from assistant.tui.widgets.flowing import Placed

if TYPE_CHECKING:
    from assistant.commands.blocks import Bar

GAP = 2
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_WIDEST_BAR = 40


class Drawn(Placed):
    """A widget made of lines that depend on its width."""

    DEFAULT_CSS = "Drawn { height: auto; width: 1fr; }"

    @abstractmethod
    def lines(self, width: int) -> list[Content]:
        """What to show in this many cells."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width)) if width else 0

    marks: tuple[tuple[int, int, str], ...] = ()
    """Stretches of the text in a style of their own, such as words that were looked for."""

    def unmarked(self) -> Content:
        """The text as it stands on the screen."""
        return Content("\n").join(self.lines(max(1, self.content_size.width)))

    def render(self) -> Content:
        text = self.unmarked()
        for start, end, style in self.marks:
            text = text.stylize(style, start, end)
        return text


class Remark(Drawn):
    """A sign and a text beside it, whose lines stay beside it."""

    def __init__(self, sign: Content, text: Content, *, classes: str) -> None:
        super().__init__(classes=classes)
        self._sign = sign
        self._text = text

    def lines(self, width: int) -> list[Content]:
        indent = self._sign.cell_length + 1
        first, *others = self._text.wrap(max(1, width - indent))
        margin = Content(" " * indent)
        return [Content.assemble(self._sign, " ", first), *(margin + line for line in others)]


class Grid(Drawn):
    """A table: headings, a line under them, rows; cells wrap where the screen is narrow."""

    def __init__(
        self,
        columns: Sequence[Content],
        rows: Sequence[Sequence[Content]],
        *,
        title: str = "",
        accent: int | None = None,
    ) -> None:
        super().__init__()
        blank = Content("")
        self._columns = list(columns)
        self._rows = [[*row, *([blank] * (len(columns) - len(row)))] for row in rows]
        self._title = one_line(title)
        self._right = [
            bool(rows) and all(is_number(row[index].plain) for row in self._rows)
            for index in range(len(columns))
        ]
        if accent is not None:
            for row in self._rows:
                row[accent] = row[accent].stylize("$text-accent")

    def lines(self, width: int) -> list[Content]:
        widths = fit_columns(
            [
                [cell.plain for cell in (head, *(row[index] for row in self._rows))]
                for index, head in enumerate(self._columns)
            ],
            width - GAP * (len(self._columns) - 1),
        )
        lines = Content.styled(self._title, "bold").wrap(width) if self._title else []
        if any(head.plain for head in self._columns):
            lines += self._row([head.stylize("bold") for head in self._columns], widths)
            rule = "─" * min(width, sum(widths) + GAP * (len(widths) - 1))
            lines.append(Content.styled(rule, "$foreground 30%"))
        for row in self._rows:
            lines += self._row(row, widths)
        return lines

    def _row(self, cells: Sequence[Content], widths: Sequence[int]) -> list[Content]:
        wrapped = [
            cell.wrap(width) or [Content("")] for cell, width in zip(cells, widths, strict=True)
        ]
        lines = []
        for index in range(max((len(cell) for cell in wrapped), default=0)):
            parts = []
            for cell, width, right in zip(wrapped, widths, self._right, strict=True):
                part = cell[index].rstrip() if index < len(cell) else Content("")
                missing = max(0, width - part.cell_length)
                parts.append(part.pad_left(missing) if right else part.pad_right(missing))
            lines.append(Content(" " * GAP).join(parts).rstrip())
        return lines


@dataclass(frozen=True)
class Item:
    """One item of a list: its bullet or number, then texts and the lists inside it."""

    sign: str
    parts: Sequence[Content | Sequence[Item]]


def item_lines(items: Sequence[Item], width: int) -> list[Content]:
    """The lines of a list; texts stay beside their bullets."""
    lines: list[Content] = []
    for item in items:
        room = max(1, width - len(item.sign))
        inside: list[Content] = []
        for part in item.parts:
            inside += part.wrap(room) if isinstance(part, Content) else item_lines(part, room)
        first, *others = inside or [Content("")]
        lines.append(Content.assemble((item.sign, FAINT), first))
        lines += [Content(" " * len(item.sign)) + line for line in others]
    return lines


class BarChart(Drawn):
    """Horizontal bars from 0 up; those at or below the threshold are faint."""

    def __init__(self, bars: Sequence[Bar], caption: str, threshold: float | None) -> None:
        super().__init__()
        self._bars = bars
        self._caption = plain(caption)
        self._threshold = threshold

    def lines(self, width: int) -> list[Content]:
        from assistant.rank.scale import scale_of  # not before the first paint: the welcome is one

        labels = [Content(one_line(bar.label)) for bar in self._bars]
        values = [f"{bar.value:.4g}" for bar in self._bars]
        label_width = min(max((label.cell_length for label in labels), default=0), width // 3)
        value_width = max((len(value) for value in values), default=0)
        room = max(1, min(_WIDEST_BAR, width - label_width - value_width - 2 * GAP))
        scale = scale_of([bar.value for bar in self._bars], self._threshold)
        line = min(room - 1, round(room * scale.line)) if scale.line else None
        lines = []
        for bar, label, value, share in zip(self._bars, labels, values, scale.shares, strict=True):
            faint = self._threshold is not None and bar.value <= self._threshold
            label = label.truncate(label_width, ellipsis=True)
            label = label.pad_right(label_width - label.cell_length)
            drawn = _bar(share, room).ljust(room)
            style = "$foreground 30%" if faint else "$primary"
            lines.append(
                Content.assemble(
                    label,
                    " " * GAP,
                    *_with_line(drawn, style, line),
                    " " * GAP,
                    (value.rjust(value_width), FAINT if faint else ""),
                )
            )
        if scale.powers:
            note = "The line is the threshold; the bars are drawn in powers of ten."
            lines += Content.styled(note, FAINT).wrap(width)
        if self._caption:
            lines += Content.styled(self._caption, FAINT).wrap(width)
        return lines


def _with_line(drawn: str, style: str, line: int | None) -> list[tuple[str, str]]:
    """A bar with the threshold's line through it; none where it would stand at the very start."""
    if not line:
        return [(drawn, style)]
    return [(drawn[:line], style), ("│", "$text-warning"), (drawn[line + 1 :], style)]


def _bar(share: float, room: int) -> str:
    """A bar of so many cells, to an eighth; what is more than nothing never vanishes."""
    if not share > 0:
        return ""
    eighths = max(1, round(min(share, 1.0) * room * 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def progress_lines(text: str, share: float | None, width: int) -> list[Content]:
    """A sentence about what is under way, and a bar above it where its end is known."""
    said = Content.styled(plain(text), f"italic {FAINT}").wrap(width) if text else []
    if share is None:
        return said
    room = max(4, min(_WIDEST_BAR, width - 6))
    done = min(max(share, 0.0), 1.0)
    full = round(done * room)
    bar = Content.assemble(
        ("━" * full, "$primary"), ("━" * (room - full), "$foreground 20%"), f" {done:4.0%}"
    )
    return [bar, *said]
