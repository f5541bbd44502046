"""What is typed before there is a screen: kept, and typed once there is something to type into.

Whoever starts a chat types on at once; Textual would drop those letters. It refuses to know where
they go.
"""

from __future__ import annotations

from textual import events
from textual.app import App


class PatientApp(App[None]):
    """Holds keys and pastes back until all of it is there, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._there = False
        self._early: list[events.Event] = []

    def on_ready(self) -> None:
        self._there = True
        # Through the queue: what has the focus has it by then.
        self.call_later(self._type_early)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if not self._there:
                self._early.append(event)
                return
            await self._type_early()
        await super().on_event(event)

    async def _type_early(self) -> None:
        early, self._early = self._early, []
        for event in early:
            await super().on_event(event)
