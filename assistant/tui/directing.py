"""The part of the app that leads each key to what it is for, in the order in which they come.

Outside of a field a key is dealt with before the next one is looked at: it may move the focus, or
change what the next one means. Left to go through the widgets, as Textual has it, the keys of
somebody who types fast, or whose screen was busy, are all under way before the first has done
anything. What is typed where nobody wants it goes to the composer. It refuses to know what keys do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from textual import events

from assistant.tui.early import PatientApp
from assistant.tui.focusing import give_keys

if TYPE_CHECKING:
    # Not before the first paint; they come with what furnishes the app.
    from textual.widgets import Input, TextArea

    from assistant.tui.widgets.composer import Composer


@runtime_checkable
class Pressed(Protocol):
    """A widget with keys beside its bindings, for itself and for what is inside."""

    def take_key(self, key: str) -> bool:
        """Do what a key means now; False when it means nothing here."""


class DirectingApp(PatientApp):
    """An app with one place to type in."""

    composer: Composer

    async def direct(self, event: events.Key | events.Paste) -> bool:
        if self.screen.is_modal or self.field is not None:
            return False
        if isinstance(event, events.Key):
            if await self._is_taken(event.key):
                return True
            if not (event.is_printable and event.character):
                return False
        give_keys(self.composer)
        return False

    @property
    def field(self) -> Input | TextArea | None:
        """Where letters are typed now; None where the keys are in no field."""
        from textual.widgets import Input, TextArea  # they are there with the parts

        return self.focused if isinstance(self.focused, Input | TextArea) else None

    async def _is_taken(self, key: str) -> bool:
        if await self._check_bindings(key, priority=True):
            return True
        around = self.focused.ancestors_with_self if self.focused is not None else ()
        if any(node.take_key(key) for node in around if isinstance(node, Pressed)):
            return True
        return await self._check_bindings(key)
