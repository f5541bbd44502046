"""The one registry of slash commands: every module in `commands/slash` with a `COMMAND`.

A new command is one new file there. This module refuses to know what any of them does.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from assistant.commands import slash
from assistant.commands.command import Command


@lru_cache(maxsize=1)
def all_commands() -> dict[str, Command]:
    """Every command by name, sorted, aliases not among them."""
    found: list[Command] = [
        importlib.import_module(f"{slash.__name__}.{module.name}").COMMAND
        for module in pkgutil.iter_modules(slash.__path__)
    ]
    return {command.name: command for command in sorted(found, key=lambda c: c.name)}


def find_command(name: str) -> Command | None:
    """The command of that name or alias."""
    commands = all_commands()
    if name in commands:
        return commands[name]
    return next((c for c in commands.values() if name in c.aliases), None)


def command_words() -> list[str]:
    """Names and aliases, for "did you mean"."""
    return [word for c in all_commands().values() for word in (c.name, *c.aliases)]
