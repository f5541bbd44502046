"""What is shown while lines run: takes the runner's reports, and puts blocks where they belong.

    showing = Showing(app)
    await showing.take(report)
    showing.answers             # those that stream now

It refuses to know keys, and what the person types.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.widget import AwaitMount

from assistant.commands import blocks, is_command
from assistant.commands.blocks import (
    Answers,
    Block,
    Clip,
    Draft,
    Edit,
    Effect,
    Marks,
    Notice,
    Pick,
    Problem,
    Spot,
    Working,
)
from assistant.commands.faults import record
from assistant.errors import AssistantError
from assistant.tui.drawing import draw, draw_all
from assistant.tui.editing import edit_outside
from assistant.tui.runner import Began, Done, Drew, Ended, Opened, Report, Said, Told
from assistant.tui.status import Live
from assistant.tui.widgets.answers import AnswerColumns
from assistant.tui.widgets.texts import Progress, Question

if TYPE_CHECKING:
    from assistant.tui.app import ChatApp


class Showing:
    """What the lines of one screen have come to so far."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app
        self._transcript = app.transcript
        self._began = time.monotonic()
        self.opening = True
        self.line_runs = False
        self.answers: AnswerColumns | None = None
        """The answers that stream now."""
        self.compared: AnswerColumns | None = None
        """The answers that stand side by side, those shown last."""
        self._progress: dict[int, Progress] = {}
        """Of the calculations that run now, by their blocks' identity."""
        self._mounting: list[AwaitMount] = []
        """What is being put on the screen."""
        self._columns_last = False
        self._question: Question | None = None
        """The line that runs now."""
        self._waited = False
        """Whether it had to wait for that."""

    @property
    def with_keys(self) -> AnswerColumns | None:
        """The answers that have the focus."""
        focused = self._app.focused
        return focused if isinstance(focused, AnswerColumns) else None

    @property
    def ends_with_columns(self) -> bool:
        """Whether no answer of the chat came after those that stand side by side."""
        return self.compared is not None and self._columns_last

    @property
    def stoppable(self) -> bool:
        """Whether something runs that Esc can end."""
        return self.answers is not None or bool(self._progress)

    async def take(self, report: Report) -> None:
        """Show what is reported."""
        if isinstance(report, Said):
            if self.answers is not None:
                self.answers.take(report.event, report.at)
        elif isinstance(report, Drew):
            await self.show(report.block)
        elif isinstance(report, Began):
            self.line_runs = True
            self._waited = self._app.began(report.line)
            self._question = Question(report.line)
            self._transcript.add(self._question)
        elif isinstance(report, Told):
            if (progress := self._progress.get(id(report.block))) is not None:
                progress.tell(report.text, report.share)
        elif isinstance(report, Ended):
            if (progress := self._progress.pop(id(report.block), None)) is not None:
                await progress.remove()
            elif self.answers is not None:
                self.answers.end()
                self.answers = None
        elif isinstance(report, Done):
            self.line_runs = False
            await self.mounted()  # a message may be gone to as soon as the line is done
            await self._transcript.freeze_old()
            await self._app.wander_on()
        elif isinstance(report, Opened):
            self.opening = False

    async def mounted(self) -> None:
        """Wait until what was shown is there, with all that is inside."""
        mounting, self._mounting = self._mounting, []
        for widgets in mounting:
            await widgets

    async def show(self, block: Block) -> None:
        """Put a block where it belongs: at the end of the chat, or wherever else it leads."""
        app = self._app
        if isinstance(block, Answers):
            await self._begin(block)
        elif isinstance(block, Marks):
            if self.compared is not None:
                self.compared.mark(block)
        elif isinstance(block, blocks.Panel):
            await app.panels.open(block.name, keys=not self._disturbs)
        elif isinstance(block, Working):
            self._progress[id(block)] = progress = Progress()
            self._transcript.add(progress)
        elif isinstance(block, Effect):
            await self._do(block)
        elif isinstance(block, Spot):
            await self.mounted()  # the message may be among what the same line brought
            app.wander_to(block.message)
        elif isinstance(block, Draft):
            if not block.text:
                app.composer.clear_draft()  # an editor left nothing: Up has the old one
            elif block.edited:
                app.composer.put(block.text)
            elif self._disturbs:
                await self._put_behind_up(block.text)
            elif self._waited:
                app.composer.put(block.text)  # the keys stay where they are by now
            else:
                app.begin(block.text)
        elif isinstance(block, Edit):
            for said in edit_outside(app, block):
                await self.show(said)
        elif isinstance(block, Clip):
            app.copier.copy(block, aloud=True)
        elif isinstance(block, Pick):
            if self._disturbs and self._question is not None:
                await self._put_behind_up(self._question.text)
            else:
                app.open_picker(block.what)
        else:
            await self._add(block)

    @property
    def _disturbs(self) -> bool:
        """Whether what takes the keys would take them out of the middle of a word."""
        return self._waited and self._app.entry.typed

    async def _put_behind_up(self, line: str) -> None:
        self._app.composer.remember(line)
        await self._add(Notice("What you are typing stays; ↑ brings the line to go on with."))

    def add_quietly(self, block: Block) -> None:
        """Put a block at the end that comes from no line of the person's."""
        widget = draw(block)
        if widget is not None:
            self._transcript.add_quietly(widget)

    def tell_problem(self, error: AssistantError, *, quietly: bool = False) -> None:
        """Put what went wrong at the end; `quietly` leaves an empty chat its welcome."""
        add = self._transcript.add_quietly if quietly else self._transcript.add
        add(*draw_all((Problem.of(error),)))

    async def _begin(self, block: Answers) -> None:
        if block.goes_on:
            await self._transcript.take_last_answer()
        self.answers = AnswerColumns(block)
        self._columns_last = several = len(block.columns) > 1
        hint = [self.answers.hint] if several else []
        self._mounting.append(self._transcript.add(self.answers, *hint))
        if block.messages and self._question and not is_command(self._question.text):
            self._question.say_who(block.messages[0])
        if several:
            if self.compared is not None:
                self.compared.make_way()
            self.compared = self.answers

    async def _add(self, block: Block) -> None:
        try:
            widget = draw(block)
        except Exception as error:
            widget = draw(record(error, self._app.session.places))
        if widget is not None:
            # A remark leaves an empty chat its welcome: after /new, say.
            remark = isinstance(block, Notice) and self._transcript.empty
            add = self._transcript.add_quietly if remark else self._transcript.add
            self._mounting.append(add(widget))

    async def _do(self, effect: Effect) -> None:
        if effect.name == "quit":
            await self._app.action_quit()
        elif effect.name == "clear":
            self.compared = None
            await self._transcript.clear()
        elif effect.name == "theme":
            self._app.wear_theme()

    def live(self, message: str) -> Live:
        """What the status line shows of it, beside a message."""
        opening_s = time.monotonic() - self._began if self.opening else None
        answers = self.answers
        if answers is None:
            return Live(opening_s=opening_s, message=message)
        alone = len(answers.columns) == 1
        return Live(
            opening_s=opening_s,
            waiting_s=answers.waiting_s,
            tokens=answers.columns[0].speed.tokens if alone else 0,
            tokens_per_s=answers.tokens_per_s,
            first_token_s=answers.first_token_s,
            message=message,
        )
