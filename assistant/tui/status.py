"""What the status line says, in as many words as there is room for.

It refuses to know where the numbers come from.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from assistant.commands import Status
from assistant.tui.layout import one_line

HELP = "F1 help"
_FAINT = "$foreground 60%"


@dataclass(frozen=True)
class Live:
    """What only the screen knows."""

    opening: bool = False
    """The model is being opened."""
    tokens_per_s: float | None = None
    """Of the answers that stream now."""
    first_token_s: float | None = None
    message: str = ""
    """Said instead of everything else, such as that Ctrl-C was pressed once."""


def status_line(status: Status, live: Live, width: int) -> Content:
    """The line, exactly as wide as it may be; the least needed parts give way first."""
    if live.message:
        return Content.styled(live.message, "bold").truncate(width, ellipsis=True)
    # The most needed first, so that a narrow screen keeps them.
    parts = _parts(status, live)
    help_hint = Content.styled(HELP, _FAINT)
    separator = Content.styled(" · ", _FAINT)
    while True:
        line = separator.join(parts)
        gap = width - line.cell_length - help_hint.cell_length
        if gap >= 2:
            return Content.assemble(line, " " * gap, help_hint)
        if len(parts) == 1:
            return line.truncate(width, ellipsis=True)
        parts.pop()


def _parts(status: Status, live: Live) -> list[Content]:
    model = one_line(status.model) or "?"
    if live.opening:
        return [Content(f"loading {model}…")]
    if status.loading:
        return [Content(f"no model ({model})")]
    adapters = one_line(status.adapters)
    style = _FAINT if adapters == "base" else "bold $text-accent"
    parts = [Content(model), Content.styled(adapters, style)]
    if status.training:
        parts.append(Content.styled(one_line(status.training), "bold"))
    speed = live.tokens_per_s or status.tokens_per_s
    if speed is not None:
        parts.append(Content(f"{speed:.0f} tok/s"))
    if status.context_length:
        share = 100 * status.context_used / status.context_length
        parts.append(
            Content.styled(f"ctx {share:.0f} %", "bold $text-error" if share >= 80 else "")
        )
    first = live.first_token_s or status.first_token_s
    if first is not None:
        parts.append(Content(f"first {first:.2f} s"))
    if status.memory_bytes:
        parts.append(Content(_memory(status.memory_bytes)))
    return parts


def _memory(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
