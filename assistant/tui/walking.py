"""Keeps the messages on the screen and the branches of the conversation in step.

Below a message with others beside it stands which one it is; what somebody wants of a message
becomes a command line. It refuses to run it.
"""

from __future__ import annotations

from textual.widget import Widget

from assistant.commands import Session
from assistant.commands.branches import Place, places_of
from assistant.tui.widgets.past import Gap
from assistant.tui.widgets.speech import Act, Speech, SpeechBar, Versions
from assistant.tui.widgets.transcript import Transcript


class Walk:
    """The messages of the transcript as places in the session's conversation."""

    def __init__(self, session: Session, transcript: Transcript) -> None:
        self._session = session
        self._transcript = transcript
        self.bar = SpeechBar()

    async def tell_versions(self) -> None:
        """Say below each message which one of several it is."""
        speeches = self._transcript.speeches
        places = self._places([s.message for s in speeches if s.message is not None])
        shown = {line.message: line for line in self._transcript.query(Versions)}
        for speech in speeches:
            message = speech.message or 0
            place = places.get(message)
            if place is None or len(place.versions) < 2:
                continue
            line = shown.get(message)
            if line is None:
                line = Versions()
                parent = speech.parent
                if isinstance(parent, Widget):
                    await parent.mount(line, after=speech)
            line.tell(message, place)

    def tell_bar(self) -> None:
        """Show what can be done with the message that has the focus."""
        spoken = self._transcript.spoken
        message = spoken.message if spoken else None
        self.bar.tell(message, self._place(message) if message is not None else None)

    async def go_to(self, message: int) -> None:
        """Bring a message into view and give it the keys."""
        speech = await self.bring(message)
        if speech is not None:
            speech.take_keys(by_mouse=False)

    async def bring(self, message: int) -> Speech | None:
        """Bring a message into view; draw it first where it is not drawn."""
        for gap in self._transcript.query(Gap):
            found = (n for n in range(gap.first, gap.end) if gap.id_of(n) == message)
            if (place := next(found, None)) is not None:
                await gap.reveal(place)
        for speech in self._transcript.speeches:
            if speech.message == message:
                self._transcript.call_after_refresh(self._transcript.look_at, speech)
                return speech
        return None

    def line_for(self, what: Act, message: int) -> str | None:
        """The command line for what is wanted of a message; None when there is nothing to do."""
        if what == "tree":
            return "/branch tree"
        place = self._place(message)
        if place is None:
            return None
        if what == "previous" or what == "next":
            if len(place.versions) < 2:
                return None
            return f"/branch at {place.beside(1 if what == 'next' else -1)}"
        # A message of another branch: there first, so that the numbers are those of the screen.
        if what == "compare" and place.question:
            return f"/compare --question {place.question}"
        return f"/{what} {place.question}" if place.question else f"/branch at {message}"

    def _place(self, message: int) -> Place | None:
        return self._places([message]).get(message)

    def _places(self, messages: list[int]) -> dict[int, Place]:
        return places_of(self._session.conversation, messages)
