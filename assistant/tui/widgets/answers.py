"""Answers that stream together: one below the question, or several side by side.

Columns stand below each other where the screen is too narrow for them. With the focus on them, keys
mark what differs, widen one, let each scroll by itself, and vote. It refuses to know the thread
that the events come from, and what becomes of a vote.
"""

from __future__ import annotations

import time
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from assistant.commands.blocks import Answers, Marks
from assistant.engine.types import Event
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.widgets.answer import Answer, View
from assistant.tui.widgets.flowing import Flowing
from assistant.tui.widgets.marking import LEGEND
from assistant.tui.widgets.scrolling import FREE_KEYS, Scrolling
from assistant.tui.widgets.speech import Speech

NARROWEST_COLUMN = 34
NARROWEST_SCREEN = 80


_LOOKING = "d difference · p shading · w widen · f free scrolling"
_KEYS = f"F2, then {_LOOKING} · v vote · b blind · Esc back"
_EARLIER_KEYS = f"a click, then {_LOOKING} · Esc back"


class AnswerColumns(Horizontal, Flowing, Speech):
    """The columns of one `Answers` block."""

    KEYS_TITLE = "On the comparison"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "view('words')", "the words that differ, on and off"),
        Binding("p", "view('shades')", "shades of what the adapter changed, on and off"),
        Binding("w", "widen", "widen a column"),
        Binding("f", "free", "let each column scroll by itself, or all together"),
        Binding("v", "begin_vote", "vote"),
        Binding("b", "blind", "the same, blind"),
        Binding("left,l", "vote('left')", "the left one is better"),
        Binding("right,r", "vote('right')", "the right one is better"),
        *(Binding(str(n), f"vote('{n}')", f"number {n} is best") for n in range(1, 6)),
        Binding("t", "vote('tie')", "they are equally good"),
        Binding("x", "vote('both-bad')", "all are bad"),
    ]

    class Wished(Message):
        """The person wants a command line to run."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self.answers = answers
        alone = len(answers.columns) == 1
        self.columns = [
            Answer(column, alone=alone, first=number == 0)
            for number, column in enumerate(answers.columns)
        ]
        self._began = time.monotonic()
        self._view: View = "plain"
        self._voting = False
        self._latest = True
        self._wide: int | None = None
        self._scrolling = Scrolling(self)
        self.hint = Static("", classes="hint", markup=False)
        """The line below those that stand side by side: who is where, and what the keys do."""
        several = len(self.columns) > 1
        if several:
            self.can_focus = True
        else:
            self.say_who(answers.messages[1] if answers.messages else None)
        self.set_class(not several, "-single", update=False)
        self._tell_keys()

    @property
    def complete(self) -> bool:
        """Whether everything that will be said is on the screen."""
        return all(column.complete for column in self.columns)

    @property
    def tokens_per_s(self) -> float | None:
        """What the quickest column makes."""
        speeds = [column.speed.tokens_per_s for column in self.columns]
        known = [speed for speed in speeds if speed is not None]
        return max(known, default=None)

    @property
    def first_token_s(self) -> float | None:
        """Seconds from the question to the first token of any column."""
        first = [c.speed.first_at for c in self.columns if c.speed.first_at is not None]
        return max(0.0, min(first) - self._began) if first else None

    @property
    def waiting_s(self) -> float | None:
        """Seconds since the question, while no column has said anything and more is to come."""
        if any(c.speed.first_at is not None or c.finish is not None for c in self.columns):
            return None
        return time.monotonic() - self._began

    def compose(self) -> ComposeResult:
        yield from self.columns

    def on_mount(self) -> None:
        self._arrange(self.app.size.width)

    def on_resize(self, event: events.Resize) -> None:
        self._arrange(event.size.width)
        if self._scrolling.free:
            self._scrolling.fit()

    def _arrange(self, width: int) -> None:
        """Side by side where there is room."""
        count = len(self.columns)
        narrow = self.app.size.width < NARROWEST_SCREEN or width < NARROWEST_COLUMN * count
        self.set_class(count > 1 and narrow, "-stacked")

    def mark(self, marks: Marks) -> None:
        """Take what can be marked in the columns, and their names."""
        for column, marked in zip(self.columns, marks.columns, strict=True):
            column.mark(marked)
            column.show(self._view)
        self._tell_keys()

    # Keys, with the focus here

    def focus_on_click(self) -> bool:
        return len(self.columns) > 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Voting has keys of its own; one answer alone has none."""
        if len(self.columns) < 2:
            return False
        if action in {"begin_vote", "blind", "vote"} and not self._latest:
            return False
        if action == "vote":
            return self._voting and str(parameters[0]) in self._votes()
        return not (self._voting and action in {"view", "widen", "free", "begin_vote", "blind"})

    def take_key(self, key: str) -> bool:
        """Any key that is no vote gives up voting; others scroll."""
        if len(self.columns) < 2:
            return False
        if self._voting:
            return key not in self.screen.active_bindings and self.leave()
        return self._scrolling.press(key)

    def action_view(self, view: View) -> None:
        self._show(view)

    def action_widen(self) -> None:
        self._widen()

    def action_free(self) -> None:
        self._scrolling.switch()
        self._tell_keys()

    def action_begin_vote(self) -> None:
        self._voting = True
        self._tell_keys()
        # Long answers have pushed it out of view, and without it nobody knows which keys vote.
        self.hint.scroll_visible(animate=False)

    def action_blind(self) -> None:
        self._wish("/compare --again --blind")

    def action_vote(self, word: str) -> None:
        self._voting = False
        self._wish(f"/vote {word}")
        self._tell_keys()

    def leave(self) -> bool:
        """Give up a vote that was begun; False when there was none."""
        was, self._voting = self._voting, False
        self._tell_keys()
        return was

    def make_way(self) -> None:
        """Another comparison stands below: a vote is now for that one."""
        self._voting = self._latest = False
        self._tell_keys()

    def _show(self, view: View) -> None:
        """The view, or the plain answer when it is there already."""
        self._view = "plain" if self._view == view else view
        for column in self.columns:
            column.show(self._view)
        self._tell_keys()

    def _widen(self) -> None:
        """Give the next column most of the room; after the last, all get the same again."""
        following = 0 if self._wide is None else self._wide + 1
        self._wide = following if following < len(self.columns) else None
        for number, column in enumerate(self.columns):
            column.set_class(number == self._wide, "-wide")

    def _votes(self) -> set[str]:
        """What a vote can be, for so many columns."""
        count = len(self.columns)
        sides = {"left", "right"} if count == 2 else set()
        return {"tie", "both-bad", *sides, *(str(number) for number in range(1, count + 1))}

    def _wish(self, line: str) -> None:
        self.post_message(self.Wished(line))

    def _tell_keys(self) -> None:
        if self._voting:
            sides = "← left · → right" if len(self.columns) == 2 else f"1 to {len(self.columns)}"
            text = f"Which is best?  {sides} · t tie · x both bad · Esc none"
        else:
            looking = _KEYS if self._latest else _EARLIER_KEYS
            keys = FREE_KEYS if self._scrolling.free else looking
            text = LEGEND if self._view == "shades" else keys
        names = " │ ".join(one_line(column.title) for column in self.columns)
        self.hint.update(Content.assemble((f"{names}\n", "bold"), (text, FAINT)))

    def take(self, event: Event, at: float) -> None:
        self.columns[event.row].take(event, at)

    def tell_speed(self) -> None:
        for column in self.columns:
            column.tell_speed()

    def end(self) -> None:
        """No more events come."""
        for column in self.columns:
            if column.finish is None:
                column.end()

    async def freeze(self) -> None:
        for column in self.columns:
            await column.prose.freeze()
