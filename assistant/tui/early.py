"""The app before its parts are there: it paints a first frame, and then fetches them in a thread.

Importing the session and the widgets takes longer than all the rest of the start, and whoever
starts a chat types on at once: keys and pastes are kept, and typed once there is something to type
into. What is pasted is made safe here, on its way to whatever field. It refuses to know what the
parts are, and where keys go.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from threading import Thread

from textual import events
from textual.app import App, ComposeResult

from assistant.plain_text import plain

Furnish = Callable[[], None]
"""Makes the parts; in the app's own thread."""


class PatientApp(App[None]):
    """Shows its first frame until it is furnished; keys and pastes wait, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.furnished = False
        """Whether the parts are made; they stand with the next frame."""
        self.failure: Exception | None = None
        """Why they could not be made; the app has ended with it."""
        self._bring: Callable[[], Furnish] | None = None
        self._there = False
        self._early: list[events.Key | events.Paste] = []

    # What a furnished app is made of

    @abstractmethod
    def first_frame(self) -> ComposeResult:
        """What is shown before there are parts."""

    @abstractmethod
    def parts(self) -> ComposeResult:
        """All that takes its place."""

    @abstractmethod
    def moved_in(self) -> None:
        """The parts stand on the screen."""

    @abstractmethod
    def arrived(self) -> None:
        """What was typed meanwhile is on its way to where it is typed."""

    @abstractmethod
    async def direct(self, event: events.Key | events.Paste) -> bool:
        """A key or a paste comes: see that it goes where it belongs. True when it is dealt with."""

    def furnish_later(self, fetch: Callable[[], Furnish]) -> None:
        """Have `fetch` called in a thread, to import and open, once the first frame is painted."""
        self._bring = fetch

    def compose(self) -> ComposeResult:
        if self.furnished:
            yield from self.parts()
        else:
            yield from self.first_frame()

    def on_mount(self) -> None:
        if self.furnished:
            self.moved_in()

    def on_ready(self) -> None:
        if self.furnished:
            self._arrive()
        elif self._bring is not None:
            # A daemon: who quits now does not wait for what is being imported.
            Thread(target=self._fetch_parts, args=(self._bring,), daemon=True).start()

    def _fetch_parts(self, fetch: Callable[[], Furnish]) -> None:
        try:
            furnish = fetch()
        except Exception as error:
            self.call_later(self._give_up, error)
        else:
            self.call_later(self._move_in, furnish)

    async def _move_in(self, furnish: Furnish) -> None:
        furnish()
        await self.recompose()
        self.moved_in()
        self._arrive()

    def _give_up(self, error: Exception) -> None:
        self.failure = error
        self.exit()

    # What is typed meanwhile

    def _arrive(self) -> None:
        self._there = True
        # Through the queue: what has the focus has it by then.
        self.call_later(self._type_early)
        self.call_later(self.arrived)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.MouseEvent) and not self._there:
            return  # there is nothing yet that a click could do
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            if isinstance(event, events.Paste):
                # Here, for every field there is: Textual's own draw what they are given.
                event.text = plain(event.text)
            if not self._there:
                self._keep(event)
                return
            await self._type_early()
            if await self.direct(event):
                return
        await super().on_event(event)

    def _keep(self, event: events.Key | events.Paste) -> None:
        self._early.append(event)
        twice = [typed.key for typed in self._early[-2:] if isinstance(typed, events.Key)]
        if twice == ["ctrl+c", "ctrl+c"]:
            self.exit()  # who cannot wait

    async def _type_early(self) -> None:
        early, self._early = self._early, []
        for event in early:
            if not await self.direct(event):
                await super().on_event(event)
