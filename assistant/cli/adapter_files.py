"""`assistant adapter convert`, `fuse` and `pull`: adapters written anew, and fetched.

It refuses to know the formats.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assistant.cli import names
from assistant.cli.adapter import read
from assistant.cli.options import (
    App,
    Number,
    current_settings,
    json_option,
    model_option,
    with_model,
)
from assistant.cli.output import print_json, show
from assistant.cli.progress import watched
from assistant.commands.adapters import details, summary, to_dict
from assistant.commands.blocks import Notice
from assistant.commands.fetching import fetching_adapter
from assistant.commands.scales import SCALES_BELOW
from assistant.engine.describing import describe
from assistant.errors import UsageError


@click.command()
@click.argument("source", shell_complete=names.adapters)
@click.argument("destination", type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, type=click.Choice(["mlx", "peft"]), help="The format to write."
)
@json_option
def convert(source: str, destination: Path, to: Any, as_json: bool) -> None:
    """Write the adapter SOURCE in the other folder format to DESTINATION, a new folder.

    Every layer's update stays the same; what the other format cannot say is refused.
    """
    from assistant.lora import convert as write

    info = describe(write(read(source), destination.resolve(), to))
    if as_json:
        print_json({"converted": True, "adapter": to_dict(info)})
    else:
        whose = "PEFT" if to == "peft" else "mlx-lm"
        text = f"{destination} is written in the format of {whose}: {summary(info)}."
        show([Notice(text, "good")])


@click.command()
@click.argument("name", shell_complete=names.adapters)
@click.argument("destination", type=click.Path(path_type=Path))
@model_option
@click.option(
    "--scale",
    type=Number(SCALES_BELOW),
    default=1.0,
    metavar="X",
    help="How strong; 1 is as trained.",
)
@click.option("--dequantize", is_flag=True, help="Write full weights, which lose nothing.")
@json_option
@click.pass_obj
def fuse(
    app: App,
    name: str,
    destination: Path,
    model: str | None,
    scale: float,
    dequantize: bool,
    as_json: bool,
) -> None:
    """Write the model with the adapter NAME in its weights to DESTINATION, a new folder.

    mlx-lm and this program open that folder as a model of its own.
    """
    from assistant.engine.exporting import fuse_adapter

    folder = read(name)
    chosen = with_model(current_settings(), model or app.model).model
    fused = fuse_adapter(
        chosen, folder, destination.resolve(), strength=scale, dequantize=dequantize
    )
    if as_json:
        report = {"fused": True, "path": str(fused.path), "model": chosen, "scale": scale}
        more = {"layers": fused.layers, "lost": fused.lost, "warnings": list(fused.warnings)}
        print_json({**report, **more, "adapter": to_dict(describe(folder))})
        return
    text = f"{destination} is {chosen} with {folder.name} in {fused.layers} of its layers."
    show([Notice(text, "good"), *(Notice(warning, "warning") for warning in fused.warnings)])


@click.command()
@click.argument("repository")
@json_option
def pull(repository: str, as_json: bool) -> None:
    """Fetch the adapter REPOSITORY (OWNER/NAME) from the Hugging Face hub, and check it."""
    from assistant.lora import is_repository, read_folder

    if not is_repository(repository):
        raise UsageError(
            f"{repository!r} is no repository of the hub.", "It has the form OWNER/NAME."
        )
    info = describe(read_folder(watched(fetching_adapter(repository))), name=repository)
    if as_json:
        print_json({"pulled": True, "adapter": to_dict(info)})
    else:
        show([Notice(f"{repository} is here. Use it with -a {repository}.", "good"), details(info)])
