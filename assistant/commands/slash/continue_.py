"""/continue: go on with an answer that was cut. It refuses to know how that is done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.commands.blocks import Block
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.going_on import go_on
from assistant.commands.session import Session
from assistant.errors import UsageError

_NUMBER = re.compile("[1-9][0-9]{0,8}")


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    text = arguments.text
    if text and not _NUMBER.fullmatch(text):
        raise UsageError(f"{text!r} is no number of tokens.", "/continue, or /continue 200")
    yield go_on(session, int(text) if text else None)


COMMAND = Command(
    name="continue",
    summary="Go on with an answer that was cut",
    forms=(
        Form("", "go on where it was cut or stopped, for up to max_tokens more"),
        Form("TOKENS", "for up to so many tokens more"),
    ),
    run=run,
    examples=("/continue", "/continue 200"),
    details=(
        "The last answer goes on with the model, the adapters, the strengths, the system prompt "
        "and the dice it began with, whatever is in use now: it becomes the answer that it would "
        "have been without the cut. What was processed is not processed again while the program "
        "runs. An answer that ended by itself has nothing to go on with; `/retry` asks for another."
    ),
)
