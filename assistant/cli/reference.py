"""Writes docs/reference from the registry of commands, the command line and the settings.

    python -m assistant.cli.reference            write the files
    python -m assistant.cli.reference --check    say whether they are up to date (exit code 1)

It refuses to know what any command does.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from assistant.cli.program import cli
from assistant.commands import all_commands
from assistant.commands.command import Command
from assistant.config import example

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"
_WRITTEN = "<!-- Written by `python -m assistant.cli.reference`; change the code instead. -->"


def slash_commands() -> str:
    """docs/reference/commands.md"""
    lines = [
        "# Slash commands",
        "",
        _WRITTEN,
        "",
        "Type these in the chat, in the full-screen one and in the plain one. Tab completes them, "
        "`/help` lists them. A text that begins with a slash is sent with two.",
    ]
    for command in all_commands().values():
        lines += ["", *_slash(command)]
    return "\n".join(lines) + "\n"


def _slash(command: Command) -> Iterator[str]:
    yield f"## /{command.name}"
    yield ""
    also = ", ".join(f"`/{alias}`" for alias in command.aliases)
    yield f"{command.summary}.{f' Also {also}.' if also else ''}"
    yield ""
    yield "| to type | what it does |"
    yield "| --- | --- |"
    for form in command.forms:
        yield f"| `{f'/{command.name} {form.words}'.strip()}` | {form.summary} |"
    if command.details:
        yield from ("", command.details)
    if command.examples:
        yield from ("", "```", *command.examples, "```")


def command_line() -> str:
    """docs/reference/cli.md"""
    lines = [
        "# Command line",
        "",
        _WRITTEN,
        "",
        "Results are written to standard output, everything else to standard error. The exit code "
        "is 0 when the command did its work, 1 when it failed, 2 when it was wrongly used, and "
        "130 when it was interrupted. With `--json`, an error is "
        '`{"error": {"kind", "message", "hint"}}` on standard output.',
    ]
    for command, context in _walk(cli, click.Context(cli, info_name="assistant")):
        lines += ["", *_section(command, context)]
    return "\n".join(lines) + "\n"


def _walk(
    command: click.Command, context: click.Context
) -> Iterator[tuple[click.Command, click.Context]]:
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _walk(inner, click.Context(inner, info_name=name, parent=context))


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from (f"## {context.command_path}", "", "```", usage, "```", "")
    yield from _prose(inspect.cleandoc(command.help or ""))
    options = [param for param in command.params if isinstance(param, click.Option)]
    if options:
        yield from ("", "| option | what it does |", "| --- | --- |")
    for option in options:
        words = ", ".join(f"`{word}`" for word in option.opts)
        value = "" if option.is_flag else f" `{option.metavar or _choices(option)}`"
        yield f"| {words}{value} | {option.help or ''} |"


def _choices(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " or ".join(map(str, option.type.choices))
    return (option.name or "").upper()


def _prose(text: str) -> Iterator[str]:
    """Paragraphs; those that click is told not to wrap are examples."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ""
        if paragraph.startswith("\b"):
            lines = (line.removeprefix("  ") for line in paragraph.splitlines()[1:])
            yield from ("```sh", *lines, "```")
        else:
            yield " ".join(paragraph.split())


PAGES = {"commands.md": slash_commands, "cli.md": command_line, "config.toml": example}


def main(arguments: list[str]) -> int:
    stale = []
    for name, write in PAGES.items():
        page, text = FOLDER / name, write()
        if "--check" in arguments:
            if not page.is_file() or page.read_text(encoding="utf-8") != text:
                stale.append(str(page.relative_to(FOLDER.parents[1])))
        else:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
    for missing in stale:
        print(f"{missing} is out of date: python -m assistant.cli.reference", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
