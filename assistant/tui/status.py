"""What the status line says, in as many words as there is room for.

It refuses to know where the numbers come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line

if TYPE_CHECKING:
    from assistant.commands import Status

HELP = "F1 help"
NEARLY_FULL = 0.8
"""Of the context: from here on the gauge warns, and gives way last."""
_WARNING = "bold $text-error"
_GAUGE = 8
_SHORT_MODEL = 16


@dataclass(frozen=True)
class Live:
    """What only the screen knows."""

    opening_s: float | None = None
    """For how long the model is being opened; None once it is there."""
    waiting_s: float | None = None
    """For how long an answer has not said anything yet."""
    tokens: int = 0
    """Of the answer of the chat that streams now."""
    tokens_per_s: float | None = None
    """Of the answers that stream now."""
    first_token_s: float | None = None
    message: str = ""
    """Said instead of everything else, such as that Ctrl-C was pressed once."""


@dataclass(frozen=True)
class Part:
    """Something that the line says, from its longest form to its shortest."""

    forms: tuple[Content, ...]
    ranks: tuple[int, ...]
    """Of each form: what ranks low goes first where there is no room."""


def status_line(status: Status, live: Live, width: int) -> Content:
    """The line, exactly as wide as it may be; the least needed parts give way first."""
    if live.message:
        return Content.styled(live.message, "bold").truncate(width, ellipsis=True)
    return _fitted(_parts(status, live), width)


def opening_line(model: str, width: int) -> Content:
    """The line before there is a status: the model is going to be opened."""
    return _fitted(_opening(one_line(model) or "?", 0.0), width)


def _fitted(parts: list[Part], width: int) -> Content:
    help_hint = Content.styled(HELP, FAINT)
    separator = Content.styled(" · ", FAINT)
    while True:
        line = separator.join([part.forms[0] for part in parts])
        gap = width - line.cell_length - help_hint.cell_length
        if gap >= 2:
            return Content.assemble(line, " " * gap, help_hint)
        if len(parts) == 1 and len(parts[0].forms) == 1:
            return line.truncate(width, ellipsis=True)
        parts = _shorter(parts)


def _shorter(parts: list[Part]) -> list[Part]:
    """The parts with the least needed one in its next form, or without it."""
    least = min(parts, key=lambda part: part.ranks[0])
    if len(least.forms) > 1:
        shorter = Part(least.forms[1:], least.ranks[1:])
        return [shorter if part is least else part for part in parts]
    return [part for part in parts if part is not least]


def _parts(status: Status, live: Live) -> list[Part]:
    model = one_line(status.model) or "?"
    if live.opening_s is not None:
        return _opening(model, live.opening_s)
    if status.loading:
        choose = Content.styled("F4 chooses one", FAINT)
        return [Part((Content(f"no model ({model})"),), (9,)), Part((choose,), (1,))]
    short = Content(model).truncate(_SHORT_MODEL, ellipsis=True)
    forms = (Content(model), short) if len(model) > _SHORT_MODEL else (Content(model),)
    parts = [Part(forms, (19, 29) if len(forms) > 1 else (40,)), _adapters(status)]
    if status.training:
        parts.append(Part((Content.styled(one_line(status.training), "bold"),), (12,)))
    speed = live.tokens_per_s or status.tokens_per_s
    if live.waiting_s is not None:
        parts.append(Part((Content(f"reading… {live.waiting_s:.1f} s"),), (15,)))
    elif speed is not None:
        parts.append(Part((Content(f"{speed:.0f} tok/s"),), (4,)))
        first = live.first_token_s or status.first_token_s
        if first is not None:
            parts.append(Part((Content(f"first {first:.2f} s"),), (3,)))
    if status.context_length:
        parts.append(_gauge(status.context_used + live.tokens, status.context_length))
    if status.memory_bytes:
        parts.append(Part((Content(_memory(status.memory_bytes)),), (2,)))
    return parts


def _opening(model: str, for_s: float) -> list[Part]:
    meanwhile = Content.styled("/help, /rank and /docs need none", FAINT)
    seconds = f" {for_s:.0f} s" if for_s >= 1 else ""
    return [Part((Content(f"loading {model}…{seconds}"),), (9,)), Part((meanwhile,), (1,))]


def _adapters(status: Status) -> Part:
    """The stack in the adapter's colour; many names give way to their number."""
    names = one_line(status.adapters)
    if names == "base":
        return Part((Content.styled(names, FAINT),), (30,))
    style = "bold $text-accent"
    forms = [Content.styled(names, style)]
    if (count := names.count(" + ") + 1) > 1:
        forms.append(Content.styled(f"{count} adapters", style))
    return Part(tuple(forms), (20, 30)[: len(forms)])


def _gauge(used: int, length: int) -> Part:
    """How full the context is: a bar with percent and tokens, then less and less of it."""
    share = min(used / length, 1.0)
    full = round(share * _GAUGE)
    nearly = share >= NEARLY_FULL
    style = _WARNING if nearly else ""
    percent = f"{100 * share:.0f} %" + (" nearly full" if nearly else "")
    bar = Content.assemble(
        ("━" * full, style or "$primary"), ("─" * (_GAUGE - full), "$foreground 30%")
    )
    tokens = Content.styled(f" {_tokens(used)}/{_tokens(length)}", style or FAINT)
    short = Content.styled(f"ctx {percent}", style)
    long = Content.assemble(("ctx ", style), bar, (f" {percent}", style), tokens)
    # Where it is tight, the bar and the tokens say again what the percentage says.
    return Part((long, short + tokens, short), (16, 16, 26) if nearly else (0, 1, 12))


def _tokens(count: int) -> str:
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"


def _memory(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
