"""A screen to choose one thing of many by typing a few letters; Enter takes it, Esc takes nothing.

What is chosen comes back as a command line, for whoever opened the screen to run. It refuses to
know what there is to choose from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.style import Style
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.plain_text import plain
from assistant.tui.bindings import key_name, keys_here
from assistant.tui.hints import FAINT

DOT = " · "
LOW = 20
"""A screen of fewer lines has none for a frame's margins and headings."""
AT_ONCE = 100
"""Rows that are laid out at once: all of a thousand, with every letter, would make typing slow."""


@dataclass(frozen=True)
class Row:
    """One line to choose."""

    content: Content
    line: str | None
    """The command line that choosing it comes to; None for one that is only read."""
    key: str = ""
    """What it stands for."""

    @property
    def lines(self) -> int:
        """How many it takes: rows are not wrapped."""
        return self.content.plain.count("\n") + 1


@dataclass(frozen=True)
class Wish:
    """What was wanted of rows that have not come yet."""

    words: str
    """What the rows are to be for."""
    do: Callable[[], None]
    ends: bool = False
    """Whether that takes a row: what is typed behind it is for elsewhere."""


class RowList(OptionList, can_focus=False):
    """The rows; the field above moves the mark."""

    class NearEnd(Message):
        """It was scrolled to where the rows may end."""

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if new_value + 2 * self.size.height >= self.max_scroll_y:
            self.post_message(self.NearEnd())


class PickerField(Input):
    """Where the letters are typed. What comes after something was taken is for elsewhere."""

    async def _on_key(self, event: events.Key) -> None:
        picker = self.parent.parent if self.parent else None
        if isinstance(picker, Picker) and not picker.keeps(event):
            event.stop()
            event.prevent_default()
        else:
            await super()._on_key(event)


