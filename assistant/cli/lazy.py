"""A group whose commands are imported when they are wanted, so that --help and Tab come at once.

    LazyGroup(lazy={"ask": Lazy("assistant.cli.ask:ask", "Ask one question.")})

The summaries stand here too, in the list, so that listing imports nothing; a test holds them to
the commands' own. It refuses to know any command.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem


@dataclass(frozen=True)
class Lazy:
    place: str
    """Such as "assistant.cli.ask:ask"."""
    summary: str
    """The first sentence of the command's help."""

    def load(self) -> click.Command:
        module, _, name = self.place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


def first_sentence(command: click.Command) -> str:
    """What a command does, whole; click's own cuts it at the edge of a line."""
    text = " ".join(inspect.cleandoc(command.help or "").partition("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", text, maxsplit=1)[0]


class LazyGroup(click.Group):
    """Also for commands that are there already: its lists say all of each command's summary."""

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.lazy, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands and cmd_name in self.lazy:
            self.add_command(self.lazy[cmd_name].load(), cmd_name)
        return super().get_command(ctx, cmd_name)

    def summaries(self, ctx: click.Context) -> list[tuple[str, str]]:
        """Each command with what it does, as the lists show them."""
        found = []
        for name in self.list_commands(ctx):
            if name in self.lazy:
                found.append((name, self.lazy[name].summary))
            elif (command := self.get_command(ctx, name)) is not None and not command.hidden:
                found.append((name, first_sentence(command)))
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(self.summaries(ctx))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(name, help=summary)
            for name, summary in self.summaries(ctx)
            if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]
