"""Trains a LoRA adapter with mlx-lm's own trainer; the one path by which this program trains.

The embedded model's adapter and those that people make of their own examples go through here. A
run that was stopped goes on from its last checkpoint, as long as its folder is there.
This module refuses to know what the examples are about.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.engine.blas import open_fast_blas
from assistant.engine.torchless import import_transformers
from assistant.errors import TrainingError
from assistant.training.cpu_math import on_cpu, quick_layers
from assistant.training.lora_loss import loss_of_rows
from assistant.training.lora_rows import Rows, as_rows, batches
from assistant.training.ring import is_first, together


@dataclass(frozen=True)
class LoraRun:
    """What mlx-lm's trainer is asked for. `data` holds train.jsonl and valid.jsonl."""

    model: str
    """Folder or repository."""
    data: Path
    out: Path
    """Folder of checkpoints, and of adapters.safetensors at the end."""
    iterations: int
    batch: int = 4
    """Chats per iteration."""
    rank: int = 16
    scale: float = 4.0
    """The factor on B·A, mlx-lm's `scale`."""
    learning_rate: float = 2e-4
    """Peak; a warm-up before it and a cosine to a 25th of it."""
    length: int = 512
    """Longer chats are cut, in tokens."""
    seed: int = 0
    mask_prompt: bool = True
    """Learn answers only. Plain text has no prompt to mask."""
    begin: Path | None = None
    """An adapters.safetensors to go on from; None begins with an adapter that changes nothing."""
    save_every: int = 100
    spelling: tuple[tuple[str, ...], ...] = ()
    """Tokens, each written in answers with the two or more that make it up, where there is one."""


@dataclass(frozen=True)
class Progress:
    """How far a run has come: a training loss, or a validation loss, in nats a token."""

    iteration: int
    of: int
    loss: float | None = None
    validation: float | None = None
    seconds_left: float | None = None


def bar(progress: Progress) -> str:
    """A line that shows how far a run has come."""
    filled = 24 * progress.iteration // progress.of
    parts = [f"[{'#' * filled}{'.' * (24 - filled)}] {progress.iteration}/{progress.of}"]
    if progress.loss is not None:
        parts.append(f"loss {progress.loss:.3f}")
    if progress.validation is not None:
        parts.append(f"validation loss {progress.validation:.3f}")
    if progress.seconds_left is not None:
        parts.append(f"{progress.seconds_left / 60:.0f} min left")
    return "  ".join(parts)


def train_lora(run: LoraRun, report: Callable[[Progress], None]) -> list[Progress]:
    """Train to the end of the run and return what was reported.

    Raises:
        TrainingError: the data does not suffice, or the losses are no numbers any more.
    """
    # Before anything imports mlx: a BLAS opened later has no effect on Linux, and training would
    # be twenty times slower.
    open_fast_blas()
    import_transformers()
    import mlx.core as mx
    from mlx_lm.lora import load_dataset
    from mlx_lm.tuner.callbacks import TrainingCallback
    from mlx_lm.utils import load

    from assistant.engine.widening import widen_here

    world = mx.distributed.init()
    done, begin = _begun(run, world)
    if done >= run.iterations:
        return []
    model, tokenizer = load(run.model)
    # bf16 products do not go through BLAS on a CPU, so training runs in float32 there.
    if on_cpu():
        widen_here(model)
        model.set_dtype(mx.float32)
    arguments = _arguments(run, done, begin)
    train_set, valid_set, _ = load_dataset(arguments, tokenizer)
    end = tokenizer.eos_token_id
    ids = tokenizer.get_vocab()
    spelling = {
        ids["".join(parts)]: [ids[part] for part in parts]
        for parts in run.spelling
        if "".join(parts) in ids  # a tokenizer of less text has not come as far
    }
    train_rows, valid_rows = (
        as_rows(each, end, run.length, spelling) for each in (train_set, valid_set)
    )
    told: list[Progress] = []
    started = time.monotonic()

    def tell(progress: Progress) -> None:
        value = progress.loss if progress.loss is not None else progress.validation
        if value is not None and not math.isfinite(value):
            raise TrainingError(
                f"The loss is no number any more after {progress.iteration} iterations.",
                "Train with a smaller learning rate.",
            )
        told.append(progress)
        report(progress)

    class Keeper(TrainingCallback):
        def on_train_loss_report(self, train_info: dict[str, Any]) -> None:
            made = int(train_info["iteration"])
            pace = (time.monotonic() - started) / made
            left = pace * (arguments.iters - made)
            tell(
                Progress(
                    done + made, run.iterations, loss=train_info["train_loss"], seconds_left=left
                )
            )

        def on_val_loss_report(self, val_info: dict[str, Any]) -> None:
            # mlx-lm counts the iteration that is to come.
            made = done + int(val_info["iteration"])
            tell(Progress(made, run.iterations, validation=val_info["val_loss"]))

    # mlx-lm draws its own progress on standard output, where results belong.
    with contextlib.redirect_stdout(io.StringIO()), quick_layers(model):
        _train(arguments, model, train_rows, valid_rows, Keeper())
    if done and is_first():
        _renumber(run.out, done, run.iterations)
    return told


