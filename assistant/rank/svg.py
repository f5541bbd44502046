"""An explanation as one SVG picture: the answer, the rows as arrows, the singular values as bars.

Texts are data and are escaped. This module refuses to know matrices; it draws what the
explanation holds.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from math import hypot
from xml.sax.saxutils import escape

from .explanation import Bars, Picture
from .picture import project
from .render import Explained
from .scale import scale_of
from .words import measured

_WIDTH = 720
_MARGIN = 24
_LINE = 22
_BARS_UP_TO = 24
_SIDE = 300  # of the square that the arrows are drawn in
_COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf")
_FAINT = "#9a9a9a"


def to_svg(explanation: Explained) -> str:
    """The picture as the text of an .svg file."""
    parts = [part for section in explanation.sections for part in section.parts]
    lines = [_text(_MARGIN, 40, explanation.headline, size=18, bold=True)]
    y = 40
    for reason in (*explanation.reasons, " ".join(explanation.checks)):
        for line in textwrap.wrap(reason, 92):
            y += _LINE
            lines.append(_text(_MARGIN, y, line))
    y += _LINE
    picture = next((p for p in parts if isinstance(p, Picture) and p.arrows), None)
    if picture is not None:
        lines += _arrows(picture, y)
        y += _SIDE + 2 * _LINE
    bars = next((p for p in parts if isinstance(p, Bars)), None)
    if bars is not None and bars.items[0].value > 0:
        lines += _bars(bars, y)
        y += (min(len(bars.items), _BARS_UP_TO) + 3) * _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{y}"'
        f' viewBox="0 0 {_WIDTH} {y}" role="img" font-family="sans-serif">\n'
        f"<title>{escape(explanation.headline)}</title>\n"
        f"<desc>{escape(' '.join(explanation.reasons))}</desc>\n"
        f'<rect width="{_WIDTH}" height="{y}" fill="white"/>\n' + "\n".join(lines) + "\n</svg>\n"
    )


def _text(
    x: float, y: float, text: str, *, size: int = 14, bold: bool = False, end: str = ""
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = f' text-anchor="{end}"' if end else ""
    kept = "".join(char if char.isprintable() else "�" for char in text)
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight}{anchor}>{escape(kept)}</text>'


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        f' stroke-width="{width:g}"/>'
    )


def _arrows(picture: Picture, top: float) -> Iterator[str]:
    yield _text(_MARGIN, top + 14, picture.alt)
    middle = (_MARGIN + _SIDE / 2, top + _LINE + _SIDE / 2)
    size = len(picture.arrows[0].tip)
    flat = [project(arrow.tip) for arrow in picture.arrows]
    longest = max(hypot(x, y) for x, y in flat)
    scale = 0.42 * _SIDE / longest
    for axis in range(size):
        x, y = project(tuple(float(axis == place) for place in range(size)))
        reach = 0.48 * _SIDE / hypot(x, y)
        back = -reach if size == 2 else 0.0
        yield _stroke(
            middle[0] + back * x,
            middle[1] - back * y,
            middle[0] + reach * x,
            middle[1] - reach * y,
            "#d0d0d0",
        )
        yield _text(middle[0] + reach * x + 4, middle[1] - reach * y + 4, "xyz"[axis], size=12)
    for number, (arrow, (x, y)) in enumerate(zip(picture.arrows, flat, strict=True)):
        colour = _COLOURS[number % len(_COLOURS)]
        tip = middle[0] + scale * x, middle[1] - scale * y
        yield _stroke(*middle, *tip, colour, 2.5)
        yield from _head(*tip, x, -y, colour)
        yield _text(tip[0] + 6, tip[1] - 6, arrow.label, size=12)


def _head(x: float, y: float, dx: float, dy: float, colour: str) -> Iterator[str]:
    """The tip of an arrow that points along (dx, dy); none for an arrow without length."""
    length = hypot(dx, dy)
    if not length:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
        return
    ux, uy = dx / length, dy / length
    left = x - 10 * ux - 4 * uy, y - 10 * uy + 4 * ux
    right = x - 10 * ux + 4 * uy, y - 10 * uy - 4 * ux
    corners = ((x, y), left, right)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
    yield f'<polygon points="{points}" fill="{colour}"/>'


def _bars(bars: Bars, top: float) -> Iterator[str]:
    shown = bars.items[:_BARS_UP_TO]
    scale = scale_of([bar.value for bar in bars.items], bars.threshold)
    left, room = _MARGIN + 50.0, _WIDTH - 2 * _MARGIN - 50 - 100.0
    title = "Singular values, on a scale of powers of ten" if scale.powers else "Singular values"
    yield _text(_MARGIN, top + 14, title, bold=True)
    y = top + _LINE
    for bar, share in zip(shown, scale.shares, strict=False):
        y += _LINE
        colour = _COLOURS[0] if bar.counts else _FAINT
        length = max(1.0, share * room) if bar.value > 0 else 0.0
        yield _text(left - 8, y, bar.label, end="end")
        yield (
            f'<rect x="{left:.1f}" y="{y - 13:.1f}" width="{length:.1f}" height="16"'
            f' fill="{colour}"/>'
        )
        yield _text(left + room + 8, y, measured(bar.value), size=12)
    at = left + (scale.line or 0.0) * room
    yield _stroke(at, top + _LINE + 4, at, y + 8, _COLOURS[1], 1.5)
    counted = sum(bar.counts for bar in bars.items)
    rest = (
        f"; {len(bars.items) - len(shown):,} more are not drawn"
        if len(bars.items) > len(shown)
        else ""
    )
    note = f"line: {measured(bars.threshold)}; {counted:,} of {len(bars.items):,} count{rest}"
    yield _text(left, y + _LINE, note, size=12)
