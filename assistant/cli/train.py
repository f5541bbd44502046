"""`assistant train`: an adapter from one's own examples, and how good an adapter is.

It refuses to know how training and marking work.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from assistant.cli import names
from assistant.cli.lazy import LazyGroup
from assistant.cli.options import (
    App,
    Number,
    current_settings,
    json_option,
    model_option,
    with_model,
)
from assistant.cli.output import note, print_json, show
from assistant.commands.blocks import Notice, Table
from assistant.commands.scales import SCALES_BELOW
from assistant.paths import find_places, search_folders, shipped


@click.group(cls=LazyGroup)
def train() -> None:
    """Train an adapter on your own examples, and measure what it has learnt."""


@train.command()
@click.argument("examples", type=click.Path(path_type=Path))
@click.argument("name")
@model_option
@click.option("--iterations", type=click.IntRange(1), help="Steps; default: two passes.")
@click.option(
    "--batch", type=click.IntRange(1), help="Chats a step; default: 4, or what few examples allow."
)
@click.option(
    "--rank",
    type=click.IntRange(1),
    default=16,
    show_default=True,
    help="Columns of A and rows of B: how much the adapter can hold.",
)
@click.option(
    "--scale", type=Number(SCALES_BELOW), default=4.0, show_default=True, help="Factor on B·A."
)
@click.option(
    "--learning-rate",
    type=Number(1e4),
    default=2e-4,
    show_default=True,
    help="Of the first steps; it falls to a 25th of it.",
)
@click.option("--length", type=click.IntRange(16), default=512, show_default=True, help="Tokens.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Of the order of the examples and what A begins with.",
)
@click.option("--all", "everything", is_flag=True, help="Keep no examples aside to measure with.")
@click.option("--replace", is_flag=True, help="Put it in the place of an adapter of that name.")
@json_option
@click.pass_obj
def lora(app: App, /, examples: Path, name: str, **given: Any) -> None:
    """Train the adapter NAME on EXAMPLES, a file of JSON lines.

    A line is {"messages": [...]}, {"prompt": ..., "completion": ...} or {"text": ...}; of
    preference pairs, as `assistant votes export --dpo` writes them, the chosen answer is learnt.
    """
    from assistant.engine.models import find_model
    from assistant.training.lora import LoraRun, bar
    from assistant.training.own import check_name, read_examples, train_own

    check_name(name)
    rows = read_examples(examples)
    places = find_places()
    settings = with_model(current_settings(), given["model"] or app.model)
    found = find_model(settings.model, search_folders("models", places))
    work = places.data / "training" / name
    batch = given["batch"] or max(1, min(4, len(rows) // (1 if given["everything"] else 2)))
    run = LoraRun(
        model=str(found.path or found.repository),
        data=work,
        out=work / "out",
        iterations=given["iterations"] or max(20, 2 * len(rows) // batch),
        batch=batch,
        rank=given["rank"],
        scale=given["scale"],
        learning_rate=given["learning_rate"],
        length=given["length"],
        seed=given["seed"],
        mask_prompt="text" not in rows[0],
    )
    note(f"Training {name} on {len(rows)} examples, {run.iterations} iterations of {batch}.")
    target = places.data / "adapters" / name
    try:
        made = train_own(
            run,
            rows,
            target,
            replace=given["replace"],
            aside=not given["everything"],
            report=lambda progress: note(bar(progress)),
        )
    except KeyboardInterrupt:
        note("Stopped; no adapter was made. The same command takes it up again.")
        raise
    if given["as_json"]:
        print_json({"name": name, **vars(made), "path": str(made.folder), "folder": None})
        return
    losses = f"{_loss(made.first_validation)} → {_loss(made.last_validation)}"
    show([Notice(f"{name} is in {made.folder}. Validation loss {losses}.", "good")])
    show([Notice(f"Load it in the chat with /adapter load {name}")])


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


@train.command()
@model_option
@click.option(
    "-a",
    "--adapter",
    metavar="NAME",
    shell_complete=names.adapters,
    help="Adapter to measure; default: mlx-docs.",
)
@click.option(
    "--questions",
    type=click.Path(path_type=Path),
    metavar="FILE.jsonl",
    help='Lines of {"group", "question", "right": a regular expression}.',
)
@click.option(
    "--answers", type=click.Path(path_type=Path), metavar="FILE.json", help="Keep every answer."
)
@json_option
@click.pass_obj
def evaluate(
    app: App,
    model: str | None,
    adapter: str | None,
    questions: Path | None,
    answers: Path | None,
    as_json: bool,
) -> None:
    """Answer held-out questions with and without an adapter, and print one table.

    Without options it measures the model and the adapter that ship, on the questions that ship.
    """
    from assistant.cli.report import refuse_unwritable, write_file
    from assistant.engine.models import find_model
    from assistant.lora import find_adapter
    from assistant.training.evaluate import measure

    refuse_unwritable(answers)  # to measure takes minutes
    places = find_places()
    wanted = model or app.model
    folder = (
        find_model(wanted, search_folders("models", places)).path
        if wanted
        else shipped("models") / "tiny"
    )
    path = find_adapter(adapter or "mlx-docs", search_folders("adapters", places))
    result = measure(str(folder or wanted), path, questions)
    if as_json:
        print_json(result.to_dict())
    else:
        rows = tuple((title, str(base), str(adapted)) for title, base, adapted in result.rows())
        show([Table(("", "base", "adapted"), rows)])
    if answers is not None:
        write_file(answers, json.dumps(result.to_dict(answers=True), indent=1) + "\n")
