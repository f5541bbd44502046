"""`assistant adapter`: what adapters there are, and whether one can be used.

It refuses to know how an adapter is attached to a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assistant.cli import names
from assistant.cli.lazy import Lazy, LazyGroup
from assistant.cli.options import App, json_option, model_option
from assistant.cli.output import complain, print_json, show
from assistant.commands.adapters import details, listing, summary, to_dict
from assistant.commands.blocks import Notice, Problem
from assistant.engine.describing import describe
from assistant.paths import find_places, search_folders

if TYPE_CHECKING:
    from assistant.lora import AdapterFolder


_FILES = "assistant.cli.adapter_files"


@click.group(
    cls=LazyGroup,
    lazy={
        "convert": Lazy(
            f"{_FILES}:convert",
            "Write the adapter SOURCE in the other folder format to DESTINATION, a new folder.",
        ),
        "fuse": Lazy(
            f"{_FILES}:fuse",
            "Write the model with the adapter NAME in its weights to DESTINATION, a new folder.",
        ),
        "pull": Lazy(
            f"{_FILES}:pull",
            "Fetch the adapter REPOSITORY (OWNER/NAME) from the Hugging Face hub, and check it.",
        ),
    },
)
def adapter() -> None:
    """List, show, check, convert, fuse and fetch adapters."""


@adapter.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the adapters on this machine, broken ones too."""
    from assistant.lora import list_adapters

    folders = search_folders("adapters", find_places())
    found = list_adapters(folders)
    if as_json:
        print_json({"adapters": [_entry(item.name, item.folder, item.problem) for item in found]})
        return
    table = listing(found, [], {})
    show([table or Notice(f"There are no adapters in {' or '.join(map(str, folders))}.")])
    for item in found:
        if item.problem is not None:
            complain(Problem.of(item.problem), as_json=False)


def _entry(name: str, folder: AdapterFolder | None, problem: Any) -> dict[str, Any]:
    if folder is None:
        return {"name": name, "usable": False, "error": problem.to_dict()}
    return {"usable": True, **to_dict(describe(folder))}


@adapter.command("show")
@click.argument("name", shell_complete=names.adapters)
@json_option
def show_(name: str, as_json: bool) -> None:
    """Say what an adapter is made of. NAME is a name or a folder."""
    folder = read(name)
    info = describe(folder, fingerprint=folder.fingerprint())
    if as_json:
        print_json({**to_dict(info), "fingerprint": info.fingerprint})
    else:
        show([details(info)])


@adapter.command()
@click.argument("path", shell_complete=names.adapters)
@model_option
@json_option
@click.pass_obj
def check(app: App, path: str, model: str | None, as_json: bool) -> None:
    """Say whether the adapter in PATH is whole; with -m, whether it fits that model too."""
    info = describe(read(path))
    model = model or app.model
    warnings = _try_on(model, str(info.path)) if model else ()
    if as_json:
        report = {"usable": True, "fits": model, "adapter": to_dict(info)}
        print_json({**report, "warnings": list(warnings)})
        return
    fits = f" and fits {model}" if model else "; with -m MODEL it is tried on a model too"
    show([Notice(f"{info.name} is whole{fits}: {summary(info)}.", "good")])
    show([Notice(warning, "warning") for warning in warnings])


def read(ref: str) -> AdapterFolder:
    """The adapter that a name, a folder or a repository means."""
    from assistant.lora import find_adapter, read_folder

    return read_folder(find_adapter(ref, search_folders("adapters", find_places())))


def _try_on(model: str, path: str) -> tuple[str, ...]:
    """Load the adapter on the model, which checks every tensor; what there is to say against it."""
    from assistant.engine import open_engine

    engine = open_engine(model)
    try:
        return engine.load_adapter(path).warnings
    finally:
        engine.close()
