"""Lines that say what keys do, and which of it is meant where one clicks.

No key is parted from its words. It refuses to know keys, and what becomes of a click.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.style import Style

FAINT = "$foreground 60%"
_MEANT = "meant"


def to_click(content: Content, meant: str) -> Content:
    """Have a click on it mean something."""
    return content.stylize(Style.from_meta({_MEANT: meant}))


def meant_by(event: events.Click) -> str | None:
    """What is meant where the mouse is; None where nothing is."""
    meant = event.style.meta.get(_MEANT)
    return meant if isinstance(meant, str) else None


def key_hint(key: str, what: str, meant: str) -> Content:
    """A key as people write it, and what it does, which a click does as well."""
    return to_click(Content.assemble((key, "$text-primary"), (f" {what}", FAINT)), meant)


def in_lines(parts: Sequence[Content], width: int, between_them: str = " · ") -> list[Content]:
    """The parts with dots between them, in as many lines as it takes."""
    lines = [Content("")]
    for part in parts:
        if lines[-1].plain and lines[-1].cell_length + 3 + part.cell_length > width:
            lines.append(Content(""))
        between = Content.styled(between_them, FAINT) if lines[-1].plain else Content("")
        lines[-1] = lines[-1] + between + part
    return [line.truncate(width, ellipsis=True) for line in lines]
