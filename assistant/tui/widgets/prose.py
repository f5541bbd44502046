"""Markdown that arrives bit by bit: finished pieces as Markdown, the rest as a plain tail.

    prose = Prose()
    prose.write("Use `mx.sort`.\\n\\n``")
    prose.end()

What was written is drawn soon after, in this widget's own task, so that the keyboard never waits
for it; whoever writes in bursts, as the screen does, has each burst drawn once. It refuses to know
where the text comes from.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from assistant.commands.line_kinds import stretches
from assistant.plain_text import plain
from assistant.tui.later import later
from assistant.tui.streaming import Piece, Pieces, joined
from assistant.tui.unfinished import unfinished
from assistant.tui.widgets.flowing import Flowing, Placed

if TYPE_CHECKING:
    from assistant.tui.widgets.markdown import MarkdownPiece

FRAMES_PER_SECOND = 20
"""At most."""


class _Plain(Static, Placed):
    """Text as it was written."""


class Prose(Vertical, Flowing):
    """An answer's text, or a command's."""

    DEFAULT_CSS = """
    Prose { height: auto; }
    Prose > .tail { height: auto; }
    """

    def __init__(self, text: str | None = None, *, frozen: bool = False) -> None:
        """Markdown that is complete, or nothing for one that `write` fills.

        A `frozen` one is plain from the start: cheap, for what is long past.
        """
        super().__init__()
        self._pieces = Pieces()
        self._tail = _Plain("", classes="tail", markup=False)
        self._raw: list[str] = []
        self._waiting: list[str] = []
        self._ending = False
        self._begun = False
        self._frozen = frozen
        self._there = False
        self._due = False
        """Whether it will be drawn, or is being drawn."""
        self._drawn_at = 0.0
        self.complete = False
        """Whether all of it is on the screen, after `end`."""
        if text is not None:
            self.write(text)
            self.end()

    @property
    def text(self) -> str:
        """All that was written, made plain."""
        return plain("".join(self._raw))

    def compose(self) -> ComposeResult:
        if self._ending and not self._frozen:
            yield from _drawn(joined(self._finished()), begun=False)
        else:
            yield from self._plain() if self._ending else [self._tail]
        self.complete = self._ending

    def on_mount(self) -> None:
        self._there = True
        self._draw_soon()

    def write(self, text: str) -> None:
        """Add text at the end."""
        self._raw.append(text)
        self._waiting.append(text)
        self._draw_soon()

    def end(self) -> None:
        """Nothing more comes."""
        self._ending = True
        self._draw_soon()

    def _draw_soon(self) -> None:
        if self._due or self.complete or not self._there:
            return
        if not (self._waiting or self._ending):
            return
        self._due = True
        later(self, self._drawn_at + 1 / FRAMES_PER_SECOND - time.monotonic(), self._draw)

    async def freeze(self) -> None:
        """Become plain text: what an old message of a long chat is shown as."""
        await self.remove_children()
        await self.mount_all(self._plain())

    async def _remove_pieces(self) -> None:
        await self.remove_children([child for child in self.children if child is not self._tail])

    def _plain(self) -> list[Static]:
        """One widget for a text without code and tables, which are as wide as there is room."""
        # Brings pygments: not before the first paint.
        from textual.highlight import highlight

        parts: list[Static] = []
        close = False
        for wide, lines in stretches(self.text.strip()):
            part = _Plain(highlight(lines, language="markdown"), classes="tail", markup=False)
            part.set_class(wide, "-wide")
            part.set_class(close, "-close")
            close = not lines.endswith("\n")  # a blank line at the end is the gap to the next
            parts.append(part)
        return parts

    def _take(self) -> str:
        """What is waiting; a carriage return at its end waits for what comes after it."""
        text = "".join(self._waiting)
        self._waiting.clear()
        if text.endswith("\r") and not self._ending:
            text = text[:-1]
            self._waiting.append("\r")
        return plain(text)

    def _finished(self) -> list[Piece]:
        """The pieces that what is waiting finishes."""
        pieces = self._pieces.feed(self._take())
        if self._ending:
            pieces += self._pieces.finish()
            if self._pieces.has_references:
                pieces, self._begun = [Piece(self.text)], False
        return pieces

    async def _draw(self) -> None:
        self._drawn_at = time.monotonic()
        ending = self._ending
        finished = self._finished()
        with self.app.batch_update():
            if ending and self._pieces.has_references:
                await self._remove_pieces()
            if finished:
                await self.mount_all(_drawn(finished, begun=self._begun), before=self._tail)
                self._begun = True
            self._show_tail()
        self.complete, self._due = ending, False
        self._draw_soon()

    def _show_tail(self) -> None:
        tail = unfinished(self._pieces.rest)
        text = tail.content.plain
        # All at once: it is styled again for each call.
        self._tail.update_classes(
            {
                "-code": tail.is_code,
                "-wide": tail.is_code or text.lstrip().startswith("|"),
                "-close": not self._begun or self._pieces.continued,
            }
        )
        width, height = self._tail.content_size
        shown, self._tail.display = self._tail.display, tail.is_code or bool(text.strip())
        # Most words stay in their line: to lay the whole chat out again for one takes longer than
        # to draw it, and keeps the model waiting.
        same = (
            shown
            and width > 0
            and tail.content.get_height(self._tail.styles.get_rules(), width) == height
        )
        self._tail.update(tail.content, layout=not same)


def _drawn(pieces: Sequence[Piece], *, begun: bool) -> list[MarkdownPiece]:
    """The widgets for pieces; the first one stands close to what is above, where none has begun."""
    # Brings Textual's Markdown and its parser: not before the first paint.
    from assistant.tui.widgets.markdown import MarkdownPiece

    return [
        MarkdownPiece(piece, first=number == 0 and not begun) for number, piece in enumerate(pieces)
    ]
