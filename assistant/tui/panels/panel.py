"""What all panels are: a title, a list, and below it what is under way, what went wrong, the keys.

A panel stands beside the chat where the screen is wide, and between chat and composer where it is
not. What takes its time runs as a job in a thread of its own and can be stopped. It refuses to know
what is chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input
from textual.worker import get_current_worker

from assistant.commands.faults import record
from assistant.commands.job import Calculation
from assistant.commands.session import Session
from assistant.errors import AssistantError, Stopped
from assistant.plain_text import plain
from assistant.tui.focusing import give_keys
from assistant.tui.hints import in_lines, key_hint, meant_by
from assistant.tui.panels.menu import Menu
from assistant.tui.widgets.drawn import Drawn, progress_lines
from assistant.tui.widgets.heights import things_most

LOOKS_PER_SECOND = 10
FIELD = 3
"""Lines of a field with its frame."""
WIDE_SCREEN = 120
"""From so many columns on, the panel stands beside the chat."""


class Line(Drawn):
    """Some lines that change."""

    def __init__(self, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._make: Callable[[int], list[Content]] = lambda width: []

    def tell(self, make: Callable[[int], list[Content]]) -> None:
        self._make = make
        self.refresh(layout=True)

    def lines(self, width: int) -> list[Content]:
        return self._make(width)


class Foot(Line):
    """What there is to say, and what the keys do, which a click does as well."""

    class Pressed(Message):
        """Words that say what a key does were clicked."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def on_click(self, event: events.Click) -> None:
        if (key := meant_by(event)) is not None:
            event.stop()
            self.post_message(self.Pressed(key))


