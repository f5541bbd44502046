"""/system: the system prompt. It refuses to know the prompt library."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.commands.blocks import Block, Effect, Notice, Preformatted
from assistant.commands.command import Arguments, Command, Form
from assistant.commands.session import Session


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    if not arguments.text:
        yield from _show(session)
        return
    dropped = session.prompt
    session.use_prompt(None)
    session.set("system", "" if arguments.text.lower() == "none" else arguments.text)
    also = f" The prompt {dropped.name} is off." if dropped else ""
    if session.system:
        yield Notice(f"System prompt set; it counts from the next question on.{also}", "good")
    else:
        yield Notice(f"No system prompt any more.{also}", "good")
    yield Effect("status")


def _show(session: Session) -> Iterator[Block]:
    if not session.system:
        yield Notice("There is no system prompt. Set one with /system TEXT or /prompt NAME.")
        return
    where = f", from the prompt {session.prompt.name}" if session.prompt else ""
    yield Notice(f"The system prompt{where}:")
    yield Preformatted(session.system)


COMMAND = Command(
    name="system",
    summary="Set the system prompt",
    forms=(
        Form("TEXT", "tell the model how to answer"),
        Form("none", "take the system prompt away"),
        Form("", "show it"),
    ),
    run=run,
    needs="turn",
    examples=("/system Answer in one sentence.",),
)
