"""`assistant model`: what models there are. It refuses to know how one is opened."""

from __future__ import annotations

import click

from assistant.cli.options import json_option
from assistant.cli.output import print_json, show
from assistant.commands.blocks import Notice
from assistant.commands.models import listing
from assistant.paths import find_places, search_folders


@click.group(no_args_is_help=False)
def model() -> None:
    """List models."""


@model.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the models on this machine, the Hugging Face cache included."""
    from assistant.engine.models import list_models

    folders = search_folders("models", find_places())
    models = list_models(folders)
    if as_json:
        entries = [{**vars(found), "path": str(found.path)} for found in models]
        print_json({"models": entries})
    elif models:
        show([listing(models)])
    else:
        show([Notice(f"There are no models in {' or '.join(map(str, folders))}.")])
