"""/compare: the same question to the base model and the adapted one, side by side.

It refuses to know how answers are made or drawn.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    question = arguments.text or session.last_question
    if not question:
        raise UsageError(
            "There is no question yet to compare answers to.",
            "Write one: /compare How do I sort an array in MLX?",
        )
    yield session.compare(question)


COMMAND = Command(
    name="compare",
    summary="Answer with and without the adapter, side by side",
    forms=(
        Form("TEXT", "ask the base model and the adapted one the same thing"),
        Form("", "compare answers to the last question"),
    ),
    run=run,
    examples=("/compare How do I sort an array in MLX?",),
    details=(
        "All answers are generated in one batch with the same seed, so a difference between them "
        "comes from the adapter and not from chance. The adapters in use answer together as one "
        "column; when none is in use, each loaded adapter gets a column. The answers do not "
        "become part of the conversation, and do not see it."
    ),
)