class Picker(ModalScreen[str | None]):
    """A field, the rows that fit, and a line that says what the keys do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take what is marked", priority=True),
        Binding("escape,ctrl+c", "back", "back to the chat", priority=True),
        Binding("down", "move(1)", "the next one", priority=True),
        Binding("up", "move(-1)", "the one before", priority=True),
        Binding("pagedown", "page(1)", "a page down", priority=True),
        Binding("pageup", "page(-1)", "a page up", priority=True),
        Binding("home,ctrl+home", "end_of_list(-1)", "to the first one", priority=True),
        Binding("end,ctrl+end", "end_of_list(1)", "to the last one", priority=True),
    ]
    HEADING = ""
    PLACEHOLDER = "Type a few letters"
    KEYS = "Enter opens · Esc back"
    """What keys do, told apart by dots; a click on one does what the key does."""
    NOTHING = "Nothing fits."

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        """Those that are laid out so far."""
        self._count = 0
        self._row: Callable[[int], Row] = _no_row
        self._asked_for = ""
        self._shown_for: str | None = None
        """The words that the rows are for."""
        self._wishes: list[Wish] = []
        self._typed_after: list[events.Key] = []
        self.field = PickerField(placeholder=self.PLACEHOLDER, compact=True)
        self.list = RowList(markup=False, compact=True)
        self._note = Static("", classes="keys", markup=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="picker"):
            yield Static(Content.styled(self.HEADING, "bold"), classes="heading", markup=False)
            yield self.field
            yield self.list
            yield self._note

    def on_mount(self) -> None:
        self.field.focus()
        self.say(keys=self.KEYS)
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < LOW, "-low")

    def on_click(self, event: events.Click) -> None:
        """Beside it is back."""
        if event.widget is self:
            self.action_back()

    def _ask(self) -> None:
        self._asked_for = self.words
        self.fill(self._asked_for)

    # What a picker of something adds

    def fill(self, words: str) -> None:
        """Have the rows for these words shown, now or soon."""
        raise NotImplementedError

    def take(self) -> None:
        """Take what is marked."""
        row = self.marked
        if row is not None and row.line is not None:
            self.dismiss(row.line)

    def move(self, by: int) -> None:
        """Mark the row so many further down."""
        if self._count:
            at = (self.list.highlighted or 0) + by
            at = at % self._count if abs(by) == 1 else max(0, min(at, self._count - 1))
            self._lay_out_to(at)
            self.list.highlighted = at

    def page(self, direction: int) -> None:
        """Mark the row a page further; none is jumped over that was not in sight."""
        at = self.list.highlighted or 0
        room = self.list.size.height
        self._lay_out_to(min(at + room, self._count - 1))
        beyond = self.rows[at + 1 :] if direction > 0 else reversed(self.rows[:at])
        lines = accumulate(row.lines for row in beyond)
        self.move(direction * max(2, sum(1 for below in lines if below <= room)))

    # What they use

    @property
    def words(self) -> str:
        return plain(self.field.value) if self._ending is None else self._ending.words

    @property
    def _ending(self) -> Wish | None:
        """The taking of a row, while that is waited for."""
        return next((wish for wish in self._wishes if wish.ends), None)

    @property
    def marked(self) -> Row | None:
        at = self.list.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def show(self, count: int, row: Callable[[int], Row], marked: int = 0) -> None:
        """Show so many rows, with the mark on one; `row` makes each when it is needed."""
        self.rows, self._count, self._row = [], count, row
        self.list.clear_options()
        marked = min(marked, count - 1)
        self._lay_out_to(marked)
        self.list.highlighted = marked if count else None
        if count:
            self.say(keys=self.KEYS)
        else:
            self.say(self.NOTHING, keys="Esc back")
        self._shown_for = self.words
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            if wish.words == self._shown_for:
                self.once_shown(wish.do, ends=wish.ends)

    def _lay_out_to(self, place: int) -> None:
        """Have the rows up to a place laid out, and enough below it to see that more follow."""
        there = len(self.rows)
        if place + AT_ONCE // 2 >= there:
            made = [self._row(number) for number in range(there, min(place + AT_ONCE, self._count))]
            self.rows += made
            self.list.add_options([Option(row.content) for row in made])

    def on_row_list_near_end(self) -> None:
        self._lay_out_to(len(self.rows))

    def keeps(self, event: events.Key) -> bool:
        """Whether a key is for this picker. One that comes after its end, or after Enter while rows
        are waited for, is for where one is when that is done."""
        if self.is_current and self._ending is None:
            return True
        self._typed_after.append(event)
        if not self.is_current:
            self._hand_on()
        return False

    def _hand_on(self) -> None:
        keys, self._typed_after = self._typed_after, []
        for event in keys:
            self.app.post_message(events.Key(event.key, event.character))

    def failed(self, why: str) -> None:
        """There are no rows to wait for."""
        self._wishes.clear()
        self.say(why, warning=True)
        self._hand_on()

    def in_turn(self, do: Callable[[], None]) -> None:
        """Do something after what was typed before it, which may still wait for the field."""
        self.field.call_later(do)

    def once_shown(self, do: Callable[[], None], *, ends: bool = False) -> None:
        """Do something with the rows for what is typed, now or when they come."""
        if self.words != self._shown_for:
            self._wishes.append(Wish(self.words, do, ends))
        elif self.is_current:  # a row that was taken has closed it
            do()

    def say(self, text: str = "", *, keys: str = "", warning: bool = False) -> None:
        """The line at the bottom: what there is to say, and what keys do now."""
        style = "bold $text-error" if warning else FAINT
        parts = [Content.styled(text, style)] if text else []
        parts += [self._to_click(part, style) for part in keys.split(DOT) if part]
        self._note.update(Content.styled(DOT, style).join(parts))

    def _to_click(self, part: str, style: str) -> Content:
        key, _, _ = part.partition(" ")
        does = next((does for does in keys_here(self) if key in map(key_name, does.keys)), None)
        content = Content.styled(part, style)
        if does is None:
            return content
        return content.stylize(Style.from_meta({"@click": f"screen.{does.action}"}))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._ending is None:
            self._ask()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.list.highlighted = event.option_index
        self.take()

    def action_move(self, by: int) -> None:
        self.in_turn(lambda: self.once_shown(lambda: self.move(by)))

    def action_page(self, direction: int) -> None:
        self.in_turn(lambda: self.once_shown(lambda: self.page(direction)))

    def action_end_of_list(self, direction: int) -> None:
        self.in_turn(lambda: self.once_shown(lambda: self.move(direction * max(2, self._count))))

    def action_take(self) -> None:
        self.in_turn(self.take_soon)

    def take_soon(self) -> None:
        """Take what is marked once the rows are there; what is typed meanwhile is for later."""
        if self.words not in (self._shown_for, self._asked_for):
            # Word of the last letters has not come yet, and will not be heeded any more.
            self._ask()
        self.once_shown(self._take_now, ends=True)

    def _take_now(self) -> None:
        self.take()
        self._hand_on()

    def action_back(self) -> None:
        self.in_turn(self.back)

    def back(self) -> None:
        """Leave without taking anything."""
        if self.is_current:
            self._wishes.clear()
            self.dismiss(None)


def _no_row(place: int) -> Row:
    raise IndexError(place)
