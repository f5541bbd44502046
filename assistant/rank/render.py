"""An explanation as plain text and as Markdown, for a terminal, a file or a chat.

Nothing is coloured and every line stands by itself, so that a screen reader can follow. This
module refuses to know matrices; it only draws what the explanation holds.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Protocol

from .explanation import (
    Bars,
    Code,
    Level,
    MatrixState,
    Part,
    Picture,
    Prose,
    Section,
    Steps,
    Table,
)
from .scale import scale_of
from .words import measured


class Explained(Protocol):
    """What is drawn: an Explanation of a matrix or of an adapter."""

    @property
    def headline(self) -> str: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...
    @property
    def checks(self) -> tuple[str, ...]: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...


WIDTH = 88
_BAR = 30
_FACTS_UP_TO = 1_500  # characters, about 400 tokens


def to_text(explanation: Explained, level: Level = "simple") -> str:
    """The explanation in lines of at most 88 characters (pictures and matrices may be wider)."""
    lines = [*_wrapped(explanation.headline)]
    lines += [line for text in explanation.reasons for line in _wrapped(text)]
    lines += [line for text in _joined(explanation.checks) for line in _wrapped(text)]
    for section in shown_sections(explanation, level):
        lines += ["", f"{section.title}"]
        for part in section.parts:
            lines += [f"  {line}".rstrip() for line in _part(part)]
    return "\n".join(lines)


def to_markdown(explanation: Explained, level: Level = "full") -> str:
    """The same as Markdown: headings, tables, fenced code; text in it is escaped."""
    lines = [f"**{_escape(explanation.headline)}**", ""]
    texts = [*explanation.reasons, *_joined(explanation.checks)]
    lines += [line for text in texts for line in (_escape(text), "")]
    for section in shown_sections(explanation, level):
        lines += [f"### {_escape(section.title)}", ""]
        for part in section.parts:
            lines += [*_markdown(part), ""]
    return "\n".join(lines).rstrip() + "\n"


def to_facts(explanation: Explained) -> str:
    """The answer and its reasons in one paragraph, for a model that is asked to explain them.

    What everybody is told comes before the rest, and what would crowd the chat out is left out.
    """
    texts = [explanation.headline, *explanation.reasons, *explanation.checks]
    sections = sorted(explanation.sections, key=lambda section: section.level == "full")
    parts = (part for section in sections for part in section.parts)
    texts += [part.text for part in parts if isinstance(part, Prose)]
    facts = ""
    for text in texts:
        if facts and len(facts) + len(text) > _FACTS_UP_TO:
            break
        facts += f" {text}" if facts else text
    return facts


def shown_sections(explanation: Explained, level: Level) -> Iterator[Section]:
    """The sections that a level shows: "full" shows all of them."""
    return (part for part in explanation.sections if level == "full" or part.level == "simple")


def _joined(checks: tuple[str, ...]) -> tuple[str, ...]:
    return (" ".join(checks),) if checks else ()


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=True, break_on_hyphens=False) or [""]


def _part(part: Part) -> list[str]:
    draw: dict[type, Callable[..., list[str]]] = {
        Prose: lambda prose: _wrapped(prose.text, WIDTH - 2),
        MatrixState: _matrix,
        Steps: _steps,
        Bars: _bars,
        Picture: lambda picture: ["", *picture.lines, ""],
        Table: _table,
        Code: lambda code: [f"{code.title}:", "", *_indented(code.text.splitlines()), ""],
    }
    return draw[type(part)](part)


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}".rstrip() for line in lines]


def _matrix(state: MatrixState) -> list[str]:
    """Entries in columns; pivots stand in brackets."""
    texts = [
        [f"[{text}]" if (r, c) in state.pivots else f" {text} " for c, text in enumerate(row)]
        for r, row in enumerate(state.rows)
    ]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        " ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in texts
    ]


def _steps(steps: Steps) -> list[str]:
    lines = []
    for number, step in enumerate(steps.items, 1):
        first, *rest = _wrapped(step.text, WIDTH - 6)
        lines += [f"{number}. {first}", *(f"   {line}" for line in rest)]
        if step.state is not None:
            lines += [f"   {line}" for line in _matrix(step.state)]
    return lines


def _bars(bars: Bars) -> list[str]:
    """At most 16 bars, each with its value and whether it counts."""
    scale = scale_of([bar.value for bar in bars.items], bars.threshold)
    shown = bars.items[:16]
    label = max((len(bar.label) for bar in shown), default=0)
    values = [measured(bar.value) for bar in shown]
    width = max(map(len, values), default=0)
    lines = []
    for bar, value, share in zip(shown, values, scale.shares, strict=False):
        length = round(_BAR * share)
        drawn = "█" * length if length else "▏" if bar.counts else "·"
        drawn = _with_line(drawn.ljust(_BAR + 1), scale.line)
        verdict = "counts" if bar.counts else "does not count"
        lines.append(f"{bar.label.ljust(label)}  {value.rjust(width)}  {drawn}  {verdict}")
    if scale.powers:
        lines.append("The line │ is the threshold. The bars are drawn in powers of ten.")
    if len(bars.items) > 16:
        lines.append(f"… and {len(bars.items) - 16:,} smaller ones")
    return lines


def _with_line(drawn: str, line: float | None) -> str:
    """A bar with the threshold's line through it, where there is one to be seen."""
    place = round(_BAR * line) if line else 0
    return f"{drawn[:place]}│{drawn[place + 1 :]}" if place else drawn


def _table(table: Table) -> list[str]:
    """Columns as wide as they need; numbers to the right, a first column of names to the left."""
    rows = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    names = any(not row[0].isdigit() for row in table.rows)
    lines = []
    for row in rows:
        first = row[0].ljust(widths[0]) if names else row[0].rjust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *rest]))
    return lines


def _markdown(part: Part) -> list[str]:
    if isinstance(part, Prose):
        return [_escape(part.text)]
    if isinstance(part, Code):
        return [f"{part.title}:", "", f"```{part.language}", part.text.rstrip("\n"), "```"]
    if isinstance(part, Table):
        rule = "|" + "---:|" * len(part.head)
        rows = ["| " + " | ".join(map(_escape, row)) + " |" for row in (part.head, *part.rows)]
        return [rows[0], rule, *rows[1:]]
    if isinstance(part, Steps):
        return _markdown_steps(part)
    return ["```text", *_part(part), "```"]


def _markdown_steps(steps: Steps) -> list[str]:
    lines = []
    for number, step in enumerate(steps.items, 1):
        lines += [f"{number}. {_escape(step.text)}", ""]
        if step.state is not None:
            lines += ["   ```text", *(f"   {line}" for line in _matrix(step.state)), "   ```", ""]
    return lines[:-1]


def _escape(text: str) -> str:
    """Keeps signs that Markdown would take for its own."""
    for sign in "\\`*_[]<>#|":
        text = text.replace(sign, f"\\{sign}")
    return text
