"""Answers as they come: the first streams, the others are kept and follow it.

It refuses to know where a question came from.
"""

from __future__ import annotations

from assistant.commands.blocks import Answers
from assistant.engine.types import Event, Finish
from assistant.repl.interrupts import stopping
from assistant.repl.paper import Paper
from assistant.repl.thought import Thought


def play(answers: Answers, paper: Paper, *, longer: str) -> list[Finish]:
    """Write every column of the answers, one below the other, and say how each ended.

    Ctrl-C stops all of them; what was said stays. All rows are generated together, whichever is
    being written. `longer` says what to do about an answer that was cut.
    """
    kept: dict[int, list[Event]] = {row: [] for row in range(len(answers.columns))}
    thoughts = [Thought(column.title) for column in answers.columns]
    finishes: dict[int, Finish] = {}
    shown = 0
    with stopping(answers.generation.cancel):
        _head(answers, 0, paper)
        for event in answers.generation:
            kept[event.row].append(event)
            thoughts[event.row].hear(event)
            while shown < len(answers.columns) and kept[shown]:
                ended = _write(kept[shown], paper, longer, thoughts[shown])
                kept[shown] = []
                if ended is None:
                    break
                finishes[shown] = ended
                shown += 1
                if shown < len(answers.columns):
                    paper.line()
                    _head(answers, shown, paper)
    paper.end_line()
    return [finish for _, finish in sorted(finishes.items())]


def _head(answers: Answers, row: int, paper: Paper) -> None:
    column = answers.columns[row]
    says = " goes on" if answers.goes_on else ""
    paper.write(f"{column.title}{says}: ", "accent" if column.adapters else "bold")


def _write(events: list[Event], paper: Paper, longer: str, thought: Thought) -> Finish | None:
    for event in events:
        thought.write(event, paper)
        if not event.before:  # it stands on the paper already
            paper.write(event.text)
        if event.finish is not None:
            _ending(event.finish, paper, longer)
            return event.finish
    return None


def _ending(finish: Finish, paper: Paper, longer: str) -> None:
    paper.end_line()
    if finish.reason == "cancelled":
        paper.line("(stopped)", "faint")
    elif finish.reason == "length":
        paper.line(f"(cut at its longest; {longer})", "faint")
    elif not finish.text.strip():
        what = "a thought, and no answer" if finish.thought else "an empty answer"
        paper.line(f"({what})", "faint")
