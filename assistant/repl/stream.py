"""Answers as they come: the first streams, the others are kept and follow it.

It refuses to know where a question came from.
"""

from __future__ import annotations

from assistant.commands.blocks import Answers
from assistant.engine.types import Event, Finish
from assistant.repl.flow import Flow
from assistant.repl.interrupts import stopping
from assistant.repl.paper import Paper
from assistant.repl.thought import Thought


def play(answers: Answers, paper: Paper, *, longer: str, whole: bool = False) -> list[Finish]:
    """Write every column of the answers, one below the other, and say how each ended.

    Ctrl-C stops all of them; what was said stays. All rows are generated together, whichever is
    being written. `longer` says what to do about an answer that was cut. With `whole`, an answer
    is written when it has ended.
    """
    kept: dict[int, list[Event]] = {row: [] for row in range(len(answers.columns))}
    flows = [Flow(paper, hang=not paper.aloud) for _ in answers.columns]
    thoughts = [Thought(column.title) for column in answers.columns]
    finishes: dict[int, Finish] = {}
    shown = 0
    with stopping(answers.generation.cancel):
        try:
            if not whole:
                _head(answers, 0, paper)
            for event in answers.generation:
                kept[event.row].append(event)
                thoughts[event.row].hear(event)
                while shown < len(answers.columns) and _is_due(kept[shown], whole):
                    if whole:
                        _head(answers, shown, paper)
                    ended = _write(kept[shown], paper, longer, thoughts[shown], flows[shown])
                    kept[shown] = []
                    if ended is None:
                        break
                    finishes[shown] = ended
                    shown += 1
                    if shown < len(answers.columns):
                        paper.line()
                        if not whole:
                            _head(answers, shown, paper)
        finally:
            if whole and kept.get(shown):  # it broke off: what was said is not lost
                _head(answers, shown, paper)
                _write(kept[shown], paper, longer, thoughts[shown], flows[shown])
            for flow in flows[shown : shown + 1]:
                flow.end()
    paper.end_line()
    return [finish for _, finish in sorted(finishes.items())]


def _is_due(events: list[Event], whole: bool) -> bool:
    return bool(events) and (not whole or events[-1].finish is not None)


def _head(answers: Answers, row: int, paper: Paper) -> None:
    column = answers.columns[row]
    says = " goes on" if answers.goes_on else ""
    paper.write(f"{column.title}{says}: ", "accent" if column.adapters else "bold")


def _write(
    events: list[Event], paper: Paper, longer: str, thought: Thought, flow: Flow
) -> Finish | None:
    for event in events:
        thought.write(event, paper)
        if event.before:  # that is on the paper already
            flow.hear(event.text)
        else:
            flow.write(event.text)
        if event.finish is not None:
            flow.end()
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
