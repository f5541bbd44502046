"""Gives the keys to a widget before the next key is read.

It refuses to know which widget should have them.
"""

from __future__ import annotations

from textual.widget import Widget


def give_keys(widget: Widget, *, scroll: bool = True) -> None:
    """Have the next key go to this widget; it is on a screen. Without `scroll`, what one looks at
    stays where it is.

    Textual's own `Widget.focus` waits behind the keys that have come already, and those would go
    where the keys were before.
    """
    widget.screen.set_focus(widget, scroll_visible=scroll)
