"""Where a panel stands, one at a time: beside the chat on a wide screen, else above the composer.

It refuses to know what the panels do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.containers import Vertical
from textual.geometry import Size

from assistant.commands.session import Session
from assistant.tui.panels.panel import WIDE_SCREEN, Panel
from assistant.tui.widgets.heights import panel_most

if TYPE_CHECKING:
    from assistant.tui.panels.adapters import AdaptersPanel
    from assistant.tui.panels.models import ModelsPanel

PanelName: TypeAlias = Literal["adapters", "models"]


class Panels(Vertical):
    """The place; it takes no room while it is empty."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._made: dict[PanelName, Panel] = {}
        """Those that were opened so far; what is under way in one goes on while another shows."""
        self._shown: Panel | None = None
        self.display = False

    def fit(self, screen: Size, taken: int) -> None:
        """Beside the chat or below it; the bottom of the screen takes so many lines."""
        beside = screen.width >= WIDE_SCREEN
        self.set_class(beside, "-beside")
        self.styles.max_height = None if beside else panel_most(screen.height, taken)

    async def open(self, name: PanelName) -> None:
        """Show a panel and give it the keys."""
        shown = self._made.get(name)
        if shown is None:
            shown = self._made[name] = _kind(name)(self._session)
            await self.mount(shown)
        for panel in self._made.values():
            panel.display = panel is shown
        self._shown = shown
        self.display = True
        shown.look()
        shown.menu.focus()

    async def toggle(self, name: PanelName) -> None:
        """Open it, go to it, or close it when the keys are there already."""
        shown = self._shown
        if (
            shown is not None
            and self.display
            and shown is self._made.get(name)
            and shown.has_focus_within
        ):
            shown.post_message(Panel.Left())
        else:
            await self.open(name)

    def close(self) -> bool:
        """Put it away; what is under way goes on. False when none was shown."""
        was, self.display = self.display, False
        return was

    def leave(self) -> bool:
        """What Esc does to a panel that has the keys; False when none has."""
        shown = self._shown
        if not self.display or shown is None or not shown.has_focus_within:
            return False
        shown.leave()
        return True


def _kind(name: PanelName) -> type[AdaptersPanel] | type[ModelsPanel]:
    # Not before the first paint.
    from assistant.tui.panels.adapters import AdaptersPanel
    from assistant.tui.panels.models import ModelsPanel

    return AdaptersPanel if name == "adapters" else ModelsPanel
