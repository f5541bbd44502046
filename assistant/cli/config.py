"""`assistant config`: the settings, where each came from, and the file they are written in.

It refuses to know what the settings do.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assistant.cli import names
from assistant.cli.lazy import LazyGroup
from assistant.cli.options import (
    App,
    current_settings,
    json_option,
    refuse_bad_scales,
    with_engine,
)
from assistant.cli.output import note, print_json, show, warn
from assistant.commands.blocks import Block, Notice, Problem, Table
from assistant.config import example as example_text
from assistant.config import overview, save, shown
from assistant.config.overview import told
from assistant.errors import SettingsError
from assistant.paths import find_places
from assistant.settings import LoadedSettings, Origin, load_settings, read_value


@click.group(cls=LazyGroup, invoke_without_command=True)
@json_option
@click.pass_context
def config(ctx: click.Context, as_json: bool) -> None:
    """Show every setting, its value and where that came from.

    \b
      assistant config example > "$(assistant config path)"
      assistant config set theme light
    """
    if ctx.invoked_subcommand is not None:
        return
    file = find_places().settings_file
    loaded = _with_options(load_settings(file), ctx.obj)
    settings = overview(loaded)
    if as_json:
        problems = [problem.to_dict() for problem in loaded.problems]
        entries = [setting.to_dict() for setting in settings]
        print_json({"file": str(file), "settings": entries, "problems": problems})
        return
    rows = ((s.name, shown(s.value), told(s.origin, file), s.meaning) for s in settings)
    show([Table(("setting", "value", "from", "what it is"), tuple(rows))])
    note(f"{file}{'' if file.exists() else ' is not there: the defaults are used.'}")
    for problem in loaded.problems:
        warn(problem)


def _with_options(loaded: LoadedSettings, app: App) -> LoadedSettings:
    """What was said before the command's name goes over everything else."""
    settings = with_engine(loaded.settings, app.model, app.engine)
    option = "--model" if app.engine is None else "--engine"
    given = {}
    for name in ("engine", "model", "adapters"):
        if getattr(settings, name) != getattr(loaded.settings, name):
            given[name] = Origin("command line", option)
    if app.model is not None and "model" in given:
        given["model"] = Origin("command line", "--model")
    if app.adapters:
        settings = replace(settings, adapters=app.adapters)
        given["adapters"] = Origin("command line", "--adapter")
    return replace(loaded, settings=settings, origins={**loaded.origins, **given})


@config.command()
def path() -> None:
    """Print where the settings file is, or would be."""
    file = find_places().settings_file
    # Whoever asks is likely to write there: assistant config example > "$(assistant config path)"
    with suppress(OSError):  # writing says what is wrong
        file.parent.mkdir(parents=True, exist_ok=True)
    print(file)


@config.command()
def example() -> None:
    """Print a settings file with every setting explained and none set."""
    sys.stdout.write(example_text())


@config.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path | None, as_json: bool) -> None:
    """Say what of a settings file cannot be used; the exit code is 1 when something cannot.

    Without FILE, the one that is used.
    """
    used = find_places().settings_file
    chosen = file or used
    if file is not None and not file.exists():
        raise SettingsError(f"There is no file {file}.", f"The one that is used is {used}.")
    problems = load_settings(chosen, {}, in_use=chosen.resolve() == used.resolve()).problems
    if as_json:
        found = [problem.to_dict() for problem in problems]
        print_json({"file": str(chosen), "ok": not problems, "problems": found})
    else:
        show(_findings(chosen, problems))
    ctx.exit(1 if problems else 0)


def _findings(file: Path, problems: tuple[SettingsError, ...]) -> list[Block]:
    if problems:
        return [Problem.of(problem) for problem in problems]
    if file.exists():
        return [Notice(f"Everything in {file} can be used.", "good")]
    return [Notice(f"There is no {file}: the defaults are used.")]


# What begins with a minus is a value.
@config.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("name", shell_complete=names.settings)
@click.argument("value", shell_complete=names.values)
def set_(name: str, value: str) -> None:
    """Write one setting into the file, and leave the others and their comments alone.

    VALUE "none" takes a setting out of the file.
    """
    file = find_places().settings_file
    typed: Any = "" if value.lower() == "none" else read_value(name, value)
    if name == "adapters":
        refuse_bad_scales(typed, current_settings())
    save(file, name, typed)
    if typed in (None, "", ()):
        note(f"{name} is not set in {file} any more.")
    else:
        note(f"{name} is {shown(typed)} in {file}.")
    origin = load_settings(file).origin(name)
    if origin.kind == "environment":
        note(f"{origin.place} in the environment goes over it.")
