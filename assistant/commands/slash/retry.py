"""/retry: ask the last question again, in place of the last answer.

It refuses to know how answers are made.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    yield session.retry()


COMMAND = Command(
    name="retry",
    summary="Ask the last question again",
    forms=(Form("", "replace the last answer with a new one"),),
    run=run,
    details=(
        "The last answer leaves the conversation, and the model answers its question anew with "
        "the adapters, the prompt and the settings of now."
    ),
)
