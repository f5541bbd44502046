"""The `assistant` command: its group, and what happens however a command ends.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. No error shows a traceback; one that
nobody foresaw writes it to a log. This module refuses to know what the commands do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from assistant import __version__
from assistant.cli.adapter import adapter
from assistant.cli.adapter_files import convert, fuse, pull
from assistant.cli.ask import ask
from assistant.cli.chats import chats, export_chat
from assistant.cli.compare import compare
from assistant.cli.docs import docs
from assistant.cli.doctor import doctor
from assistant.cli.model import model as model_group
from assistant.cli.options import App, engine_option, model_option, with_engine
from assistant.cli.output import complain, make_streams_safe, silence_stdout
from assistant.cli.rank import rank
from assistant.cli.report import report
from assistant.cli.train import train
from assistant.cli.votes import votes
from assistant.commands import Session
from assistant.commands.blocks import Problem
from assistant.commands.faults import record
from assistant.commands.plain import whole
from assistant.errors import AssistantError
from assistant.paths import find_places
from assistant.settings import load_settings

INTERRUPTED = 130


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@model_option
@engine_option
@click.option("--plain", is_flag=True, help="Chat in plain lines, for any terminal.")
@click.version_option(__version__, prog_name="assistant")
@click.pass_context
def cli(ctx: click.Context, model: str | None, engine: str | None, plain: bool) -> None:
    """Chat with a local MLX model, and load LoRA adapters while you do.

    Without a command, the chat opens.
    """
    ctx.obj = app = App(model, engine)
    if ctx.invoked_subcommand is None:
        ctx.exit(_chat(app, plain))


for command in (
    ask,
    chats,
    export_chat,
    compare,
    votes,
    report,
    rank,
    adapter,
    model_group,
    docs,
    doctor,
    train,
):
    cli.add_command(command)
for command in (convert, fuse, pull):
    adapter.add_command(command)


def _chat(app: App, plain: bool) -> int:
    """The TUI where a terminal can carry it, else the plain chat."""
    places = find_places()
    loaded = load_settings(places.settings_file)
    session = Session(with_engine(loaded.settings, app.model, app.engine), places)
    if plain or not _is_screen():
        from assistant.repl import run as run_plain

        return run_plain(session, loaded.problems)
    from assistant.tui import run as run_screen

    return run_screen(session, loaded.problems)


def _is_screen() -> bool:
    streams = (sys.stdin, sys.stdout)
    terminal = all(stream is not None and stream.isatty() for stream in streams)
    return terminal and os.environ.get("TERM", "dumb") != "dumb"


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    make_streams_safe()
    words = [_decoded(word) for word in args]
    as_json = "--json" in (words[: words.index("--")] if "--" in words else words)
    try:
        code = cli.main(words, prog_name="assistant", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        complain(_usage_problem(error), as_json=as_json)
        return 2
    except AssistantError as error:
        complain(Problem.of(error), as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        silence_stdout()
        return 1
    except Exception as error:
        complain(record(error, find_places()), as_json=as_json)
        return 1
    return code if isinstance(code, int) else 0


def _decoded(word: str) -> str:
    """A word as it was meant: in a C locale Python takes the bytes of UTF-8 apart."""
    try:
        return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return whole(word)


def _usage_problem(error: click.UsageError) -> Problem:
    path = error.ctx.command_path if error.ctx else "assistant"
    hint = f"Try: {path} --help"
    if "unexpected extra argument" in error.format_message():
        hint = f"Put words that belong together in quotes. {hint}"
    return Problem(error.format_message(), hint, "usage")
