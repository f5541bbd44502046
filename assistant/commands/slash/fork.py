"""/fork: go on from an earlier point, and keep what followed it.

It refuses to know how branches are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block, Notice
from assistant.commands.branching import go_on_after
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.past import past
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text.isdecimal():
        raise UsageError("/fork takes the number of a question.", "/branch lists them.")
    number = int(arguments.text)
    go_on_after(session, number)
    yield from past(session.conversation)
    yield Notice(f"You go on after question {number}. What followed it is kept: /branch.", "good")


COMMAND = Command(
    name="fork",
    summary="Go on from an earlier point of the conversation",
    forms=(Form("N", "the next question comes after question N and its answer"),),
    run=run,
    needs="turn",
    examples=("/fork 2",),
    details="What followed stays as another branch; `/branch next N` walks between them.",
)
