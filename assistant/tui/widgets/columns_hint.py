"""The lines below answers that stand side by side: who is where, and what the keys do.

What a key does a click on its words does as well; one on a name chooses that column. It refuses to
know the columns, and what becomes of a click.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content

from assistant.tui.hints import FAINT, in_lines, key_hint, meant_by, to_click
from assistant.tui.layout import one_line
from assistant.tui.widgets.drawn import Drawn
from assistant.tui.widgets.head import Speaker
from assistant.tui.widgets.marking import LEGEND

NARROW = 50
"""On so narrow a screen the keys are told to those who have gone to them."""


@dataclass(frozen=True)
class Standing:
    """What is so with the columns."""

    speakers: tuple[Speaker, ...] = ()
    chosen: int = 0
    focused: bool = False
    voting: bool = False
    latest: bool = True
    """Whether a vote would be for them."""
    streams: bool = False
    """Whether one of them says more."""
    chosen_streams: bool = False
    free: bool = False
    """Whether each scrolls by itself."""
    shades: bool = False


class ColumnsHint(Drawn):
    """`press` is given the action of what was clicked, as bindings name them."""

    ALLOW_SELECT = False

    def __init__(self, press: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(classes="hint")
        self._press = press
        self._now = Standing()

    def tell(self, now: Standing) -> None:
        if now != self._now:
            self._now = now
            self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        now = self._now
        lines = in_lines(_names(now), width, " │ ")
        if now.shades and not now.voting:
            lines += Content.styled(LEGEND, FAINT).wrap(width)
        return lines + in_lines(_parts(now, width), width)

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        if (action := meant_by(event)) is not None:
            await self._press(action)


def _names(now: Standing) -> Sequence[Content]:
    return [
        to_click(
            name.stylize("reverse") if now.focused and at == now.chosen else name,
            f"choose_column({at})",
        )
        for at, name in enumerate(speaker.content() for speaker in now.speakers)
    ]


def _parts(now: Standing, width: int) -> list[Content]:
    if now.voting:
        return _votes([speaker.title for speaker in now.speakers])
    parts = _keys(now)
    if now.focused:
        return [*parts, key_hint("Esc", "back", "app.escape")]
    key = Content.styled("F2", "$text-primary") if now.latest else Content.styled("a click", FAINT)
    to_them = to_click(key, "take_keys")
    if width < NARROW:
        return [Content.assemble(to_them, (" leads to its keys", FAINT))]
    return [Content.assemble(to_them, (", then ", FAINT), parts[0]), *parts[1:]]


def _votes(names: Sequence[str]) -> list[Content]:
    keys = {"←": "left", "→": "right"} if len(names) == 2 else {}
    keys = keys or {str(number): str(number) for number in range(1, len(names) + 1)}
    first, *others = (
        key_hint(key, one_line(name), f"vote('{vote}')")
        for (key, vote), name in zip(keys.items(), names, strict=True)
    )
    return [
        Content.assemble(("Which is best?  ", FAINT), first),
        *others,
        key_hint("t", "tie", "vote('tie')"),
        key_hint("x", "both bad" if len(names) == 2 else "all bad", "vote('both-bad')"),
        key_hint("Esc", "none", "app.escape"),
    ]


def _keys(now: Standing) -> list[Content]:
    parts = [key_hint("←→", "choose", "choose(1)")]
    if now.chosen_streams:
        parts.append(key_hint("s", f"stop {one_line(now.speakers[now.chosen].title)}", "stop"))
    if now.free:
        parts.append(Content.assemble(("↑↓ PgUp PgDn", "$text-primary"), (" scroll it", FAINT)))
    # What differs is known once all have ended.
    elif not now.streams:
        parts.append(key_hint("d", "difference", "view('words')"))
        parts.append(key_hint("p", "shading", "view('shades')"))
    parts.append(key_hint("w", "widen", "widen"))
    parts.append(key_hint("f", "all together" if now.free else "free scrolling", "free"))
    parts.append(key_hint("F8", "copy", "copy('answer')"))
    if now.latest and not now.streams and not now.free:
        parts += [key_hint("v", "vote", "begin_vote"), key_hint("b", "blind", "blind")]
    return parts
