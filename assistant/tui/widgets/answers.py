"""Answers that stream together: one below the question, or several side by side.

Columns stand below each other where the screen is too narrow for them. With the focus on them, one
is chosen, to be stopped or copied; keys mark what differs, widen one, let each scroll by itself,
and vote. It refuses to know the thread that the events come from, and what becomes of a wish.
"""

from __future__ import annotations

import time
from typing import ClassVar, Literal, TypeAlias

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from assistant.commands.blocks import Answers, Marks
from assistant.engine.types import Event
from assistant.tui.focusing import give_keys
from assistant.tui.widgets.answer import Answer, View
from assistant.tui.widgets.columns_hint import ColumnsHint, Standing
from assistant.tui.widgets.flowing import Flowing
from assistant.tui.widgets.head import Head
from assistant.tui.widgets.scrolling import Scrolling
from assistant.tui.widgets.speech import Speech

NARROWEST_COLUMN = 34
NARROWEST_SCREEN = 80
Wanted: TypeAlias = Literal["answer", "code"]
_LOOKING = {"choose", "stop", "view", "widen", "free", "begin_vote", "blind"}
"""What waits while one votes."""


class AnswerColumns(Horizontal, Flowing, Speech):
    """The columns of one `Answers` block."""

    KEYS_TITLE = "On the comparison"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "the column before"),
        Binding("right", "choose(1)", "the column after"),
        Binding("s", "stop", "stop this column; the others go on"),
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

    class StopWished(Message):
        """The person wants one column to end; the others go on."""

        def __init__(self, answers: Answers, place: int) -> None:
            super().__init__()
            self.answers = answers
            self.place = place

    class CopyWished(Message):
        """The person wants what the chosen column says in the clipboard."""

        def __init__(self, columns: AnswerColumns, what: Wanted) -> None:
            super().__init__()
            self.columns = columns
            self.what = what

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
        self._chosen = 0
        self.hint = ColumnsHint(self._press)
        """The line below those that stand side by side: who is where, and what the keys do."""
        several = len(self.columns) > 1
        if several:
            self.can_focus = True
        else:
            self.say_who(answers.messages[1] if answers.messages else None)
        self.set_class(not several, "-single", update=False)
        self._tell_keys()

    @property
    def chosen(self) -> Answer:
        """The column that is stopped, copied and scrolled by itself."""
        return self.columns[self._chosen]

    @property
    def complete(self) -> bool:
        """Whether everything that will be said is on the screen."""
        return all(column.complete for column in self.columns)

    @property
    def ended(self) -> bool:
        """Whether nothing more comes in any of them."""
        return all(column.ended for column in self.columns)

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

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._tell_keys()

    def on_click(self, event: events.Click) -> None:
        """A click chooses the column that it is in. One that ends a selection only selects."""
        if len(self.columns) < 2 or self.screen.get_selected_text():
            return
        for place, column in enumerate(self.columns):
            if column.region.contains(*event.screen_offset):
                self.action_choose_column(place)
        self.take_keys(by_mouse=True)

    def on_head_pressed(self, event: Head.Pressed) -> None:
        event.stop()
        self.action_choose_column([column.head for column in self.columns].index(event.head))
        if event.what == "stop":
            self.action_stop()
        else:
            self.action_copy("answer")

    async def _press(self, action: str) -> None:
        """What a key does was clicked."""
        self.take_keys(by_mouse=True)
        await self.app.run_action(action, self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Voting has keys of its own; one answer alone has none."""
        if len(self.columns) < 2:
            return False
        if action in {"begin_vote", "blind", "vote"} and not self._latest:
            return False
        if action == "vote":
            return self._voting and str(parameters[0]) in self._votes()
        if action == "stop" and self.chosen.ended:
            return False
        return not (self._voting and action in _LOOKING)

    def take_key(self, key: str) -> bool:
        """Any key that is no vote gives up voting; others scroll."""
        if len(self.columns) < 2:
            return False
        if self._voting:
            return key not in self.screen.active_bindings and self.leave()
        if key == "s" and self.chosen.ended and not self.ended:
            return True  # it was stopped already, or ended just now: no letter was meant
        return self._scrolling.press(key)

    def take_keys(self, *, by_mouse: bool) -> None:
        """Have the keys. What one reads stays where it is; without any of it in sight, the line
        that tells the keys comes."""
        self.by_mouse = by_mouse
        give_keys(self, scroll=len(self.columns) < 2 and not by_mouse)
        if len(self.columns) > 1 and not self._scrolling.in_sight:
            self.hint.scroll_visible(animate=False)

    def action_take_keys(self) -> None:
        """They are here: a click gives them."""

    def action_choose(self, by: int) -> None:
        self.action_choose_column((self._chosen + by) % len(self.columns))

    def action_choose_column(self, place: int) -> None:
        self._chosen = place
        self._tell_keys()

    def action_stop(self) -> None:
        self.post_message(self.StopWished(self.answers, self._chosen))

    def action_copy(self, what: Wanted) -> None:
        self.post_message(self.CopyWished(self, what))

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
        for column in self.columns:
            column.head.mark(self.has_focus and len(self.columns) > 1 and column is self.chosen)
        self.hint.tell(
            Standing(
                speakers=tuple(column.head.speaker for column in self.columns),
                chosen=self._chosen,
                focused=self.has_focus,
                voting=self._voting,
                latest=self._latest,
                streams=not self.ended,
                chosen_streams=not self.chosen.ended,
                free=self._scrolling.free,
                shades=self._view == "shades",
            )
        )

    def take(self, event: Event, at: float) -> None:
        self.columns[event.row].take(event, at)
        if event.finish is not None:
            self._tell_keys()

    def tell_speed(self) -> None:
        for column in self.columns:
            column.tell_speed()

    def end(self) -> None:
        """No more events come."""
        for column in self.columns:
            if not column.ended:
                column.end()
        self._tell_keys()

    async def freeze(self) -> None:
        for column in self.columns:
            await column.prose.freeze()