class Things(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Where the list is scrolled: by its mark, and so by the panel's keys."""


class Panel(Vertical):
    """The part that adapters and models share."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "do('up')", "the one before"),
        Binding("down", "do('down')", "the next one"),
    ]
    KEYS_TITLE: ClassVar[str]
    """The heading, and the name of the group of its keys."""
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]]
    """Its keys: as Textual calls them, as people write them, and what they do."""

    class Left(Message):
        """The person is done with it."""

    class Wished(Message):
        """The person wants a command line to run."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    def __init__(self, session: Session, menu: Menu[Any]) -> None:
        super().__init__(classes="panel")
        self.session = session
        self.menu = menu
        self._things = Things(menu, classes="things")
        self._room: int | None = None
        self._head = Line("head")
        self._foot = Foot("foot")
        self._job: Calculation[Any] | None = None
        self._then: Callable[[Any], None] = lambda value: None
        self._stops = True
        self._problem: AssistantError | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self._things
        yield from self.fields()
        yield self._foot

    def fields(self) -> ComposeResult:
        """What is typed into, below the list."""
        return iter(())

    def fit(self, room: int | None) -> None:
        """Have so many lines on the screen; None for as many as there are."""
        self._room = room
        width = self._foot.content_size.width
        if room is None or not width:
            self._things.styles.max_height = None
            return
        fields = FIELD * sum(field.display for field in self.query_children(Input))
        needed = fields + len(self._head_lines(width)) + len(self._said_lines(width))
        keys = len(_keys(self.keys_now, width))
        self._things.styles.max_height = things_most(room, needed, keys)

    def on_mount(self) -> None:
        self._head.tell(self._head_lines)
        self._foot.tell(self._foot_lines)
        self.set_interval(1 / LOOKS_PER_SECOND, self._look_at_job)
        self.look()

    # For those that have things to show

    def read(self) -> Any:
        """See what there is, in a thread of its own, for `take`."""
        raise NotImplementedError

    def take(self, found: Any) -> None:
        """Show what `read` found."""
        raise NotImplementedError

    def summary(self) -> Content:
        """What stands beside the heading."""
        return Content("")

    @property
    def waits(self) -> bool:
        """Whether something is to be done as soon as it can be, also out of sight."""
        return False

    def on_tick(self) -> None:
        """A few times a second."""

    # What there is

    def look(self) -> None:
        """See what there is, anew."""
        self.run_worker(self._look, thread=True, group="looking", exclusive=True)

    def _look(self) -> None:
        """Whatever lies in a folder, looking at it must not end the program."""
        worker = get_current_worker()
        try:
            found = self.read()
            if not worker.is_cancelled:  # else a later look has newer things to show
                self.app.call_from_thread(self.take, found)
        except Exception as error:
            if not worker.is_cancelled and self.app.is_running:
                self.app.call_from_thread(self.refuse, self._problem_of(error))

    def _problem_of(self, error: Exception) -> AssistantError:
        """What to say of an error; one that nobody foresaw is written down."""
        if isinstance(error, AssistantError):
            return error
        problem = record(error, self.session.places)
        return AssistantError(problem.message, problem.hint)

    # What is under way

    @property
    def busy(self) -> bool:
        return self._job is not None

    def occupied(self) -> bool:
        """Whether something is under way, which is said then."""
        if self.busy:
            stops = ": Esc stops what is under way" if self._stops else ""
            self.say(f"one thing at a time{stops}")
        return self.busy

    def begin(
        self, job: Calculation[Any], then: Callable[[Any], None], *, stops: bool = True
    ) -> None:
        """Show a job, and do something with what comes of it; `stops` where Esc can stop it."""
        self._job, self._then, self._stops = job, then, stops
        self._problem, self._said = None, ""
        self._redraw()

    def say(self, text: str) -> None:
        """Put a sentence where the refusals stand."""
        self._problem, self._said = None, text
        self._redraw()

    def refuse(self, error: AssistantError) -> None:
        """Show in place what cannot be, and what to do."""
        self._problem, self._said = error, ""
        self._redraw()

    def step_back(self) -> bool:
        """Esc: stop what is under way, else take the refusal away; False where neither is."""
        if self._job is not None and self._stops:
            self._job.cancel()
        elif self._problem is not None:
            self._problem = None
            self._redraw()
        else:
            return False
        return True

    def leave(self) -> None:
        if not self.step_back():
            self.post_message(self.Left())

    def _look_at_job(self) -> None:
        job = self._job
        if job is None and not (self.waits or self.is_on_screen):
            return
        self.on_tick()
        if job is None:
            return
        if job.wait(0):
            self._job = None
            self._finish(job)
        self._redraw()

    def _finish(self, job: Calculation[Any]) -> None:
        try:
            self._then(job.result())
        except Stopped:
            self._problem, self._said = None, "stopped"
        except Exception as error:
            self._problem = self._problem_of(error)
        self.look()

    def on_resize(self) -> None:
        self.fit(self._room)

    def _redraw(self) -> None:
        self.fit(self._room)
        self._head.refresh()
        self._foot.refresh(layout=True)
        self.menu.refresh(layout=True)

    # Lines

    def _head_lines(self, width: int) -> list[Content]:
        heading = Content.styled(self.KEYS_TITLE, "bold")
        beside = self.summary()
        gap = width - heading.cell_length - beside.cell_length
        if gap < 2:
            return [heading, beside.truncate(width, ellipsis=True)] if beside.plain else [heading]
        return [Content.assemble(heading, " " * gap, beside)]

    def _foot_lines(self, width: int) -> list[Content]:
        return self._said_lines(width) + _keys(self.keys_now, width)

    def _said_lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        if self._job is not None:
            doing = f"{self._job.doing} · Esc stops" if self._stops else self._job.doing
            lines += progress_lines(doing, self._job.share, width)
        if self._problem is not None:
            said = Content.assemble(("✗ ", "bold $text-error"), plain(self._problem.message))
            lines += said.wrap(width)
            if self._problem.hint:
                lines += Content.styled(plain(self._problem.hint), "$foreground 70%").wrap(width)
        elif self._said:
            lines += Content.styled(plain(self._said), "italic").wrap(width)
        return lines + ([Content("")] if lines else [])

    @property
    def keys_now(self) -> tuple[tuple[str, str, str], ...]:
        """Those of its keys that work now."""
        return self.KEYS

    # Keys

    def actions(self) -> dict[str, Callable[[], None]]:
        """What the keys do; each subclass has more."""
        return {
            "up": lambda: self.menu.move(-1),
            "k": lambda: self.menu.move(-1),
            "down": lambda: self.menu.move(1),
            "j": lambda: self.menu.move(1),
            "home": lambda: self.menu.move(-len(self.menu.entries)),
            "end": lambda: self.menu.move(len(self.menu.entries)),
            "pageup": lambda: self.menu.page(-1),
            "pagedown": lambda: self.menu.page(1),
            "r": self.look,
            "escape": self.leave,
        }

    def action_do(self, key: str) -> None:
        """What a key does, whatever asks for it."""
        try:
            self.actions()[key]()
        except AssistantError as error:
            self.refuse(error)

    def on_foot_pressed(self, event: Foot.Pressed) -> None:
        event.stop()
        give_keys(self.menu)
        self.action_do(event.key)

    def take_key(self, key: str) -> bool:
        """There are more keys than help lists."""
        if key not in self.actions() or self.app.focused is not self.menu:
            return False
        self.action_do(key)
        return True


def key_bindings(keys: tuple[tuple[str, str, str], ...]) -> list[BindingType]:
    """The keys as bindings, so that help and palette know them."""
    return [Binding(key, f"do('{key}')", what, key_display=shown) for key, shown, what in keys]


def _keys(keys: tuple[tuple[str, str, str], ...], width: int) -> list[Content]:
    """What the keys do, each of which can be clicked as well."""
    return in_lines([key_hint(shown, what, key) for key, shown, what in keys], width)
