"""`python -m assistant.training STEP`: build the embedded model and its adapter, step by step.

    data       the base set, from the installed libraries and the tables in this package
    pretrain   the tokenizer and the base model (resumes from its checkpoint)
    adapter    the MLX set, and the LoRA adapter trained on it
    evaluate   the held-out questions, base and adapted side by side
    cards      the tables and loss curves of the model cards, from what was measured
    all        all of these in order; what exists is not built again

This module refuses to do the work itself; it only chooses the step.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from assistant.training.recipe import AdapterTraining, Places, Pretraining, Shape


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    made = argparse.ArgumentParser(
        prog="python -m assistant.training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("step", choices=["data", "pretrain", "adapter", "evaluate", "cards", "all"])
    made.add_argument(
        "--build", type=Path, default=Path("build/training"), help="folder of intermediate files"
    )
    made.add_argument("--model", type=Path, default=Path("models/tiny"))
    made.add_argument("--adapter", type=Path, default=Path("adapters/mlx-docs"))
    made.add_argument("--questions", type=Path, help="another held-out set than the packaged one")
    made.add_argument("--json", type=Path, help="write the answers and the table to this file")
    made.add_argument("--seed", type=int, default=Pretraining.seed)
    made.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="train on this share of all chats only, to try the recipe out: 0.001 takes minutes",
    )
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run one step, or all of them."""
    chosen = parser().parse_args(arguments)
    places = Places(chosen.build, chosen.model, chosen.adapter)
    places.build.mkdir(parents=True, exist_ok=True)
    recipe, lora = Pretraining(seed=chosen.seed), AdapterTraining(seed=chosen.seed)
    if chosen.share != 1.0:
        recipe, lora = recipe.shrunk(chosen.share), lora.shrunk(chosen.share)
    wanted = chosen.step
    if wanted == "data" or (wanted == "all" and not places.base_set.exists()):
        build_base_set(places, recipe)
    if wanted in ("pretrain", "all"):
        from assistant.training.pretrain import pretrain

        pretrain(places, Shape(), recipe)
    if wanted in ("adapter", "all"):
        from assistant.training.adapter import train_adapter

        train_adapter(places, lora, chosen.share)
    if wanted in ("evaluate", "all"):
        from assistant.training.evaluate import evaluate

        evaluate(places, chosen.questions, chosen.json)
    if wanted in ("cards", "all"):
        write_cards(places, lora)
    return 0


def write_cards(places: Places, lora: AdapterTraining) -> None:
    """Bring tables and curves of both model cards up to date with what was measured."""
    from assistant.training.adapter import write_losses
    from assistant.training.cards import draw_curve, put_table

    draw_curve(places.losses, places.model, "Loss on answers, pretraining")
    draw_curve(write_losses(places, lora), places.adapter, "Loss on answers, adapter")
    for table in sorted(places.build.glob("measured-*.md")):
        for folder in (places.model, places.adapter):
            name = table.stem.removeprefix("measured-")
            put_table(folder / "README.md", name, table.read_text("utf-8").strip())


def build_base_set(places: Places, recipe: Pretraining) -> None:
    """Write the base set as JSON lines; a set is only in place when it is whole."""
    from assistant.training.base_data import base_chats

    fresh = places.base_set.with_suffix(".new")
    count = sum(part.chats for part in recipe.parts)
    chats = base_chats(recipe.parts, recipe.seed)
    with fresh.open("w", encoding="utf-8") as out:
        for number, messages in enumerate(chats, start=1):
            out.write(json.dumps({"messages": messages}, ensure_ascii=False) + "\n")
            if number % 5000 == 0:
                print(f"{number}/{count} chats", file=sys.stderr)
    fresh.replace(places.base_set)


if __name__ == "__main__":
    raise SystemExit(main())
