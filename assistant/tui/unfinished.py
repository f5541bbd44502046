"""How the end of an answer looks that is still being written: plain, and where it will stand.

Code has the line with its language above it from the start, and no fence, so that nothing moves
when it is finished. Pure; it refuses to know widgets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual.content import Content

from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line

_FENCE = re.compile(r"\s*(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n]*\n?")


@dataclass(frozen=True)
class Unfinished:
    """What is shown of it, and whether it is code."""

    content: Content
    is_code: bool = False


def unfinished(rest: str) -> Unfinished:
    """`rest` is the Markdown of one block, or the beginning of one."""
    rest = rest.strip("\n")
    fence = _FENCE.match(rest)
    if fence is None:
        return Unfinished(Content(rest))
    lines = rest[fence.end() :].split("\n")
    # The fence that ends it, or what there is of that.
    if not lines[-1].strip(fence[1][0] + " \t"):
        lines.pop()
    head = Content.styled(one_line(fence[2]), FAINT)
    return Unfinished(Content("\n").join([head, *map(Content, lines)]), is_code=True)
