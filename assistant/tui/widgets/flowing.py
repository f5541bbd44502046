"""Widgets that stand below each other, each as tall as it is, and the containers they stand in.

Textual is careful: it arranges all children again, and theirs, whenever a container has grown by a
line, and once more because something has another size now than before; so each line of an answer
cost twice as much as the whole chat is long. Where things flow, neither changes anything. It
refuses to know what flows.
"""

from __future__ import annotations

from textual.geometry import Region, Size
from textual.layout import DockArrangeResult
from textual.strip import Strip
from textual.widget import Widget


class Placed(Widget):
    """Its size comes out of an arrangement, and is no reason for the next. It comes after the class
    that draws it, which Textual takes the style from."""

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # A scrollbar that comes or goes asks for an arrangement by itself.
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class Backdrop(Widget):
    """Shows no more of its own than a background, and a border beside it."""

    def render_lines(self, crop: Region) -> list[Strip]:
        # All its lines are alike.
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height


class Flowing(Placed, Backdrop):
    """For containers with children of automatic height only."""

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        # Where children stand does not depend on the height: told that there is none, Textual finds
        # in its caches what has not changed.
        return super().arrange(Size(size.width, 0), optimal)
