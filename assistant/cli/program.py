"""The `assistant` command: its group, and what happens however a command ends.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. No error shows a traceback; one that
nobody foresaw writes it to a log. This module refuses to know what the commands do.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from assistant import __version__
from assistant.cli.lazy import Lazy, LazyGroup
from assistant.cli.options import (
    App,
    adapter_option,
    engine_option,
    model_option,
    refuse_bad_scales,
    with_engine,
)
from assistant.cli.output import complain, make_streams_safe, silence_stdout
from assistant.cli.shells import answer_shells
from assistant.errors import AssistantError
from assistant.file_trouble import why
from assistant.paths import find_places
from assistant.plain_text import whole
from assistant.repl.paper import is_terminal, wants_lines
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.commands import Session
    from assistant.commands.blocks import Problem

INTERRUPTED = 130
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


COMMANDS = {
    "adapter": Lazy(
        "assistant.cli.adapter:adapter", "List, show, check, convert, fuse and fetch adapters."
    ),
    "ask": Lazy(
        "assistant.cli.ask:ask", "Ask one question; the answer streams to standard output."
    ),
    "chats": Lazy(
        "assistant.cli.chats:chats", "Look at the chats that are kept, export or delete them."
    ),
    "compare": Lazy(
        "assistant.cli.compare:compare", "Answer with and without adapters, side by side."
    ),
    "completion": Lazy(
        "assistant.cli.completion:completion",
        "Print a script that completes commands, options and names in bash, zsh or fish.",
    ),
    "config": Lazy(
        "assistant.cli.config:config", "Show every setting, its value and where that came from."
    ),
    "docs": Lazy(
        "assistant.cli.docs:docs", "Look up a name in the installed MLX, or search for words."
    ),
    "doctor": Lazy(
        "assistant.cli.doctor:doctor",
        "Say what the program found on this machine, and what is amiss.",
    ),
    "export": Lazy(
        "assistant.cli.chats:export_chat",
        "Export a chat, the latest one unless another is named, to standard output or a file.",
    ),
    "model": Lazy("assistant.cli.model:model", "List models, and fetch them."),
    "rank": Lazy(
        "assistant.cli.rank:rank",
        "Find the rank of a matrix, and say why; or what rank an adapter's changes really have.",
    ),
    "report": Lazy(
        "assistant.cli.report:report",
        "Sum up a run that `assistant compare --out` kept, also against an earlier one.",
    ),
    "train": Lazy(
        "assistant.cli.train:train",
        "Train an adapter on your own examples, and measure what it has learnt.",
    ),
    "votes": Lazy("assistant.cli.votes:votes", "Show what the votes of /vote add up to."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@adapter_option
@model_option
@engine_option
@click.option(
    "--plain", is_flag=True, help="Chat in plain lines, for any terminal or screen reader."
)
@click.version_option(__version__, prog_name="assistant")
@click.pass_context
def cli(
    ctx: click.Context,
    adapters: tuple[str, ...],
    model: str | None,
    engine: str | None,
    plain: bool,
) -> None:
    """Chat with a local MLX model, and load LoRA adapters while you do.

    Without a command, the chat opens.
    """
    ctx.obj = app = App(model, engine, adapters)
    if ctx.invoked_subcommand is None:
        ctx.exit(_chat(app, plain))


def _chat(app: App, plain: bool) -> int:
    """The TUI where a terminal can carry it, else the plain chat."""
    places = find_places()
    loaded = load_settings(places.settings_file)
    settings = with_engine(loaded.settings, app.model, app.engine)
    refuse_bad_scales(app.adapters, settings)
    settings = replace(settings, adapters=app.adapters or settings.adapters)

    def session() -> Session:
        from assistant.commands import Session  # half of the program: not for `--help`

        return Session(settings, places)

    if plain or not _is_screen():
        from assistant.repl import run as run_plain

        return run_plain(session(), loaded.problems)
    from assistant.tui import run as run_screen

    return run_screen(settings, session, loaded.problems)


def _is_screen() -> bool:
    return is_terminal() and bool(os.environ.get("TERM")) and not wants_lines()


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    make_streams_safe()
    answer_shells()
    words = [_decoded(word) for word in args]
    options = words[: words.index("--")] if "--" in words else words
    as_json = "--json" in options or "--stream=json" in options or _follow(options, "json")
    try:
        code = cli.main(words, prog_name="assistant", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        complain(_usage_problem(error), as_json=as_json)
        return 2
    except AssistantError as error:
        from assistant.commands.blocks import Problem

        complain(Problem.of(error), as_json=as_json)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        silence_stdout()
        return 1
    except Exception as error:
        from assistant.commands.faults import record

        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            silence_stdout()  # where the sentence would not fit either
            complain(_no_room(error), as_json=False)
        else:
            complain(record(error, find_places()), as_json=as_json)
        return 1
    return code if isinstance(code, int) else 0


def _follow(words: Sequence[str], value: str) -> bool:
    """Whether --stream and its value stand side by side."""
    return any(pair == ("--stream", value) for pair in pairwise(words))


def _decoded(word: str) -> str:
    """A word as it was meant: in a C locale Python takes the bytes of UTF-8 apart."""
    try:
        return word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        return whole(word)


def _no_room(error: OSError) -> Problem:
    from assistant.commands.blocks import Problem  # only when something is amiss

    return Problem(
        f"The output could not be written: {why(error)}.", "Make room, or write elsewhere."
    )


def _usage_problem(error: click.UsageError) -> Problem:
    from assistant.commands.blocks import Problem  # only when something is amiss

    path = error.ctx.command_path if error.ctx else "assistant"
    hint = f"Try: {path} --help"
    if "unexpected extra argument" in error.format_message():
        hint = f"Put words that belong together in quotes. {hint}"
    return Problem(error.format_message(), hint, "usage")
