"""/retry: ask a question again, for another answer beside those it has.

It refuses to know how answers are made.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block
from assistant.commands.branching import retry
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.past import past
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        yield retry(session)
        return
    if not arguments.text.isdecimal():
        raise UsageError("/retry takes the number of a question.", "/branch lists them.")
    number = int(arguments.text)
    again = number != len(session.conversation.questions)
    answers = retry(session, number)
    if again:
        yield from past(session.conversation, answering=True)
    yield answers


COMMAND = Command(
    name="retry",
    summary="Ask a question again",
    forms=(
        Form("", "another answer to the last question, beside the last one"),
        Form("N", "another answer to question N of this branch"),
    ),
    run=run,
    details=(
        "The model answers the question anew with the adapters, the prompt and the settings of "
        "now. The answers before stay as versions; `/branch` walks between them."
    ),
)
