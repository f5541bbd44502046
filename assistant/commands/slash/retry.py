"""/retry: ask the last question again, for another answer beside the last one.

It refuses to know how answers are made.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block
from assistant.commands.branching import retry
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    yield retry(session)


COMMAND = Command(
    name="retry",
    summary="Ask the last question again",
    forms=(Form("", "another answer, beside the last one"),),
    run=run,
    details=(
        "The model answers the question anew with the adapters, the prompt and the settings of "
        "now. The answers before stay as versions; `/branch` walks between them."
    ),
)
