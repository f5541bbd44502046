"""The adapters: which there are, which are loaded, which answer and how strongly.

Everything acts at once, and the next answer is made with it; an answer under way goes on as it
began. It refuses to know how an adapter is attached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input

from assistant.commands.loading import loading_adapter, unloading_adapter
from assistant.commands.session import Session
from assistant.commands.shelf import Shelved, shelf
from assistant.engine.types import AdapterInfo
from assistant.errors import AssistantError
from assistant.tui.focusing import give_keys
from assistant.tui.hints import FAINT
from assistant.tui.layout import one_line
from assistant.tui.panels.adapter_lines import adapter_lines, slider_cells
from assistant.tui.panels.menu import Entry, Menu
from assistant.tui.panels.panel import Panel, key_bindings
from assistant.tui.panels.slider import FINE_STEP, STEP, moved, value_at

_TYPING = (("enter", "Enter", "load it"), ("escape", "Esc", "back"))


class AdaptersPanel(Panel):
    """F3."""

    KEYS_TITLE = "Adapters"
    KEYS: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("enter", "Enter", "load, use, rest"),
        ("left", "←", "weaker"),
        ("right", "→", "stronger"),
        ("shift+right", "Shift", "finely"),
        ("1", "1", "as trained"),
        ("o", "o", "only this"),
        ("b", "b", "base"),
        ("u", "u", "unload"),
        ("a", "a", "add"),
        ("escape", "Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = key_bindings(KEYS)

    def __init__(self, session: Session) -> None:
        super().__init__(session, Menu(adapter_lines, "There are no adapters yet; a adds one."))
        self._found: Sequence[Shelved] = ()
        self._loaded_names: list[str] = []
        self._sliding: str | None = None
        """On whose slider the mouse button went down: only such a drag moves it."""
        self._scales: dict[str, float] = {}
        """The strengths of those that rest, for when they are used again."""
        self._later: tuple[str, float | None] | None = None
        """What is loaded once there is a model, and how strong."""
        self._wanted = Input(placeholder="a folder, or OWNER/NAME of the hub")

    def fields(self) -> ComposeResult:
        self._wanted.display = False
        yield self._wanted

    @property
    def keys_now(self) -> tuple[tuple[str, str, str], ...]:
        return _TYPING if self._wanted.display else self.KEYS

    def summary(self) -> Content:
        in_use = self.session.in_use
        if not in_use:
            return Content.styled("the base model answers", FAINT)
        stack = " + ".join(f"{one_line(name)} ×{scale:.3g}" for name, scale in in_use.items())
        return Content.styled(stack, "bold $text-accent")

    # What there is

    def read(self) -> Sequence[Shelved]:
        return shelf(self.session)

    def take(self, found: Sequence[Shelved]) -> None:
        self._found = found
        self._offer()

    @property
    def waits(self) -> bool:
        return self._later is not None

    def on_tick(self) -> None:
        """Follow what is typed in the chat meanwhile, and do what had to wait for the model."""
        if self._later is not None and self.session.is_open and not self.busy:
            (ref, scale), self._later = self._later, None
            self._load(ref, scale)
        loaded = self.session.engine.adapters() if self.session.is_open else []
        if (names := [adapter.name for adapter in loaded]) != self._loaded_names:
            self._loaded_names = names  # looked at once, also where looking fails
            self.look()
        elif self._found and self._scales_shown != dict(self.session.in_use):
            self._offer()

    @property
    def _scales_shown(self) -> dict[str, float]:
        return {one.name: one.scale for one in self._found if one.scale is not None}

    def _offer(self) -> None:
        """The list as it stands now: those that answer, those that rest, those in the folders."""
        in_use = self.session.in_use
        self._found = [replace(one, scale=in_use.get(one.name)) for one in self._found]
        answering = sorted(
            (one for one in self._found if one.scale is not None),
            key=lambda one: list(in_use).index(one.name),
        )
        resting = [one for one in self._found if one.loaded and one.scale is None]
        others = [one for one in self._found if not one.loaded and one.problem is None]
        broken = [one for one in self._found if one.problem is not None]
        groups = (
            ("answering, added up on the base" if len(answering) > 1 else "answering", answering),
            ("loaded, at rest", resting),
            ("in the folders", others),
            ("cannot be used", broken),
        )
        entries = [
            Entry(one.name, one, heading if number == 0 else "")
            for heading, group in groups
            for number, one in enumerate(group)
        ]
        self.menu.offer(entries)
        self._redraw()

    # What the keys and the mouse do

    def actions(self) -> dict[str, Callable[[], None]]:
        return super().actions() | {
            "enter": self._load_typed if self._wanted.display else self._press,
            "space": self._press,
            "left": lambda: self._step(-STEP),
            "right": lambda: self._step(STEP),
            "shift+left": lambda: self._step(-FINE_STEP),
            "shift+right": lambda: self._step(FINE_STEP),
            "1": lambda: self._weigh(1.0),
            "0": lambda: self._weigh(0.0),
            "o": self._only,
            "b": self._base,
            "u": self._unload,
            "delete": self._unload,
            "a": self._ask,
        }

    @property
    def _marked(self) -> Shelved | None:
        marked = self.menu.marked
        return marked if isinstance(marked, Shelved) else None

    def _press(self) -> None:
        """Load it, let it answer, or let it rest: the next of the three."""
        one = self._marked
        if one is None:
            return
        if one.scale is not None:
            self._scales[one.name] = one.scale
            self.session.weigh_adapter(one.name, None)
            self._show_strengths()
        elif one.loaded:
            self._weigh(self._scales.get(one.name, 1.0))
        elif one.problem is not None:
            self.refuse(one.problem)
        else:
            self._load(str(one.path) if one.where == "elsewhere" else one.name, 1.0)

    def _load(self, ref: str, scale: float | None = None) -> None:
        if not self.session.is_open:
            self._later = ref, scale
            self.say(f"{one_line(ref)} is loaded once the model is there. Esc: not")
        elif not self.occupied():
            self.begin(loading_adapter(self.session, ref, scale), self._loaded)

    def _loaded(self, info: AdapterInfo) -> None:
        self.take(self.read())
        self.menu.mark(info.name)
        warned = f" {' '.join(info.warnings)}" if info.warnings else ""
        self.say(f"{info.name} answers from the next message on.{warned}")

    def _step(self, by: float) -> None:
        one = self._marked
        if one is not None and one.scale is not None:
            self._weigh(moved(one.scale, by))

    def _weigh(self, value: float) -> None:
        one = self._marked
        if one is not None and one.loaded:
            self.session.weigh_adapter(one.name, value)
            self._show_strengths()

    def _only(self) -> None:
        one = self._marked
        if one is not None and one.loaded:
            self.session.use_adapters({one.name: one.scale if one.scale is not None else 1.0})
            self._show_strengths()

    def _base(self) -> None:
        self._scales |= dict(self.session.in_use)
        self.session.use_adapters({})
        self._show_strengths()

    def _show_strengths(self) -> None:
        name = self._marked.name if self._marked else ""
        self._problem, self._said = None, ""
        self._offer()
        self.menu.mark(name)

    def _unload(self) -> None:
        one = self._marked
        if one is None or not one.loaded or self.occupied():
            return
        # The model may be reading a long chat, and is waited for: not in the thread that draws.
        job = unloading_adapter(self.session, one.name)
        self.begin(job, lambda _: self.say(f"{one.name} is off the model."), stops=False)

    def on_menu_pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        one = self._marked
        if one is None:
            return
        cells = slider_cells(one, self.menu.content_size.width)
        try:
            if not event.dragged:
                on_slider = cells is not None and event.line == 0 and event.x in cells
                self._sliding = one.name if on_slider else None
            if cells is not None and self._sliding == one.name:
                self._weigh(value_at(event.x - cells.start, len(cells)))
            elif not event.dragged and event.x < 3:
                self._press()
        except AssistantError as error:
            self.refuse(error)

    # Others, by name

    def _ask(self) -> None:
        self._wanted.display = True
        give_keys(self._wanted)
        self._redraw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_do("enter")

    def _load_typed(self) -> None:
        ref = self._wanted.value.strip()
        self._close_input()
        if ref:
            self._load(ref)

    def _close_input(self) -> None:
        self._wanted.value = ""
        self._wanted.display = False
        give_keys(self.menu)
        self._redraw()

    def step_back(self) -> bool:
        if self._wanted.display:
            self._close_input()
        elif self._later is not None:
            self._later = None
            self.say("")
        else:
            return super().step_back()
        return True
