"""From a typed line to blocks: find the command, run it, turn what goes wrong into a Problem.

Both front ends go through here, and neither keeps a copy. It refuses to know any command.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from assistant.commands.blocks import Block, Problem
from assistant.commands.command import Arguments, Choice, Need
from assistant.commands.faults import record
from assistant.commands.fuzzy import fitting
from assistant.commands.path_choices import looks_like_path, path_choices
from assistant.commands.registry import all_commands, command_words, find_command
from assistant.errors import AssistantError
from assistant.plain_text import trimmed, whole

if TYPE_CHECKING:
    from assistant.commands.session import Session


def is_command(line: str) -> bool:
    """Whether a line is a slash command; two slashes, or a slash and no letter, are text."""
    stripped = line.lstrip()
    return (
        len(stripped) > 1 and stripped[0] == "/" and (stripped[1].isalpha() or stripped[1] == "?")
    )


def split_command(line: str) -> tuple[str, Arguments]:
    """The command's name, and what stands after it."""
    name, *rest = line.strip()[1:].split(maxsplit=1)
    return name.lower(), Arguments(rest[0] if rest else "")


def needs_of(line: str) -> Need:
    """What a line waits for while the model is being opened."""
    if not is_command(line):
        return "model" if line.strip() else "nothing"
    name, arguments = split_command(line)
    command = find_command(name)
    if command is None:
        return "nothing"
    return command.needs(arguments) if callable(command.needs) else command.needs


def submit(session: Session, line: str) -> Iterator[Block]:
    """What a line comes to: a command's blocks, or the model's answer to it.

    Whatever goes wrong arrives as a Problem; the session stays as it was.
    """
    line = whole(line)
    for block in _submit(session, line):
        yield from session.news()  # before an answer, not after it, where that can be
        yield block
    yield from session.news()


def _submit(session: Session, line: str) -> Iterator[Block]:
    try:
        if is_command(line):
            yield from _run_command(session, line)
        elif line.strip():
            text = line.lstrip()
            yield session.ask(text[1:] if text.startswith("//") else trimmed(line))
    except AssistantError as error:
        yield Problem.of(error)
    except Exception as error:  # a fault in one command must not take the chat with it
        yield record(error, session.places)


def _run_command(session: Session, line: str) -> Iterator[Block]:
    name, arguments = split_command(line)
    command = find_command(name)
    if command is None:
        near = difflib.get_close_matches(name, command_words(), n=1, cutoff=0.6)
        hint = f"Did you mean /{near[0]}?" if near else "/help lists the commands."
        yield Problem(f"There is no command /{name}.", hint, "usage")
        return
    yield from command.run(session, arguments)


def complete(session: Session, line: str) -> tuple[Choice, ...]:
    """Choices for the last word of an unfinished command line; nothing for plain text.

    Where nothing begins with what is typed, its letters in their order are enough.
    """
    if not line.startswith("/") or "\n" in line:
        return ()
    name, space, rest = line[1:].partition(" ")
    if not space:
        return _commands(name)
    command = find_command(name.lower())
    if command is None:
        return ()
    word = rest.rpartition(" ")[2]
    choices: list[Choice] = []
    if " " not in rest.strip() and not (rest.strip() and rest.endswith(" ")):
        choices += [Choice(form.verb, form.summary) for form in command.forms if form.verb]
    with suppress(AssistantError):  # no model yet means no choices, not a message while typing
        choices += command.complete(session, Arguments(rest))
    different = {choice.text: choice for choice in reversed(choices)}  # the first of a text stays
    found = fitting(word, reversed(different.values()), lambda choice: choice.text)
    return tuple(found or (path_choices(word) if looks_like_path(word) else ()))


def _commands(typed: str) -> tuple[Choice, ...]:
    """The commands that a name or alias could become."""
    names = [(c, word) for c in all_commands().values() for word in (c.name, *c.aliases)]
    fits = dict.fromkeys(c.name for c, _ in fitting(typed, names, lambda pair: pair[1]))
    return tuple(Choice(f"/{name}", all_commands()[name].summary) for name in fits)
