"""/quit: leave. It refuses to know how a front end ends."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block, Effect
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    yield Effect("quit")


COMMAND = Command(
    name="quit",
    summary="Leave the program",
    forms=(Form("", "end the program"),),
    run=run,
    needs="nothing",
    aliases=("exit", "q"),
)
