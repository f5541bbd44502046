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

from assistant.commands import Session, blocks, complete, copying, is_command
from assistant.commands.blocks import (
    Answers,
    Block,
    Clip,
    Draft,
    Earlier,
    Edit,
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
from assistant.tui.copying import Copier
from assistant.tui.drawing import draw, draw_all
from assistant.tui.editing import draft_outside, edit_outside
from assistant.tui.history import History
from assistant.tui.ladder import PATIENCE_S, STEPS, Ladder, Situation
from assistant.tui.lines import Lines
from assistant.tui.palette import Everything
from assistant.tui.panels.panel import Panel
from assistant.tui.panels.place import PanelName, Panels
from assistant.tui.runner import Began, Done, Drew, Ended, Opened, Report, Runner, Said, Told
from assistant.tui.status import Live
from assistant.tui.theme import choose_theme
from assistant.tui.themes import THEMES
from assistant.tui.wandering import WanderingApp
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.code_head import CodeHead
from assistant.tui.widgets.completions import Completions
from assistant.tui.widgets.composer import Composer
from assistant.tui.widgets.help import Help
from assistant.tui.widgets.sticky import StickyHeads
from assistant.tui.widgets.texts import Progress, Question, StatusLine
from assistant.tui.widgets.waiting import Waiting, WaitingLine

FETCHES_PER_SECOND = 15


class ChatApp(WanderingApp):
    """One person's chat on one screen."""

    CSS_PATH = "styles.tcss"
    TITLE = "assistant"
    COMMANDS = {Everything}  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c,super+c",
            "interrupt",
            "copy, else clear the draft, else drop a line that waits, else stop, else quit",
            priority=True,
        ),
        Binding("escape", "escape", "stop, or close what is open", priority=True),
        Binding("ctrl+p", "command_palette", "every command and key, by name", priority=True),
        Binding("f1", "help", "this help, on and off", priority=True),
        Binding("f2", "compared", "to the keys of the comparison, and back", priority=True),
        Binding("f3", "panel('adapters')", "the adapters: load, weigh, blend"),
        Binding("f4", "panel('models')", "the models: choose, fetch"),
        Binding("f7", "copy_code", "copy the last code block", priority=True),
        Binding("f8", "copy_answer", "copy the selection, else the last answer", priority=True),
    ]

    def __init__(
        self, session: Session, runner: Runner, problems: Sequence[AssistantError] = ()
    ) -> None:
        super().__init__(session)
        for theme in THEMES:
            self.register_theme(theme)
        self._runner = runner
        self._lines = Lines(runner)
        self._problems = problems
        self._ladder = Ladder()
        self._opening = True
        self._began = time.monotonic()
        self._line_runs = False
        self._message = ""
        self._message_until = 0.0
        self._answers: AnswerColumns | None = None
        """The answers that stream now."""
        self._progress: dict[int, Progress] = {}
        """Of the calculations that run now, by their blocks' identity."""
        self._compared: AnswerColumns | None = None
        """The answers that stand side by side, those shown last."""
        self.copier = Copier(self, self._say)
        self.waiting = Waiting()
        self.completions = Completions()
        self.composer = Composer(
            History(session.places.history_file, wanted=lambda: session.settings.save),
            self.completions,
            self._choices,
            self._lines.take_back,
        )
        self.status_line = StatusLine()
        self.panels = Panels(session)
        self._question: Question | None = None
        """The line that runs now."""

    def compose(self) -> ComposeResult:
        with Vertical(id="view"):
            yield self.transcript
            yield StickyHeads(self.transcript)
            yield self.below
        yield self.panels
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
        return self._answers is not None or bool(self._progress)

    # What the person does

    def on_composer_sent(self, event: Composer.Sent) -> None:
        self.transcript.follow()
        self._lines.submit(event.text)
        self._tell()

    def on_composer_went_on(self) -> None:
        self._lines.go_on()
        self._tell()

    def on_composer_says(self, event: Composer.Says) -> None:
        self.transcript.add(*draw_all((Problem.of(event.error),)))

    async def on_composer_wants_editor(self) -> None:
        for said in draft_outside(self, self.composer.draft):
            await self._show(said)

    def on_waiting_line_chosen(self, event: WaitingLine.Chosen) -> None:
        """It goes back into the input, or away; what is being typed is not lost for it."""
        if not self._lines.take(event.line):
            self._say("that line runs already")
        elif event.change:
            if self.composer.text:
                self.composer.clear_draft()
            self.composer.put(event.line)
        if event.change or not self._lines.waiting():
            self.composer.focus()
        self._tell()

    def on_waiting_line_left(self) -> None:
        self.composer.focus()

    def on_text_area_changed(self) -> None:
        """A draft survives whatever ends the program."""
        self.session.keeper.draft(self.composer.draft)

    def on_resize(self, event: events.Resize) -> None:
        self.panels.fit(event.size.width)

    def on_composer_left(self) -> None:
        self._quit()

    def on_composer_paged(self, event: Composer.Paged) -> None:
        for shown in self.query(Help):
            shown.scroll_page_up() if event.direction < 0 else shown.scroll_page_down()
            return
        self.transcript.page(event.direction)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.completions.highlighted = event.option_index
        self.composer.take_choice()
        self.composer.focus()

    def on_key(self, event: events.Key) -> None:
        """Typing goes to the composer, wherever the focus is."""
        elsewhere = self.focused is not self.composer and not self.screen.is_modal
        if event.key in self.screen.active_bindings:
            return  # it means something where the focus is
        if event.is_printable and event.character and elsewhere:
            self.composer.focus()
            self.composer.insert(event.character)
            event.stop()

    def send(self, line: str) -> None:
        """Run a line that was not typed; what is being typed stays."""
        self.transcript.follow()
        self._lines.submit(line)
        self._tell()

    def begin(self, line: str) -> None:
        """Let the person go on with a line; a draft comes back with Up."""
        if self.composer.text:
            self.composer.clear_draft()
        self.composer.put(line)
        self.composer.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Help lists what works now; what is laid over the chat has its own Esc."""
        if action == "escape":
            return not (self.screen.is_modal or isinstance(self.focused, WaitingLine))
        if action == "compared" and self._compared is None:
            return False
        return super().check_action(action, parameters)

    def describe_action(self, action: str) -> str | None:
        """What a key would do at this moment."""
        if action == "escape" and self._stoppable and not self.completions.display:
            return "stop the answer; what was said stays"
        if action == "walk" and self._walks_to_waiting:
            return "choose one of the lines that wait"
        if action != "interrupt":
            return None
        return STEPS[self._ladder.next(self._situation, time.monotonic())]

    @property
    def _walks_to_waiting(self) -> bool:
        """Whether the lines that wait are the next thing above what has the keys."""
        return self.focused is self.composer and bool(self._lines.waiting())

    def action_walk(self) -> None:
        if not (self._walks_to_waiting and self.waiting.choose()):
            super().action_walk()

    @property
    def _situation(self) -> Situation:
        selected = self.screen.get_selected_text() or self.composer.selected_text
        return Situation(
            selected=bool(selected),
            draft=bool(self.composer.text),
            waiting=bool(self._lines.waiting()),
            running=self._stoppable,
        )

    def action_interrupt(self) -> None:
        selected = self.screen.get_selected_text() or self.composer.selected_text
        step = self._ladder.press(self._situation, time.monotonic())
        if step == "copy" and selected:
            self._copy_selected(selected)
        elif step == "clear":
            self.composer.clear_draft()
            self._say("cleared · ↑ or Ctrl+Z brings it back")
        elif step == "drop":
            if (dropped := self._lines.take_back()) is not None:
                self.composer.remember(dropped)
                self._say("the last line that waited is dropped · ↑ brings it back")
        elif step == "stop":
            self._runner.stop()
        elif step == "warn":
            self._say("Ctrl+C once more quits")
        else:
            self._quit()

    async def action_panel(self, name: PanelName) -> None:
        """Open a panel, go to it, or close it when the keys are there already."""
        await self.panels.toggle(name)

    def on_panel_left(self) -> None:
        self.panels.close()
        self.composer.focus()

    def on_panel_wished(self, event: Panel.Wished) -> None:
        self.send(event.line)

    def copy_to_clipboard(self, text: str) -> None:
        """Where Textual's own cutting and copying comes to."""
        self._clipboard = text
        self.copier.copy(Clip(text, "the selection"))

    def _copy_selected(self, text: str) -> None:
        self.copy_to_clipboard(text)
        self.screen.clear_selection()
        self.composer.selection = self.composer.selection.cursor(self.composer.cursor_location)

    def action_copy_answer(self) -> None:
        selected = self.screen.get_selected_text() or self.composer.selected_text
        if selected:
            self._copy_selected(selected)
        else:
            self.copier.wish(lambda: copying.last_answer(self.session))

    def action_copy_code(self) -> None:
        self.copier.wish(lambda: copying.code(self.session))

    def on_code_head_wished(self, event: CodeHead.Wished) -> None:
        self.copier.copy(Clip(event.code, "the code"))

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
        self._lines.submit(line)
        self._tell()

    def back_to_composer(self) -> None:
        self.composer.focus()

    def action_escape(self) -> None:
        if self.come_back() or self.composer.close_list():
            return
        if isinstance(self.focused, AnswerColumns):
            if not self.focused.leave():
                self.composer.focus()
        elif self.panels.leave():
            pass
        elif self._stoppable:
            # Whoever stops an answer wants to think: what waits does not begin by itself.
            self._lines.hold()
            self._runner.stop()
        elif not self.panels.close():
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
        if waiting := self._lines.waiting():
            # They were typed and never ran: next time they are a draft.
            self.session.keeper.draft("\n\n".join([*waiting, self.composer.draft]).strip())
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
            if (progress := self._progress.get(id(report.block))) is not None:
                progress.tell(report.text, report.share)
        elif isinstance(report, Ended):
            if (progress := self._progress.pop(id(report.block), None)) is not None:
                await progress.remove()
            elif self._answers is not None:
                self._answers.end()
                self._answers = None
        elif isinstance(report, Done):
            self._line_runs = False
            await self.transcript.freeze_old()
            await self.wander_on()
        elif isinstance(report, Opened):
            self._opening = False

    async def _show(self, block: Block) -> None:
        if isinstance(block, Answers):
            if block.goes_on:
                await self.transcript.take_last_answer()
            self._answers = AnswerColumns(block)
            self.transcript.add(self._answers, self._answers.hint)
            if block.messages and self._question and not is_command(self._question.text):
                self._question.say_who(block.messages[0])
            if len(block.columns) > 1:
                self._compared = self._answers
        elif isinstance(block, Marks):
            if self._compared is not None:
                self._compared.mark(block)
        elif isinstance(block, blocks.Panel):
            await self.panels.open(block.name)
        elif isinstance(block, Working):
            self._progress[id(block)] = progress = Progress()
            self.transcript.add(progress)
        elif isinstance(block, Effect):
            await self._do(block)
        elif isinstance(block, Draft):
            self.composer.put(block.text)
        elif isinstance(block, Edit):
            for said in edit_outside(self, block):
                await self._show(said)
        elif isinstance(block, Clip):
            self.copier.copy(block, aloud=True)
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

    def show_quietly(self, block: Block) -> None:
        """Put a block at the end that comes from no line of the person's."""
        widget = draw(block)
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
        self.status_line.tell(status, self._live())
        self.waiting.tell(self._lines.waiting(), opening=self._opening, held=self._lines.held)

    def _live(self) -> Live:
        opening_s = time.monotonic() - self._began if self._opening else None
        answers = self._answers
        if answers is None:
            return Live(opening_s=opening_s, message=self._message)
        alone = len(answers.columns) == 1
        return Live(
            opening_s=opening_s,
            waiting_s=answers.waiting_s,
            tokens=answers.columns[0].speed.tokens if alone else 0,
            tokens_per_s=answers.tokens_per_s,
            first_token_s=answers.first_token_s,
            message=self._message,
        )
