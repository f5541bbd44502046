"""Trains the adapter with mlx-lm's own LoRA trainer and writes mlx-lm's own folder format.

This module refuses to know how adapters are used; the engine does that.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from assistant.engine.blas import open_fast_blas
from assistant.errors import TrainingError
from assistant.training.recipe import AdapterTraining, Places


def build_sets(places: Places, recipe: AdapterTraining) -> None:
    """Write the sets of both parts of the training, unless they are there."""
    if (places.finishing_set / "train.jsonl").exists():
        return
    from assistant.training.mlx_data import adapter_chats, write_sets
    from assistant.training.pretrain import read_chats

    if not places.base_set.exists():
        raise TrainingError("The base set is missing.", "Run the step `data` first.")
    base = list(read_chats(places.base_set))
    chats = adapter_chats(recipe.chats, recipe.base_share, iter(base), recipe.seed)
    write_sets(chats, places.adapter_set)
    # The end of the base set is where the most asked is drawn more often.
    count, share = recipe.finishing_chats, recipe.finishing_base_share
    chats = adapter_chats(count, share, reversed(base), recipe.seed + 1)
    write_sets(chats, places.finishing_set)


def train_adapter(places: Places, recipe: AdapterTraining) -> None:
    """Train on the sets and write `places.adapter`; an existing adapter is replaced at the end."""
    if not (places.model / "model.safetensors").exists():
        raise TrainingError("There is no base model.", "Run the step `pretrain` first.")
    # Before anything imports mlx, as building the sets does: a BLAS opened later has no effect
    # on Linux, and training would be twenty times slower.
    open_fast_blas()
    build_sets(places, recipe)
    started = time.monotonic()
    fresh = places.build / "adapter"
    main, finishing = trainer_arguments(places, recipe, fresh)
    # A run that was stopped between the parts goes on with the second.
    half = places.build / "adapter-main.safetensors"
    if not half.exists():
        write_losses(places, train_part(places, main, 0), "w")
        shutil.copyfile(fresh / "adapters.safetensors", half)
    finishing.resume_adapter_file = str(half)
    losses = train_part(places, finishing, recipe.iterations)
    write_losses(places, losses, "a")
    minutes = (time.monotonic() - started) / 60
    install(fresh, places.adapter, recipe)
    last = next((e["validation"] for e in reversed(losses) if "validation" in e), float("nan"))
    print(
        f"\n| iterations | chats | validation loss | minutes |\n|---|---|---|---|\n"
        f"| {recipe.iterations} + {recipe.finishing_iterations} "
        f"| {recipe.chats:,} + {recipe.finishing_chats:,} | {last:.3f} | {minutes:.0f} |"
    )


def write_losses(places: Places, losses: list[dict[str, float]], mode: str) -> None:
    """Keep the losses of a part, after those of the part before."""
    with (places.build / "adapter-losses.jsonl").open(mode, encoding="utf-8") as log:
        log.writelines(json.dumps(entry) + "\n" for entry in losses)


def train_part(places: Places, arguments: Any, before: int) -> list[dict[str, float]]:
    """Run mlx-lm's trainer once; returns the losses, counted on from iteration `before`."""
    import mlx.core as mx
    from mlx_lm.lora import load_dataset, train_model
    from mlx_lm.tuner.callbacks import TrainingCallback
    from mlx_lm.utils import load

    model, tokenizer = load(str(places.model))
    # bf16 products do not go through BLAS on a CPU, so training runs in float32 there.
    if mx.default_device() == mx.Device(mx.cpu):
        model.set_dtype(mx.float32)
    train_set, valid_set, _ = load_dataset(arguments, tokenizer)
    losses: list[dict[str, float]] = []

    class Keeper(TrainingCallback):
        def on_train_loss_report(self, train_info: dict[str, Any]) -> None:
            losses.append(
                {"step": before + train_info["iteration"], "loss": train_info["train_loss"]}
            )
            left = (arguments.iters - train_info["iteration"]) / train_info["iterations_per_second"]
            print(
                f"{train_info['iteration']}/{arguments.iters}"
                f"  loss {train_info['train_loss']:.3f}  {left / 60:.0f} min left",
                file=sys.stderr,
                flush=True,
            )

        def on_val_loss_report(self, val_info: dict[str, Any]) -> None:
            losses.append(
                {"step": before + val_info["iteration"], "validation": val_info["val_loss"]}
            )
            print(f"validation loss {val_info['val_loss']:.3f}", file=sys.stderr, flush=True)

    train_model(arguments, model, train_set, valid_set, Keeper())
    return losses


def trainer_arguments(places: Places, recipe: AdapterTraining, fresh: Path) -> tuple[Any, Any]:
    """What mlx-lm's trainer reads for the two parts: its defaults with the recipe's numbers."""
    from types import SimpleNamespace

    from mlx_lm.lora import CONFIG_DEFAULTS

    def cosine(rate: float, iterations: int) -> dict[str, Any]:
        return {
            "name": "cosine_decay",
            "warmup": 40,
            "warmup_init": rate / 100,
            "arguments": [rate, iterations, rate / 25],
        }

    chosen = {
        "model": str(places.model),
        "train": True,
        "data": str(places.adapter_set),
        "adapter_path": str(fresh),
        "seed": recipe.seed,
        "num_layers": -1,
        "batch_size": recipe.batch,
        "iters": recipe.iterations,
        "learning_rate": recipe.learning_rate,
        "lr_schedule": cosine(recipe.learning_rate, recipe.iterations),
        "lora_parameters": {"rank": recipe.rank, "dropout": 0.0, "scale": recipe.scale},
        "mask_prompt": True,
        "max_seq_length": recipe.length,
        "val_batches": 8,
        "steps_per_eval": 200,
        "steps_per_report": 20,
        "save_every": 100,
        "grad_accumulation_steps": 1,
    }
    finishing = {
        "data": str(places.finishing_set),
        "iters": recipe.finishing_iterations,
        "learning_rate": recipe.finishing_rate,
        "lr_schedule": cosine(recipe.finishing_rate, recipe.finishing_iterations),
    }
    return (
        SimpleNamespace(**{**CONFIG_DEFAULTS, **chosen}),
        SimpleNamespace(**{**CONFIG_DEFAULTS, **chosen, **finishing}),
    )


def install(fresh: Path, adapter: Path, recipe: AdapterTraining) -> None:
    """Put the trained weights in place, with a configuration free of this machine's paths."""
    adapter.mkdir(parents=True, exist_ok=True)
    config = {
        "fine_tune_type": "lora",
        "model": "models/tiny",
        "num_layers": -1,
        "lora_parameters": {"rank": recipe.rank, "scale": recipe.scale, "dropout": 0.0},
        "batch_size": recipe.batch,
        "iters": recipe.iterations + recipe.finishing_iterations,
        "learning_rate": recipe.learning_rate,
        "mask_prompt": True,
        "seed": recipe.seed,
    }
    (adapter / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    staged = adapter / "adapters.safetensors.new"
    shutil.copyfile(fresh / "adapters.safetensors", staged)
    staged.replace(adapter / "adapters.safetensors")
