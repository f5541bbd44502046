"""The recipe of the adapter: builds its set, has it trained, puts it in place.

This module refuses to know how training works (lora.py) and how adapters are used (the engine).
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path

from assistant.engine.blas import open_fast_blas
from assistant.errors import TrainingError
from assistant.training.lora import LoraRun, Progress, bar, train_lora
from assistant.training.own import install
from assistant.training.recipe import AdapterTraining, Places
from assistant.training.ring import is_first, is_member, processes, run_ring


def build_set(places: Places, recipe: AdapterTraining) -> None:
    """Write the set, unless it is there."""
    if (places.adapter_set / "train.jsonl").exists():
        return
    from assistant.training.base_data import COMMON_TABLES, RARE_TABLE
    from assistant.training.checked import check_calls
    from assistant.training.libraries import BASE_LIBRARIES
    from assistant.training.mlx_data import adapter_chats, cover, write_sets
    from assistant.training.pretrain import read_chats
    from assistant.training.tables import operations

    if not places.base_set.exists():
        raise TrainingError("The base set is missing.", "Run the step `data` first.")
    coverage = cover()
    print(coverage.report(), file=sys.stderr)
    elsewhere, _ = check_calls(operations(*COMMON_TABLES[:2], RARE_TABLE), BASE_LIBRARIES)
    # From the end of the base's set: there the wordings are most varied.
    base = reversed(list(read_chats(places.base_set)))
    made = adapter_chats(
        coverage,
        elsewhere,
        base,
        count=recipe.chats,
        base_share=recipe.base_share,
        noise_share=recipe.noise_share,
        usual=recipe.usual,
        brief=recipe.gist,
        cut=recipe.cut,
        seed=recipe.seed,
    )
    write_sets(made, places.adapter_set)


def train_adapter(places: Places, recipe: AdapterTraining) -> None:
    """Train on the set and write `places.adapter`; an existing adapter is replaced at the end.

    A run that was stopped goes on from its last checkpoint.
    """
    if not (places.model / "model.safetensors").exists():
        raise TrainingError("There is no base model.", "Run the step `pretrain` first.")
    # Before anything imports mlx, as building the set does.
    open_fast_blas()
    build_set(places, recipe)
    run = run_of(places, recipe)
    if is_member():
        _train(run)
        return
    started = time.monotonic()
    count = processes(recipe.processes, recipe.batch)
    if count > 1:
        run_ring(_command(places, recipe), count)
    else:
        _train(run)
    minutes = (time.monotonic() - started) / 60
    _install(run, places)
    last = _last_validation(run)
    print(
        f"\n| iterations | chats | validation loss | minutes |\n|---|---|---|---|\n"
        f"| {recipe.iterations} | {recipe.chats:,} | {last:.3f} | {minutes:.0f} |"
    )


def _command(places: Places, recipe: AdapterTraining) -> list[str]:
    """This step of the recipe, as a process of a ring is given it."""
    folders = ["--build", places.build, "--model", places.model, "--adapter", places.adapter]
    numbers = ["--iterations", recipe.iterations, "--seed", recipe.seed]
    return ["-m", "assistant.training", "adapter", *map(str, [*folders, *numbers])]


def run_of(places: Places, recipe: AdapterTraining) -> LoraRun:
    """What mlx-lm's trainer is asked for."""
    return LoraRun(
        model=str(places.model),
        data=places.adapter_set,
        out=places.build / "adapter",
        iterations=recipe.iterations,
        batch=recipe.batch,
        rank=recipe.rank,
        scale=recipe.scale,
        learning_rate=recipe.learning_rate,
        length=recipe.length,
        seed=recipe.seed,
    )


def _train(run: LoraRun) -> None:
    def report(progress: Progress) -> None:
        if not is_first():
            return
        with _log(run).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(progress)) + "\n")
        print(bar(progress), file=sys.stderr, flush=True)

    train_lora(run, report)


def _last_validation(run: LoraRun) -> float:
    losses = [json.loads(line)["validation"] for line in _log(run).read_text("utf-8").splitlines()]
    return next((loss for loss in reversed(losses) if loss is not None), math.nan)


def _log(run: LoraRun) -> Path:
    return run.out / "losses.jsonl"


def write_losses(places: Places, recipe: AdapterTraining) -> Path:
    """The losses as the curve reads them; an iteration that ran twice, once."""
    found: dict[tuple[int, str], float] = {}
    log = _log(run_of(places, recipe))
    for line in log.read_text("utf-8").splitlines() if log.exists() else ():
        entry = json.loads(line)
        for kind in ("loss", "validation"):
            if entry[kind] is not None:
                found[entry["iteration"], kind] = entry[kind]
    path = places.build / "adapter-losses.jsonl"
    rows = [
        json.dumps({"step": step, kind: value}) for (step, kind), value in sorted(found.items())
    ]
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def _install(run: LoraRun, places: Places) -> None:
    """Put the weights beside the adapter's card; no path of this machine goes in."""
    staged = places.build / "adapter-installed"
    install(run, staged, base="models/tiny")
    places.adapter.mkdir(parents=True, exist_ok=True)
    for file in staged.iterdir():
        # Written beside and moved: whoever reads meanwhile finds a whole file.
        fresh = places.adapter / f"{file.name}.new"
        shutil.copyfile(file, fresh)
        fresh.replace(places.adapter / file.name)
