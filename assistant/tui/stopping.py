"""Ctrl-C and Esc: what stops, closes or goes back, in which order, and what ends the program.

It refuses to know how what is stopped is run.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from assistant.tui.focusing import give_keys
from assistant.tui.ladder import STEPS, Ladder, Situation
from assistant.tui.wandering import WanderingApp

if TYPE_CHECKING:
    from assistant.tui.copying import Copier
    from assistant.tui.lines import Lines
    from assistant.tui.panels.place import Panels
    from assistant.tui.runner import Runner
    from assistant.tui.showing import Showing
    from assistant.tui.widgets.entry import Entry


@runtime_checkable
class GoesBack(Protocol):
    """A screen over the chat with a way back of its own: out of a question first, say."""

    def action_back(self) -> None: ...


class StoppingApp(WanderingApp):
    """An app in which something runs while one types."""

    # What `furnish` makes.
    showing: Showing
    entry: Entry
    copier: Copier
    panels: Panels
    _runner: Runner
    _lines: Lines

    def __init__(self) -> None:
        super().__init__()
        self._ladder = Ladder()

    @abstractmethod
    def leave(self) -> None:
        """End the program; nothing is lost."""

    def describe_action(self, action: str) -> str | None:
        """What a key would do at this moment."""
        if action == "escape" and self._esc_stops:
            return "stop the answer; what was said stays"
        if action == "escape" and (self.showing.with_keys or self.transcript.spoken):
            return "back to where one types"
        if action != "interrupt":
            return None
        return STEPS[self._ladder.next(self._situation, time.monotonic())]

    @property
    def _esc_stops(self) -> bool:
        """Whether Esc would stop something, and not lead back or close what is open."""
        elsewhere = (
            self.finder.open
            or self.transcript.spoken is not None
            or self.entry.completions.display
            or self.showing.with_keys is not None
            or self.panels.has_keys()
        )
        return self.showing.stoppable and not elsewhere

    @property
    def _situation(self) -> Situation:
        return Situation(
            selected=bool(self.copier.selected),
            field=self.field is not None and self.field is not self.composer,
            draft=self.entry.typed,
            waiting=bool(self._lines.waiting()),
            running=self.showing.stoppable,
        )

    def action_interrupt(self) -> None:
        now = time.monotonic()
        if self.screen.is_modal and not self.copier.selected:  # what is below it is left alone
            if isinstance(self.screen, GoesBack):
                self.screen.action_back()
            else:  # the palette
                self.screen.dismiss(None)
            self._ladder.closed(now)
            return
        situation = self._situation
        step = self._ladder.press(situation, now)
        if step == "rest":
            self.entry.say(f"Ctrl+C once more: {STEPS[self._ladder.next(situation, now)]}")
        elif step == "copy":
            self.copier.copy_selected()
        elif step == "close":
            self.action_escape()
        elif step == "clear":
            self.composer.clear_draft()
            self.entry.say("cleared · ↑ or Ctrl+Z brings it back")
        elif step == "drop":
            if (dropped := self._lines.take_back()) is not None:
                self.composer.remember(dropped)
                self.entry.say("the last line that waited is dropped · ↑ brings it back")
        elif step == "stop":
            self._runner.stop()
        elif step == "warn":
            self.entry.say("Ctrl+C once more quits")
        else:
            self.leave()

    def leave_panel(self) -> None:
        """Put the panel away and type on."""
        self.panels.close()
        give_keys(self.composer)

    def action_escape(self) -> None:
        if self.come_back() or self.composer.close_list():
            return
        if (columns := self.showing.with_keys) is not None:
            if not columns.leave():
                give_keys(self.composer)
        elif self.panels.has_keys():
            if not self.panels.step_back():
                self.leave_panel()
        elif self.showing.stoppable:
            # Whoever stops an answer wants to think: what waits does not begin by itself.
            self._lines.hold()
            self._runner.stop()
        elif not self.panels.close():
            self.query("Help").remove()
