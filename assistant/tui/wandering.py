"""The part of the app that goes about in the chat: finding, walking its messages, its pickers.

Whatever comes of it is a command line. It refuses to know the runner and the composer.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from assistant.tui.directing import DirectingApp

if TYPE_CHECKING:
    # Not before the first paint; they come with what furnishes the app.
    from assistant.commands import Session
    from assistant.tui.finder import Finder
    from assistant.tui.walking import Walk
    from assistant.tui.widgets.find_bar import FindBar
    from assistant.tui.widgets.speech import Act, Acting
    from assistant.tui.widgets.texts import Below
    from assistant.tui.widgets.transcript import Transcript

_KEPT = {"help", "quit", "interrupt"}
"""What a screen over the chat leaves as it is, unless it has the key itself; all others do nothing
there."""


class WanderingApp(DirectingApp):
    """Has the transcript, and what leads through it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f", "find", "find words in this chat; again, to stay there", priority=True),
        Binding("alt+up,ctrl+up", "walk", "to the messages, from the last upwards", priority=True),
        Binding("ctrl+end", "to_end", "to the newest line, and stay there", priority=True),
    ]

    session: Session
    transcript: Transcript
    find_bar: FindBar
    finder: Finder
    walk: Walk
    below: Below

    def __init__(self) -> None:
        super().__init__()
        self._wanted: int | None = None
        """A message to go to once the line that runs is done."""
        self._looked_for: int | None = None
        """One to bring into view then; the keys stay where one types."""

    @abstractmethod
    def run_line(self, line: str) -> None:
        """Have a command line run, with the keys back where one types."""

    @abstractmethod
    def back_to_composer(self) -> None:
        """Give the keys back to where one types."""

    def come_back(self) -> bool:
        """Out of a search or off a message; False when one was at neither."""
        if self.finder.open:
            self.finder.end(back=True)
        elif self.transcript.spoken is None:
            return False
        self.back_to_composer()
        return True

    def look_again(self) -> None:
        """The transcript may have changed."""
        self.finder.look_again()
        self.below.display = self.transcript.more_below

    async def wander_on(self) -> None:
        """A line has been dealt with: versions may have come, and what was waited for is there."""
        await self.walk.tell_versions()
        if self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            await self.walk.go_to(wanted)
        if self._looked_for is not None:
            looked_for, self._looked_for = self._looked_for, None
            await self.walk.bring(looked_for)

    def wander_to(self, message: int) -> None:
        """Have a message in view once the line that runs is done."""
        self._looked_for = message

    # Keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What lies over the chat has the keys: a picker, or the palette."""
        return action in _KEPT or not self.screen.is_modal

    def action_to_end(self) -> None:
        self.transcript.follow()

    def on_below_pressed(self) -> None:
        self.transcript.follow()

    def action_walk(self) -> None:
        """Give the keys to the messages, from the last one upwards."""
        if self.transcript.spoken is not None:
            self.transcript.action_walk(-1)
        else:
            self.transcript.enter()

    def on_transcript_left(self) -> None:
        self.back_to_composer()

    def on_transcript_acted(self, event: Transcript.Acted) -> None:
        self._act(event.what, event.message)

    def on_acting_pressed(self, event: Acting.Pressed) -> None:
        if event.what == "back":
            self.back_to_composer()
        else:
            self._act(event.what, event.message)

    def _act(self, what: Act, message: int) -> None:
        line = self.walk.line_for(what, message)
        if line is not None:
            self.run_line(line)

    def on_descendant_focus(self) -> None:
        self.walk.tell_bar()

    def open_picker(self, what: str) -> None:
        """The screen to choose a chat, or a message of all branches."""
        # Not before the first paint.
        from assistant.commands.tree import rows
        from assistant.tui.screens.branches import GO_TO, BranchesScreen
        from assistant.tui.screens.chats import ChatsScreen

        def chosen(line: str | None) -> None:
            self.back_to_composer()
            if line is not None:
                self.transcript.follow()
                if line.startswith(GO_TO):
                    self._wanted = int(line.removeprefix(GO_TO))
                self.run_line(line)

        if what == "chats":
            self.push_screen(ChatsScreen(self.session), chosen)
        else:
            conversation = self.session.conversation
            self.push_screen(BranchesScreen(rows(conversation), conversation.tip), chosen)

    def action_find(self) -> None:
        """Look for words in the transcript; again, to stay at what was found."""
        if self.finder.open:
            self.finder.end(back=False)
            self.back_to_composer()
        else:
            self.finder.begin()

    def on_find_bar_typed(self, event: FindBar.Typed) -> None:
        self.finder.look(event.words)

    def on_find_bar_stepped(self, event: FindBar.Stepped) -> None:
        self.finder.step(event.by)

    def on_find_bar_paged(self, event: FindBar.Paged) -> None:
        self.transcript.page(event.direction)
