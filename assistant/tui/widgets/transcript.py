"""What was said so far. It follows the newest line unless the person has scrolled up.

Only the newest answers stay live Markdown; older ones become plain text, so that a long chat does
not make typing slow. It refuses to know the session.
"""

from __future__ import annotations

from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.geometry import Size
from textual.message import Message
from textual.widget import AwaitMount, Widget

from assistant.tui.drawing import keep_apart
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.flowing import Backdrop, Flowing
from assistant.tui.widgets.past import EarlierView, PastAnswer
from assistant.tui.widgets.prose import Prose
from assistant.tui.widgets.speech import Act, Speech, Versions
from assistant.tui.widgets.welcome import Welcome

MOST_LIVE = 20


class _Lines(Vertical, Flowing):
    """All that was said."""


class Transcript(VerticalScroll, Backdrop, can_focus=False, inherit_bindings=False):
    """The scrolling part of the screen. With the focus on a message, keys walk and act on it."""

    KEYS_TITLE = "In the chat"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", "the message before"),
        Binding("down", "walk(1)", "the message after"),
        Binding("e", "act('edit')", "edit this question"),
        Binding("r", "act('retry')", "ask it again"),
        Binding("f", "act('fork')", "go on from here in another branch"),
        Binding("c", "act('compare')", "base and adapted answers to it, side by side"),
        Binding("left", "act('previous')", "the version before"),
        Binding("right", "act('next')", "the version after"),
        Binding("t", "act('tree')", "the tree of branches"),
        Binding("pageup", "page(-1)", "scroll up"),
        Binding("pagedown", "page(1)", "scroll down"),
        Binding("home", "scroll_home", "to the beginning"),
        Binding("end", "follow", "to the newest line, and stay there"),
    ]

    class Acted(Message):
        """Something is wanted of the message that has the focus."""

        def __init__(self, what: Act, message: int) -> None:
            super().__init__()
            self.what = what
            self.message = message

    class Left(Message):
        """The walk went below the last message."""

    def __init__(self) -> None:
        self._welcome = Welcome()
        # At least as tall as the view: a short chat then begins at the top and stays there.
        self.lines = _Lines(self._welcome, id="lines")
        super().__init__(self.lines)
        self._live: list[AnswerColumns | Prose] = []
        self._last: Widget | None = None

    def add(self, *widgets: Widget) -> AwaitMount:
        """Put something at the end."""
        self._welcome.display = False
        return self.add_quietly(*widgets)

    @property
    def empty(self) -> bool:
        """Whether the welcome is still there."""
        return self._welcome.display

    def add_quietly(self, *widgets: Widget) -> AwaitMount:
        """Put something at the end, below the welcome while that is there."""
        if not self.is_anchored:
            self._begin_to_follow()
        self._live += [w for w in widgets if isinstance(w, AnswerColumns | Prose)]
        for widget in widgets:
            keep_apart(self._last or (self._welcome if self._welcome.display else None), widget)
            self._last = widget
        return self.lines.mount_all(widgets)

    def _begin_to_follow(self) -> None:
        """A welcome alone begins at its beginning, whatever of it has room."""
        if self.container_size.height:
            self.anchor()
        else:
            # Before it has a height, its end would be out of sight for a frame.
            self.call_after_refresh(self.anchor)

    # Walking from message to message

    @property
    def speeches(self) -> list[Speech]:
        """The messages of the conversation that are drawn, from top to bottom."""
        found: list[Speech] = []
        for widget in self.lines.children:
            many = widget.children if isinstance(widget, EarlierView) else (widget,)
            found += [w for w in many if isinstance(w, Speech) and w.message is not None]
        return found

    @property
    def spoken(self) -> Speech | None:
        """The message that has the focus."""
        # The focus moves once more while the program ends, and then nothing is on a screen.
        focused = self.screen.focused if self.is_attached else None
        return focused if isinstance(focused, Speech) and focused.message is not None else None

    def enter(self) -> bool:
        """Give the focus to the last message; False when there is none."""
        speeches = self.speeches
        if speeches:
            speeches[-1].take_keys(by_mouse=False)
        return bool(speeches)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Walking and acting take a message that has the keys."""
        if action == "walk":
            return self.spoken is not None
        # Who came by mouse may want to type on: letters are for those who walked here.
        return action != "act" or (self.spoken is not None and not self.spoken.by_mouse)

    def action_walk(self, by: int) -> None:
        spoken = self.spoken
        if spoken is None:
            raise SkipAction
        speeches = self.speeches
        at = speeches.index(spoken) + by
        if at < len(speeches):
            speeches[max(0, at)].take_keys(by_mouse=False)
        else:
            self.post_message(self.Left())

    def action_act(self, what: Act) -> None:
        spoken = self.spoken
        if spoken is None or spoken.message is None:
            raise SkipAction
        self.post_message(self.Acted(what, spoken.message))

    def action_page(self, direction: int) -> None:
        self.page(direction)

    def action_follow(self) -> None:
        self.follow()

    # Scrolling

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # What grew inside is arranged already; in another height the end stands elsewhere.
        layout = container_size != self.container_size
        return super()._size_updated(size, virtual_size, container_size, layout)

    def follow(self) -> None:
        """Go to the end, and stay there while it grows."""
        self.anchor()
        self.scroll_end(animate=False)

    @property
    def place(self) -> tuple[float, bool]:
        """Where one is, and whether that is the end."""
        return self.scroll_y, self.at_end

    @property
    def at_end(self) -> bool:
        """Whether the newest line is in view, or will be: it is followed."""
        return not self._anchor_released or self.scroll_y >= self.max_scroll_y

    @property
    def more_below(self) -> bool:
        """Whether something is below the view, not only the empty line at the end."""
        return not self.at_end and self.scroll_y + 1 < self.max_scroll_y

    def go_back_to(self, place: tuple[float, bool]) -> None:
        """Where one was."""
        y, at_end = place
        if at_end:
            self.follow()
        else:
            self.scroll_to(y=y, animate=False)

    def look_at(self, widget: Widget, line: int = 0) -> None:
        """Bring a line of something into the upper half of the view, unless it is in view."""
        on_screen = widget.content_region.y + line - self.region.y
        if not 0 <= on_screen < self.size.height:
            y = self.scroll_offset.y + on_screen - self.size.height // 3
            self.scroll_to(y=y, animate=False)
        elif self.at_end:
            self.release_anchor()

    def page(self, direction: int) -> None:
        """Scroll by a screenful, up or down."""
        # Scrolling a transcript that fits would only make it stop following.
        if self.max_scroll_y <= 0:
            return
        if direction < 0:
            self.scroll_page_up(animate=False)
        elif self.scroll_y + self.size.height < self.max_scroll_y:
            self.scroll_page_down(animate=False)
        else:
            # Also where one is at the end already: there, Textual would stop following.
            self.follow()

    async def freeze_old(self) -> None:
        """Turn the oldest live answers into plain text, when there are too many.

        They are of another height then: not while somebody reads further up, whose place would
        move; it is made up for once the end is followed again.
        """
        while self.at_end and len(self._live) > MOST_LIVE and self._live[0].complete:
            await self._live.pop(0).freeze()

    async def take_last_answer(self) -> None:
        """Take the chat's last answer away, for the same one made longer."""
        below: list[Versions] = []
        for widget in reversed(self.lines.children):
            if (isinstance(widget, PastAnswer) and widget.cut) or (
                isinstance(widget, AnswerColumns) and len(widget.columns) == 1
            ):
                if isinstance(widget, AnswerColumns) and widget in self._live:
                    self._live.remove(widget)
                of_it = [line for line in below if line.message == widget.message]
                await self.lines.remove_children([widget, *of_it])
                return
            if isinstance(widget, Versions):
                below.append(widget)

    async def clear(self) -> None:
        """Back to the beginning."""
        self._live.clear()
        self._last = None
        await self.lines.remove_children([w for w in self.lines.children if w is not self._welcome])
        self._welcome.display = True
        self.anchor(False)
        # At once: what comes next may be followed, and scrolling later would end that.
        self.scroll_home(animate=False, immediate=True)
