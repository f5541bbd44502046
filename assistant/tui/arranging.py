"""The chat's screen, which looks once where everything stands, and draws what has changed.

Textual keeps a map of all widgets and throws it away when a widget comes that is not on it; having
made the next one it still believes that there is none, and makes it again at the first question.
And whatever changes in a container that scrolls, it asks all that is in view there for its lines.
It refuses to know what is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual._compositor import Compositor, ReflowResult
from textual.geometry import Offset, Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


class _Map(Compositor):
    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        result = super().reflow(parent, size)
        self._full_map_invalidated = False  # this was the whole map
        return result

    def update_widgets(self, widgets: set[Widget]) -> None:
        whole = not self._full_map_invalidated
        super().update_widgets(widgets)
        if whole and widgets <= self._full_map.keys():
            self._full_map_invalidated = False  # they are on it, only not in view

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:
        in_view = self.visible_widgets
        _ = self.cuts  # made of all that is in view
        self._visible_widgets = {
            widget: (region, clip)
            for widget, (region, clip) in in_view.items()
            if crop.overlaps(region)
        }
        try:
            return super()._render_chops(crop, is_rendered_line)
        finally:
            self._visible_widgets = in_view


class ChatScreen(Screen[None]):
    """The screen that everything else is laid over."""

    def __init__(self) -> None:
        super().__init__(id="_default")
        self._compositor = _Map()

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        widget, offset = super().get_widget_and_offset_at(x, y)
        # Where a click comes before the next arrangement, what has been closed is still on the map.
        if widget is None or widget is self or widget.parent is not None:
            return widget, offset
        return None, None
