"""How words that differ and tokens that the adapter changed look: by colour, and without.

    likelier with the adapter    underlined, from ten times on bold too    on the adapter's colour
    less likely                  italic, from ten times on bold too        on grey

It refuses to know where the marks come from and which column they are in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from textual.content import Content

from assistant.commands.blocks import Shade
from assistant.compare.bars import kl_bars
from assistant.plain_text import plain
from assistant.tui.hints import FAINT

LEVELS = (math.log(2), math.log(10), math.log(100))
_UP = (
    "",
    "underline on $accent 20%",
    "bold underline on $accent 35%",
    "bold underline2 on $accent 50%",
)
_DOWN = (
    "",
    "italic on $foreground 12%",
    "bold italic on $foreground 22%",
    "bold italic on $foreground 32%",
)
LEGEND = "underlined: likelier with the adapter · italic: less likely · bold: ten times and more"


def words_content(words: Sequence[tuple[str, bool]], *, adapted: bool) -> Content:
    """A text whose stretches that differ from the answer beside it are marked."""
    style = "bold underline on $accent 25%" if adapted else "bold underline on $foreground 15%"
    return Content.assemble(*(plain(t) if same else (plain(t), style) for t, same in words))


def shades_content(shades: Sequence[Shade]) -> Content:
    """A text with each token marked by how much the adapter changed it, and its KL below."""
    parts = [(plain(shade.text), shade_style(shade.shift)) for shade in shades]
    text = Content.assemble(*parts)
    if not shades:
        return text
    bars = kl_bars(shade.kl for shade in shades)
    mean = math.fsum(shade.kl for shade in shades) / len(shades)
    below = Content.styled(f"KL {bars} mean {mean:.2g}", FAINT)
    return Content.assemble(text, "\n\n", below)


def shade_style(shift: float) -> str:
    """The style of a token whose log-probability the adapter moved by so much."""
    level = sum(abs(shift) >= edge for edge in LEVELS)
    return (_UP if shift > 0 else _DOWN)[level]
