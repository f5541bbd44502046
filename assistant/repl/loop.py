"""Read a line, submit it, write what it comes to; until there are no more lines.

It refuses to know any command: all of them come from the registry through `submit`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from assistant import __version__
from assistant.commands import Session, submit
from assistant.commands.blocks import (
    Answers,
    Block,
    Clip,
    Draft,
    Earlier,
    Edit,
    Effect,
    Fold,
    Markdown,
    Notice,
    Panel,
    Pick,
    Problem,
    Working,
)
from assistant.commands.clipboard import Clipboard
from assistant.commands.editor import edit
from assistant.commands.faults import record
from assistant.commands.job import in_lines
from assistant.commands.opening import begin
from assistant.errors import AssistantError
from assistant.repl.draw import Line, draw
from assistant.repl.interrupts import quiet_terminal, stopping
from assistant.repl.paper import Paper
from assistant.repl.readers import Reader, choose_reader
from assistant.repl.stream import play

INTERRUPTED = 130


def chat(session: Session, problems: Sequence[AssistantError] = ()) -> int:
    """The chat on this process's own terminal or pipes."""
    paper = Paper(sys.stdout)
    reader = choose_reader(session, paper)
    asides = paper if reader.interactive else Paper(sys.stderr)
    return Repl(session, reader, paper, asides).run(problems)


