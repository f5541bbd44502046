"""Takes pictures of the screen, and compares them with those that were accepted.

Textual draws the SVG; a bare frame around it keeps a picture at some kilobytes, which a plugin's
(with a font, a title bar and one clip path for each line) is not. It refuses to know the screens.
"""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from textual.app import App

HERE = Path(__file__).resolve().parent / "screens"
DIFFERENT = HERE.parents[2] / "build" / "snapshots"

_CELL = (12.2, 24.4)
"""What Rich gives a character in its pictures; it would leave room around them for a window."""

_FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 WIDTH HEIGHT">
<style>text {{ font: {char_height}px monospace; white-space: pre; }}
{styles}
</style>
{backgrounds}
{matrix}
</svg>
"""


def picture(app: App[None]) -> str:
    """The screen as it is now."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    console.print(app.screen._compositor.render_update(full=True, simplify=True))
    svg = console.export_svg(title="", code_format=_FRAME, unique_id="s", theme=MONOKAI)
    # `textLength` stays: with it the columns meet in whatever font the picture is looked at.
    svg = re.sub(r' clip-path="[^"]*"| shape-rendering="[^"]*"', "", svg)
    svg = svg.replace("WIDTH HEIGHT", f"{width * _CELL[0]:g} {height * _CELL[1]:g}", 1)
    svg = _on_one_ground(svg)
    # One element to a line, so that a difference can be read.
    return "\n".join(line.rstrip() for line in svg.replace("><", ">\n<").splitlines()) + "\n"


def _on_one_ground(svg: str) -> str:
    """The commonest background once, and not behind every word."""
    ((ground, _),) = Counter(re.findall(r'<rect fill="(#\w+)"', svg)).most_common(1)
    svg = re.sub(rf'<rect fill="{ground}"[^>]*/>', "", svg)
    return svg.replace("</style>", f'</style><rect fill="{ground}" width="100%" height="100%"/>')


def compare(name: str, drawn: str) -> str:
    """What is wrong with a picture; nothing when it is the accepted one, or is accepted now."""
    accepted = HERE / f"{name}.svg"
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        HERE.mkdir(exist_ok=True)
        accepted.write_text(drawn, encoding="utf-8")
        return ""
    if accepted.exists() and accepted.read_text(encoding="utf-8") == drawn:
        return ""
    DIFFERENT.mkdir(parents=True, exist_ok=True)
    (DIFFERENT / f"{name}.svg").write_text(drawn, encoding="utf-8")
    return f"{name}: see {DIFFERENT / name}.svg; `make snapshots` accepts what is drawn now"
