"""One answer: who speaks, how fast, what is said, and how it ended.

It refuses to know what else is on the screen.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.commands.blocks import Column, Marked
from assistant.engine.types import Event, Finish
from assistant.tui.widgets.flowing import Flowing
from assistant.tui.widgets.head import Head
from assistant.tui.widgets.marking import shades_content, words_content
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.thought import ThoughtView

View: TypeAlias = Literal["plain", "words", "shades"]


class Body(VerticalScroll, Flowing, can_focus=False):
    """What stands below a head: as tall as it is, unless the column scrolls by itself."""


class Answer(Vertical, Flowing):
    """One column of answers: it is given events, and draws itself."""

    def __init__(self, column: Column, *, alone: bool = False, first: bool = True) -> None:
        super().__init__(classes="-adapted" if column.adapters else "-base")
        # By a class: a rule on the first child would have all of them styled a second time.
        self.set_class(first, "-first", update=False)
        self._alone = alone
        self._marked: Marked | None = None
        self._remark = ""
        self.head = Head(column.title, bool(column.adapters))
        if not alone:
            self.head.offer("stop")
        self.thought = ThoughtView()
        self.prose = Prose()
        self._marks = Static("", classes="marks", markup=False)
        self._foot = Static("", classes="foot", markup=False)
        self.body = Body()
        self._speed = Speed()
        self._there = False
        self.finish: Finish | None = None
        self.ended = False
        """Whether nothing more comes."""

    @property
    def title(self) -> str:
        return self.head.speaker.title

    @property
    def complete(self) -> bool:
        """Whether all of it is on the screen."""
        return self.prose.complete

    @property
    def speed(self) -> Speed:
        return self._speed

    @property
    def text(self) -> str:
        """What was said so far."""
        return self.finish.text if self.finish is not None else self.prose.text

    def compose(self) -> ComposeResult:
        yield self.head
        with self.body:
            yield self.prose

    def on_mount(self) -> None:
        self._there = True
        self._bring_rare_parts()

    def _bring_rare_parts(self) -> None:
        """Most answers have no more than a head and their text, and what is there costs time with
        every line: a thought, marks and a remark come when there are any."""
        if not self._there:
            return
        if self.thought.text and not self.thought.is_attached:
            self.body.mount(self.thought, before=self.prose)
        if self._marked is not None and not self._marks.is_attached:
            self.body.mount(self._marks, after=self.prose)
        if self._remark and not self._foot.is_attached:
            self.body.mount(self._foot)

    def take(self, event: Event, at: float) -> None:
        """Add what an event brings."""
        if event.thought:
            self.thought.write(event.thought, at)
            self._bring_rare_parts()
        if event.text:
            self.thought.end()
            self.prose.write(event.text)
        if event.finish is None and not event.before:
            self._speed.count(at)
        if event.finish is not None:
            self.finish = event.finish
            self.end()

    def mark(self, marked: Marked) -> None:
        """Take what can be marked, and the name that a blind comparison did not tell."""
        self._marked = marked
        self._bring_rare_parts()
        self.set_class(bool(marked.column.adapters), "-adapted")
        self.set_class(not marked.column.adapters, "-base")
        self.head.name_it(marked.column.title, bool(marked.column.adapters))

    def show(self, view: View) -> None:
        """Show the answer as it was written, or with marks where there are any."""
        marked = self._marked
        if marked is None or not (marked.words if view == "words" else marked.shades):
            view = "plain"
        self.prose.display = view == "plain"
        self._marks.display = view != "plain"
        if marked is not None and view == "words":
            self._marks.update(words_content(marked.words, adapted=bool(marked.column.adapters)))
        elif marked is not None and view == "shades":
            self._marks.update(shades_content(marked.shades))

    def tell_speed(self) -> None:
        """Bring the head and the thought up to date; called a few times a second."""
        self.thought.tell()
        speed = self.finish.timing.tokens_per_s if self.finish else self._speed.tokens_per_s
        # An answer of a word, or none, has no speed.
        self.head.tell(f"{speed:.0f} tok/s" if speed else "")

    def end(self) -> None:
        """Nothing more comes; say so when it did not end by itself."""
        self.ended = True
        if not self._alone:
            self.head.offer("copy" if self.text.strip() else None)
        self.thought.end()
        self.prose.end()
        self.tell_speed()
        self._remark = _remark(self.finish, alone=self._alone)
        self._foot.update(Content(self._remark))
        self._foot.display = bool(self._remark)
        self._bring_rare_parts()


class Speed:
    """Tokens a second, from when they came."""

    def __init__(self) -> None:
        self.tokens = 0
        self.first_at: float | None = None
        self._last_at = 0.0

    def count(self, at: float) -> None:
        self.tokens += 1
        self._last_at = at
        if self.first_at is None:
            self.first_at = at

    @property
    def tokens_per_s(self) -> float | None:
        """None until there is something to divide by."""
        if self.first_at is None or self._last_at <= self.first_at:
            return None
        return (self.tokens - 1) / (self._last_at - self.first_at)


def _remark(finish: Finish | None, *, alone: bool) -> str:
    """How an answer ended, when that was not by itself; and what goes on with one of the chat."""
    if finish is None:
        return "broken off"
    if finish.reason == "cancelled":
        return "stopped · /continue goes on" if alone and finish.text.strip() else "stopped"
    if finish.reason == "length":
        tokens = len(finish.tokens) or finish.usage.completion_tokens
        more = f"/set max_tokens {tokens * 2} allows more"
        return f"cut off after {tokens} tokens · {'/continue goes on' if alone else more}"
    if finish.text.strip():
        return ""
    return "(a thought, and no answer)" if finish.thought else "(an empty answer)"
