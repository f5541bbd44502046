"""`assistant model`: what models there are, and fetching one.

It refuses to know how one is opened.
"""

from __future__ import annotations

import click

from assistant.cli.lazy import LazyGroup
from assistant.cli.options import json_option
from assistant.cli.output import print_json, show
from assistant.cli.progress import watched
from assistant.commands.blocks import Notice
from assistant.commands.catalogue import catalogue
from assistant.commands.fetching import fetching_model
from assistant.commands.models import listing, to_dict
from assistant.errors import UsageError
from assistant.paths import find_places


@click.group(cls=LazyGroup)
def model() -> None:
    """List models, and fetch them."""


@model.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the models on this machine and some worth fetching, and whether they fit into memory.

    The Hugging Face cache is among them.
    """
    # mlx knows how much memory a model may take; in the chat it belongs to the engine's thread.
    import mlx.core  # noqa: F401

    found = catalogue(find_places())
    if as_json:
        print_json(to_dict(found))
    else:
        show(listing(found, paths=True))


@model.command("pull")
@click.argument("repository")
@json_option
def pull(repository: str, as_json: bool) -> None:
    """Fetch the model REPOSITORY (OWNER/NAME) from the Hugging Face hub.

    A download that is stopped goes on where it was.
    """
    from assistant.lora import is_repository

    if not is_repository(repository):
        raise UsageError(
            f"{repository!r} is no repository of the hub.", "It has the form OWNER/NAME."
        )
    folder = watched(fetching_model(repository))
    if as_json:
        print_json({"pulled": True, "repository": repository, "path": str(folder)})
    else:
        show([Notice(f"{repository} is here. Use it with -m {repository}.", "good")])
