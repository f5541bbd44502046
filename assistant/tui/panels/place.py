"""Where a panel stands, one at a time: beside the chat on a wide screen, else above the composer.

It refuses to know what the panels do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.containers import Vertical
from textual.geometry import Size

from assistant.commands.session import Session
from assistant.tui.focusing import give_keys
from assistant.tui.panels.panel import WIDE_SCREEN, Panel
from assistant.tui.widgets.heights import panel_most

if TYPE_CHECKING:
    from assistant.tui.panels.adapters import AdaptersPanel
    from assistant.tui.panels.models import ModelsPanel

BESIDE = "-panel-beside"
"""The class of a screen while a panel stands beside its chat."""
PanelName: TypeAlias = Literal["adapters", "models"]


class Panels(Vertical):
    """The place; it takes no room while it is empty."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._made: dict[PanelName, Panel] = {}
        """Those that were opened so far; what is under way in one goes on while another shows."""
        self._shown: Panel | None = None
        self._room: int | None = None
        self.display = False

    def fit(self, screen: Size, taken: int) -> None:
        """Beside the chat or below it; the bottom of the screen takes so many lines."""
        beside = screen.width >= WIDE_SCREEN
        self.set_class(beside, "-beside")
        self._make_room()
        self._room = None if beside else panel_most(screen.height, taken)
        self.styles.max_height = self._room
        for panel in self._made.values():
            panel.fit(self._room)

    async def open(self, name: PanelName, *, keys: bool = True) -> None:
        """Show a panel, and give it the keys."""
        shown = self._made.get(name)
        if shown is None:
            shown = self._made[name] = _kind(name)(self._session)
            await self.mount(shown)
            shown.fit(self._room)
        for panel in self._made.values():
            panel.display = panel is shown
        self._shown = shown
        self.display = True
        self._make_room()
        shown.look()
        if keys:
            give_keys(shown.menu)

    def has_keys(self, name: PanelName | None = None) -> bool:
        """Whether the keys are in a panel; of this name, if one is given."""
        shown = self._shown
        wanted = shown if name is None else self._made.get(name)
        return self.display and shown is not None and shown is wanted and shown.has_focus_within

    def close(self) -> bool:
        """Put it away; what is under way goes on. False when none was shown."""
        was, self.display = self.display, False
        self._make_room()
        return was

    def _make_room(self) -> None:
        """What lies over the chat, such as help, leaves a panel beside it free."""
        if self.is_attached:
            self.screen.set_class(self.display and self.has_class("-beside"), BESIDE)

    def step_back(self) -> bool:
        """What Esc does inside a panel; False when only the way out of it is left."""
        return self._shown is not None and self._shown.step_back()


def _kind(name: PanelName) -> type[AdaptersPanel] | type[ModelsPanel]:
    # Not before the first paint.
    from assistant.tui.panels.adapters import AdaptersPanel
    from assistant.tui.panels.models import ModelsPanel

    return AdaptersPanel if name == "adapters" else ModelsPanel