def _train(chosen: SimpleNamespace, model: Any, train: Rows, valid: Rows, keeper: Any) -> None:
    """What `mlx_lm.lora` does with its arguments, with our batches and our loss."""
    import mlx.core as mx
    import mlx.optimizers as optim
    from mlx_lm.tuner.datasets import CacheDataset
    from mlx_lm.tuner.trainer import TrainingArgs
    from mlx_lm.tuner.trainer import train as run_trainer
    from mlx_lm.tuner.utils import build_schedule, linear_to_lora_layers
    from mlx_lm.utils import save_config

    mx.random.seed(chosen.seed)
    model.freeze()
    linear_to_lora_layers(model, chosen.num_layers, chosen.lora_parameters)
    if chosen.resume_adapter_file is not None:
        model.load_weights(chosen.resume_adapter_file, strict=False)
    out = Path(chosen.adapter_path)
    out.mkdir(parents=True, exist_ok=True)
    if is_first():
        save_config(vars(chosen), out / "adapter_config.json")
    # Adam's averages begin at zero, which makes its first thousand steps up to three times as long:
    # that finds the way sooner, and undoes what was learnt.
    goes_on = chosen.resume_adapter_file is not None
    run_trainer(
        model,
        optim.Adam(learning_rate=build_schedule(chosen.lr_schedule), bias_correction=goes_on),
        CacheDataset(train),
        CacheDataset(valid),
        TrainingArgs(
            batch_size=chosen.batch_size,
            iters=chosen.iters,
            val_batches=chosen.val_batches,
            steps_per_report=chosen.steps_per_report,
            steps_per_eval=chosen.steps_per_eval,
            steps_per_save=chosen.save_every,
            max_seq_length=chosen.max_seq_length,
            adapter_file=str(out / "adapters.safetensors"),
            grad_accumulation_steps=chosen.grad_accumulation_steps,
        ),
        loss=loss_of_rows,
        iterate_batches=partial(batches, seed=chosen.seed),
        training_callback=keeper,
    )


def _arguments(run: LoraRun, done: int, begin: Path | None) -> SimpleNamespace:
    """mlx-lm's defaults with the run's numbers; a resumed run goes on with its schedule."""
    from mlx_lm.lora import CONFIG_DEFAULTS

    left = run.iterations - done
    end = run.learning_rate / 25
    rate = end + (run.learning_rate - end) * 0.5 * (1 + math.cos(math.pi * done / run.iterations))
    warmup = min(40, max(1, left // 10))
    chosen = {
        "model": run.model,
        "train": True,
        "data": str(run.data),
        "adapter_path": str(run.out / "resumed" if done else run.out),
        "resume_adapter_file": str(begin) if begin else None,
        "seed": run.seed + done,
        "num_layers": -1,
        "batch_size": run.batch,
        "iters": left,
        "learning_rate": rate,
        "lr_schedule": {
            "name": "cosine_decay",
            "warmup": warmup,
            "warmup_init": rate / 100,
            "arguments": [rate, left, end],
        },
        "lora_parameters": {"rank": run.rank, "dropout": 0.0, "scale": run.scale},
        "mask_prompt": run.mask_prompt,
        "max_seq_length": run.length,
        "val_batches": 8,
        "steps_per_eval": 200,
        "steps_per_report": min(20, max(1, left // 10)),
        "save_every": run.save_every,
        "grad_accumulation_steps": 1,
    }
    return SimpleNamespace(**{**CONFIG_DEFAULTS, **chosen})


def _begun(run: LoraRun, world: Any) -> tuple[int, Path | None]:
    """As `_resumed`; of several processes, the first one tidies the folder and the others look."""
    begun = _resumed(run) if is_first() else None
    together(world)
    if begun is None:
        found = _checkpoints(run.out)
        begun = (max(found), found[max(found)]) if found else (0, run.begin)
    # Nobody writes before all have looked.
    together(world)
    return begun


def _resumed(run: LoraRun) -> tuple[int, Path | None]:
    """How many iterations an earlier, stopped run of the same numbers has made, and its weights."""
    run.out.mkdir(parents=True, exist_ok=True)
    note = run.out / "run.json"
    identity = json.dumps(
        {**vars(replace(run, save_every=0)), "size": (run.data / "train.jsonl").stat().st_size},
        default=str,
    )
    if not note.exists() or note.read_text("utf-8") != identity:
        for old in run.out.glob("*.safetensors"):
            old.unlink()
        note.write_text(identity, "utf-8")
        return 0, run.begin
    _renumber(run.out, max([0, *_checkpoints(run.out)]), run.iterations)
    found = _checkpoints(run.out)
    if not found:
        return 0, run.begin
    last = max(found)
    return last, found[last]


def _checkpoints(folder: Path) -> dict[int, Path]:
    return {
        int(path.name[:7]): path
        for path in folder.glob("*_adapters.safetensors")
        if path.name[:7].isdigit()
    }


def _renumber(out: Path, done: int, total: int) -> None:
    """Checkpoints of a resumed stretch count from its beginning: give them the run's numbers."""
    stretch = out / "resumed"
    if not stretch.is_dir():
        return
    for number, path in sorted(_checkpoints(stretch).items()):
        if done + number <= total:
            path.replace(out / f"{done + number:07d}_adapters.safetensors")
    last = stretch / "adapters.safetensors"
    if last.exists():
        last.replace(out / "adapters.safetensors")
