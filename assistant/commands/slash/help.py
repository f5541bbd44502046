"""/help: what there is to type. Everything it says is read from the registry."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from assistant.commands.blocks import Block, Markdown, Notice, Preformatted, Table
from assistant.commands.command import Arguments, Choice, Command, Form
from assistant.commands.registry import all_commands, command_words, find_command
from assistant.commands.session import Session
from assistant.errors import UsageError


def run(session: Session, arguments: Arguments) -> Iterator[Block]:
    name = arguments.text.removeprefix("/").lower()
    if not name:
        yield from _overview()
        return
    command = find_command(name)
    if command is None:
        near = difflib.get_close_matches(name, command_words(), n=1, cutoff=0.5)
        hint = f"Did you mean /help {near[0]}?" if near else "/help alone lists the commands."
        raise UsageError(f"There is no command /{name}.", hint)
    yield from _about(command)


def _overview() -> Iterator[Block]:
    yield Notice("Type a question to ask the model, or one of these commands:")
    yield Table(
        ("command", "what it does"),
        tuple((f"/{c.name}", c.summary) for c in all_commands().values()),
    )
    yield Notice("/help COMMAND says more. A text that begins with a slash is sent with two: //.")


def _about(command: Command) -> Iterator[Block]:
    also = (
        f" Also: {', '.join(f'/{alias}' for alias in command.aliases)}." if command.aliases else ""
    )
    yield Notice(f"/{command.name}: {command.summary}.{also}")
    yield Table(
        ("to type", "what it does"),
        tuple((f"/{command.name} {form.words}".strip(), form.summary) for form in command.forms),
    )
    if command.details:
        yield Markdown(command.details)
    if command.examples:
        yield Preformatted("\n".join(command.examples))


def choices(session: Session, arguments: Arguments) -> Iterable[Choice]:
    if " " in arguments.text.strip():
        return ()
    return [Choice(command.name, command.summary) for command in all_commands().values()]


COMMAND = Command(
    name="help",
    summary="Say what there is to type",
    forms=(Form("", "list the commands"), Form("COMMAND", "say more about one")),
    run=run,
    needs="nothing",
    complete=choices,
    aliases=("?",),
    examples=("/help adapter",),
)
