"""The chat's screen: it fetches reports from the runner, shows them, and sends lines to it.

Painted before anything of the model is imported. It refuses to know commands and engines.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList

from assistant.commands import Session, complete, is_command
from assistant.commands.blocks import (
    Answers,
    Block,
    Draft,
    Earlier,
    Effect,
    Marks,
    Pick,
    Problem,
    Working,
)
from assistant.commands.command import Choice
from assistant.commands.faults import record
from assistant.commands.plain import plain
from assistant.errors import AssistantError
from assistant.tui.drawing import draw, draw_all
from assistant.tui.history import History
from assistant.tui.ladder import PATIENCE_S, Ladder
from assistant.tui.runner import Began, Done, Drew, Ended, Opened, Report, Runner, Said, Told
from assistant.tui.status import Live
from assistant.tui.theme import choose_theme
from assistant.tui.wandering import WanderingApp
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.completions import Completions
from assistant.tui.widgets.composer import Composer
from assistant.tui.widgets.help import Help
from assistant.tui.widgets.texts import Progress, Question, StatusLine, Waiting

FETCHES_PER_SECOND = 15


class ChatApp(WanderingApp):
    """One person's chat on one screen."""

    CSS_PATH = "styles.tcss"
    TITLE = "assistant"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,super+c", "interrupt", show=False, priority=True),
        Binding("escape", "escape", show=False, priority=True),
        Binding("f1", "help", "Help", priority=True),
        Binding("f2", "compared", show=False, priority=True),
    ]

    def __init__(
        self, session: Session, runner: Runner, problems: Sequence[AssistantError] = ()
    ) -> None:
        super().__init__(session)
        self._runner = runner
        self._problems = problems
        self._ladder = Ladder()
        self._opening = True
        self._line_runs = False
        self._message = ""
        self._message_until = 0.0
        self._answers: AnswerColumns | None = None
        """The answers that stream now."""
        self._progress: Progress | None = None
        """Of the calculation that runs now."""
        self._compared: AnswerColumns | None = None
        """The answers that stand side by side, those shown last."""
        self.waiting = Waiting()
        self.completions = Completions()
        self.composer = Composer(
            History(session.places.history_file, wanted=lambda: session.settings.save),
            self.completions,
            self._choices,
            runner.take_back,
        )
        self.status_line = StatusLine()
        self._question: Question | None = None
        """The line that runs now."""

    def compose(self) -> ComposeResult:
        with Vertical(id="view"):
            yield self.transcript
            yield self.below
        with Vertical(id="entry"):
            yield self.walk.bar
            yield self.find_bar
            yield self.waiting
            yield self.completions
            yield self.composer
            yield self.status_line

    def on_mount(self) -> None:
        self._wear_theme()
        self.transcript.add_quietly(*draw_all(tuple(map(Problem.of, self._problems))))
        self.composer.focus()
        self._tell()
        self.set_interval(1 / FETCHES_PER_SECOND, self._fetch)
        # The model is opened behind a screen that is there already.
        self.call_after_refresh(self._runner.start)
        if self.session.settings.save:
            self.run_worker(self._look_for_draft, thread=True)

    @property
    def busy(self) -> bool:
        """Whether the model is being opened, or a line runs or waits."""
        return self._opening or self._line_runs or not self._runner.idle

    @property
    def _stoppable(self) -> bool:
        """Whether something runs that Esc can end."""
        return self._answers is not None or self._progress is not None

    # What the person does

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.transcript.follow()
        self._runner.submit(event.text)
        self._tell()

    def on_text_area_changed(self) -> None:
        """A draft survives whatever ends the program."""
        self.session.keeper.draft(self.composer.text)

    def on_composer_left(self) -> None:
        self._quit()

    def on_composer_paged(self, event: Composer.Paged) -> None:
        self.transcript.page(event.direction)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.completions.highlighted = event.option_index
        self.composer.take_choice()
        self.composer.focus()

    def on_key(self, event: events.Key) -> None:
        """Typing goes to the composer, wherever the focus is."""
        if event.is_printable and event.character and self.focused is not self.composer:
            self.composer.focus()
            self.composer.insert(event.character)
            event.stop()

    def action_interrupt(self) -> None:
        selected = self.screen.get_selected_text() or self.composer.selected_text
        step = self._ladder.press(
            selected=bool(selected),
            draft=bool(self.composer.text),
            running=self._stoppable,
            now=time.monotonic(),
        )
        if step == "copy" and selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            self.composer.selection = self.composer.selection.cursor(self.composer.cursor_location)
            self._say("copied")
        elif step == "clear":
            self.composer.clear_draft()
            self._say("cleared · ↑ or Ctrl+Z brings it back")
        elif step == "stop":
            self._runner.stop()
        elif step == "warn":
            self._say("Ctrl+C once more quits")
        else:
            self._quit()

    def on_answer_columns_wished(self, event: AnswerColumns.Wished) -> None:
        self.transcript.follow()
        self.run_line(event.line)

    def action_compared(self) -> None:
        """Give the keys to the answers that stand side by side, or back to the composer."""
        if self._compared is not None and self.focused is not self._compared:
            self._compared.focus()
        else:
            self.composer.focus()

    def run_line(self, line: str) -> None:
        self.composer.focus()
        self._runner.submit(line)
        self._tell()

    def back_to_composer(self) -> None:
        self.composer.focus()

    def action_escape(self) -> None:
        if self.come_back():
            return
        if self.completions.display:
            self.completions.close()
        elif isinstance(self.focused, AnswerColumns):
            if not self.focused.leave():
                self.composer.focus()
        elif self._stoppable:
            self._runner.stop()
        else:
            self.query(Help).remove()

    def action_help(self) -> None:
        shown = self.query(Help)
        if shown:
            shown.remove()
        else:
            self.mount(Help())

    async def action_quit(self) -> None:
        self._quit()

    def _quit(self) -> None:
        self._runner.stop()
        self.exit()

    def _choices(self, line: str) -> Sequence[Choice]:
        try:
            return complete(self.session, line)
        except Exception:  # a completion that fails is only one that is not offered
            return ()

    # What the runner reports

    async def _fetch(self) -> None:
        while True:
            try:
                report = self._runner.reports.get_nowait()
            except Empty:
                break
            await self._take(report)
        if self._answers is not None:
            self._answers.tell_speed()
        self.look_again()
        self._tell()

    async def _take(self, report: Report) -> None:
        if isinstance(report, Said):
            if self._answers is not None:
                self._answers.take(report.event, report.at)
        elif isinstance(report, Drew):
            await self._show(report.block)
        elif isinstance(report, Began):
            self._line_runs = True
            self._question = Question(report.line)
            self.transcript.add(self._question)
        elif isinstance(report, Told):
            if self._progress is not None:
                self._progress.tell(report.text)
        elif isinstance(report, Ended):
            if self._answers is not None:
                self._answers.end()
            if self._progress is not None:
                await self._progress.remove()
            self._answers = self._progress = None
        elif isinstance(report, Done):
            self._line_runs = False
            await self.transcript.freeze_old()
            await self.wander_on()
        elif isinstance(report, Opened):
            self._opening = False

    async def _show(self, block: Block) -> None:
        if isinstance(block, Answers):
            self._answers = AnswerColumns(block)
            self.transcript.add(self._answers, self._answers.hint)
            if block.messages and self._question and not is_command(self._question.text):
                self._question.say_who(block.messages[0])
            if len(block.columns) > 1:
                self._compared = self._answers
        elif isinstance(block, Marks):
            if self._compared is not None:
                self._compared.mark(block)
        elif isinstance(block, Working):
            self._progress = Progress()
            self.transcript.add(self._progress)
        elif isinstance(block, Effect):
            await self._do(block)
        elif isinstance(block, Draft):
            self.composer.put(block.text)
        elif isinstance(block, Pick):
            self.open_picker(block.what)
        else:
            try:
                widget = draw(block)
            except Exception as error:
                widget = draw(record(error, self.session.places))
            if widget is not None:
                mounted = self.transcript.add(widget)
                if isinstance(block, Earlier):
                    await mounted  # a message in it may be gone to as soon as the line is done

    async def _do(self, effect: Effect) -> None:
        if effect.name == "quit":
            self._quit()
        elif effect.name == "clear":
            self._compared = None
            await self.transcript.clear()
        elif effect.name == "theme":
            self._wear_theme()

    def _look_for_draft(self) -> None:
        """What was being typed when the program was last ended; in a thread, it reads a file."""
        with suppress(AssistantError):
            if text := self.session.chats.store.abandoned_draft():
                self.call_from_thread(self._bring_back, text)

    def _bring_back(self, text: str) -> None:
        if not self.composer.text:
            self.composer.put(plain(text))
            self._say("what you were typing last time is back")

    def _wear_theme(self) -> None:
        theme, notice = choose_theme(
            self.session.settings.theme, self.available_themes, no_color=self.no_color
        )
        self.theme = theme
        widget = draw(notice) if notice else None
        if widget is not None:
            self.transcript.add_quietly(widget)

    def _say(self, message: str) -> None:
        """Put a message where the status is, for a moment."""
        self._message = message
        self._message_until = time.monotonic() + PATIENCE_S
        self._tell()

    def _tell(self) -> None:
        """Bring the status line and the waiting lines up to date."""
        try:
            status = self.session.status
        except Exception:  # the runner is changing it just now; the next look comes soon
            return
        if self._message and time.monotonic() > self._message_until:
            self._message = ""
        running = self._answers
        live = Live(
            opening=self._opening,
            tokens_per_s=running.tokens_per_s if running else None,
            first_token_s=running.first_token_s if running else None,
            message=self._message,
        )
        self.status_line.tell(status, live)
        self.waiting.tell(self._runner.waiting(), self._opening)
