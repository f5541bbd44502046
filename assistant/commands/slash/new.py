"""/new: start a new conversation. It refuses to know what a transcript looks like."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block, Effect, Notice
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    session.new_conversation()
    yield Effect("clear")
    yield Effect("status")
    yield Notice("A new conversation. Model, adapters, prompt and settings are as they were.")


COMMAND = Command(
    name="new",
    summary="Start a new conversation",
    forms=(
        Form("", "begin anew; model, adapters and settings stay, and so does the old chat: /open"),
    ),
    run=run,
    needs="turn",
    aliases=("clear",),
)
