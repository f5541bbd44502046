"""A group whose commands are imported when they are wanted, so that --help and Tab come at once.

    LazyGroup(lazy={"ask": Lazy("assistant.cli.ask:ask", "Ask one question.")})

The summaries stand here too, in the list, so that listing imports nothing; a test holds them to
the commands' own. It refuses to know any command.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem

from assistant.errors import UsageError


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

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            raise UsageError(
                f"{ctx.command_path} needs a command: {', '.join(self.list_commands(ctx))}.",
                f"Try: {ctx.command_path} --help",
            )
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.lazy, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands and cmd_name in self.lazy:
            self.add_command(self.lazy[cmd_name].load(), cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """With what was probably meant: click itself looks among what has been imported."""
        name = args[0]
        is_option = name.startswith("-") or ctx.resilient_parsing
        if not is_option and self.get_command(ctx, name) is None:
            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
            if near:
                hint = f"Did you mean {ctx.command_path} {near[0]}?"
            elif " " in name:
                hint = 'To ask something: assistant ask "..."'
            else:
                hint = f"Try: {ctx.command_path} --help"
            raise UsageError(f"There is no command {name!r}.", hint)
        return super().resolve_command(ctx, args)

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