class Repl:
    def __init__(
        self, session: Session, reader: Reader, paper: Paper, asides: Paper | None = None
    ) -> None:
        """`asides` is for what is no result: errors, warnings, progress, how an answer went."""
        self._session = session
        self._reader = reader
        self._paper = paper
        self._asides = asides or paper
        self._failed = False
        self._folds: list[Fold] = []

    def run(self, problems: Sequence[AssistantError] = ()) -> int:
        """Until there are no more lines; 1 when something went wrong that nobody sat before."""
        try:
            for problem in problems:
                self._write(Problem.of(problem))
            self._failed = False  # those are warnings
            self._open()
            self._loop()
            return 1 if self._failed and not self._reader.interactive else 0
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            self._session.close()

    def _open(self) -> None:
        """Open the model; without one, everything else still works."""
        if self._reader.interactive:
            self._paper.sentence(f"assistant {__version__}. Loading {self._session.status.model}…")
        try:
            with quiet_terminal():
                for block in begin(self._session):
                    self._write(block)
        except Exception as error:
            self._write(self._problem(error))
        if self._reader.interactive:
            if self._session.is_open:
                status = self._session.status
                self._paper.sentence(f"{status.model} is ready, answering as {status.adapters}.")
            self._paper.sentence("/help lists the commands, Ctrl-D leaves.", "faint")

    def _bring_back_draft(self) -> None:
        """What was being typed when the program was last ended."""
        if self._reader.interactive and self._session.settings.save:
            with suppress(AssistantError):
                if text := self._session.chats.store.abandoned_draft():
                    if self._reader.edits:
                        self._paper.sentence(
                            "What you were typing last time is back; Ctrl-C clears it."
                        )
                    else:
                        self._paper.sentence("Last time you were typing this, and did not send it:")
                    self._reader.give(text)

    def _loop(self) -> None:
        self._bring_back_draft()
        while True:
            try:
                line = self._reader.read()
            except EOFError:
                return
            except KeyboardInterrupt:
                if not self._reader.interactive:
                    raise
                self._paper.sentence("Ctrl-D or /quit leaves.", "faint")
                continue
            if not self._handle(line):
                return

    def _handle(self, line: str) -> bool:
        """Submit one line; False when it says to leave."""
        if self._folds and line.strip().startswith("+") and self._unfold(line.strip()[1:]):
            return True
        folds, self._folds = self._folds, []
        try:
            for block in _quietly(submit(self._session, line)):
                if isinstance(block, Effect):
                    if block.name == "quit":
                        return False
                else:
                    self._write(block)
        except KeyboardInterrupt:
            self._paper.sentence("(stopped)", "faint")
        except BrokenPipeError:
            raise  # nobody reads any more
        except Exception as error:  # an engine that fails in the middle of an answer
            self._write(self._problem(error))
        if self._folds:
            self._offer()
        elif not line.strip():
            self._folds = folds
        return True

    def _problem(self, error: Exception) -> Problem:
        if isinstance(error, AssistantError):
            return Problem.of(error)
        return record(error, self._session.places)

    def _write(self, block: Block) -> None:
        if isinstance(block, Answers):
            self._answer(block)
        elif isinstance(block, Working):
            self._work(block)
        elif isinstance(block, Panel):
            for instead in block.instead:
                self._write(instead)
        elif isinstance(block, Draft):
            self._reader.give(block.text)
        elif isinstance(block, Edit):
            self._edit(block)
        elif isinstance(block, Clip):
            self._paper.sentence(self._clipboard().copy(block.text).told(block.what))
        elif isinstance(block, Pick):
            for inner in block.blocks:
                self._write(inner)
        elif isinstance(block, Earlier):
            self._folds.append(Fold(f"{len(block.blocks)} earlier messages", (block,)))
        elif isinstance(block, Fold) and not block.open:
            self._folds.append(block)
        else:
            self._failed |= isinstance(block, Problem)
            warns = isinstance(block, Notice) and block.tone == "warning"
            paper = self._asides if warns or isinstance(block, Problem) else self._paper
            self._paper.end_line()
            for line in self._drawn(block):
                paper.line(line.text, line.ink)

    def _drawn(self, block: Block) -> Iterator[Line]:
        paper = self._paper
        return draw(block, paper.width, endless=paper.room is None, aloud=paper.aloud)

    def _clipboard(self) -> Clipboard:
        session = self._session
        return Clipboard(
            terminal=self._paper.command if self._paper.is_terminal else None,
            folder=session.places.data if session.settings.save else None,
        )

    def _answer(self, answers: Answers) -> None:
        alone = len(answers.columns) == 1
        longer = "/set max_tokens NUMBER allows more"
        longer = f"/continue goes on, {longer}" if alone else longer
        whole = not self._session.settings.stream
        if whole and self._reader.interactive:
            self._paper.sentence("Answering… Ctrl-C stops it.", "faint")
        finishes = play(answers, self._paper, longer=longer, whole=whole)
        for column, finish in zip(answers.columns, finishes, strict=False):
            if finish.thought:
                told = (Markdown(finish.thought),)
                self._folds.append(Fold(f"what {column.title} thought", told))
        with quiet_terminal():
            after = answers.after()
        for block in after:
            self._write(block)
        if alone and finishes and (status := self._status()):
            self._asides.sentence(status, "faint")

    def _work(self, working: Working) -> None:
        """Say how far it is; Ctrl-C stops it."""
        with stopping(working.job.cancel):
            for line in in_lines(working.job):
                self._asides.sentence(line, "faint")

    def _edit(self, wish: Edit) -> None:
        """Give the terminal to the person's editor; without one, say where the file is."""
        if self._reader.interactive:
            try:
                if remark := edit(wish.file):
                    self._paper.sentence(remark, "faint")
            except AssistantError as error:
                self._write(Problem.of(error))
            for block in wish.after():
                self._write(block)
        else:
            self._paper.sentence(f"No editor opens without a terminal. The file is {wish.file}.")

    def _status(self) -> str:
        status = self._session.status
        parts = []
        if status.tokens_per_s is not None:
            parts.append(f"{status.tokens_per_s:.0f} tokens/s")
        if status.first_token_s is not None:
            parts.append(f"first token after {status.first_token_s:.2f} s")
        if status.context_length:
            parts.append(f"context {status.context_used / status.context_length:.0%} full")
        return ", ".join(parts)

    # Folded sections wait until somebody wants to read them

    def _offer(self) -> None:
        titles = ", ".join(f"+{n} {fold.title}" for n, fold in enumerate(self._folds, 1))
        for line in self._drawn(Notice(f"To read more, type {titles}; + for all.")):
            self._asides.sentence(line.text, "faint")

    def _unfold(self, which: str) -> bool:
        """Write the section that +N names, or all for a bare +; False when it is plain text."""
        if not which:
            chosen = self._folds
        elif which.isdecimal() and 1 <= int(which) <= len(self._folds):
            chosen = [self._folds[int(which) - 1]]
        else:
            return False
        for fold in chosen:
            for line in self._drawn(fold):
                self._paper.line(line.text, line.ink)
        return True


def _quietly(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same, with a quiet terminal while each is made; what an editor gets is as it was."""
    while True:
        with quiet_terminal():
            block = next(blocks, None)
        if block is None:
            return
        yield block
