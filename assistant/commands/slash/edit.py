"""/edit: another wording of a question, as a branch of its own.

It refuses to know how branches are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands import branching
from assistant.commands.blocks import Block, Draft
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.past import past
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    first, _, rest = arguments.text.partition(" ")
    number = int(first) if first.isdecimal() else None
    text = rest.strip() if number is not None else arguments.text
    asked = branching.asked(session, number)
    if not text:
        yield Draft(f"/edit {number or branching.number_of(session, asked)} {asked.text}")
        return
    answers = branching.edit(session, number, text)
    yield from past(session.conversation, answering=True)
    yield answers


COMMAND = Command(
    name="edit",
    summary="Word a question anew",
    forms=(
        Form("TEXT", "ask this in place of the last question"),
        Form("N TEXT", "in place of question N of this branch, counted from 1"),
        Form("[N]", "put the question where you type, to change it there"),
    ),
    run=run,
    examples=("/edit How do I sort an array in MLX, descending?", "/edit 1 What is NumPy?"),
    details=(
        "What was asked before, and all that followed, stays as another branch; `/branch` goes "
        "back to it. To ask something that begins with a number, write the question's number "
        "before it."
    ),
)
