"""Containers whose children flow from top to bottom, each as tall as it is.

Where those stand does not depend on the height of what they stand in. Textual does not know that:
it arranges all children again, and theirs, whenever the container has grown by a line, so that each
line of an answer cost as much as the whole chat is long. Always told that there is none, it finds
in its caches what has not changed. It refuses to know what flows.
"""

from __future__ import annotations

from textual.geometry import Size
from textual.layout import DockArrangeResult
from textual.widget import Widget


class Flowing(Widget):
    """For containers with children of automatic height only. It comes after the class of the
    container, which Textual takes the style from."""

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        return super().arrange(Size(size.width, 0), optimal)
