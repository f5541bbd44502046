"""The recipe of the adapter: builds its sets, has it trained, puts it in place.

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
from typing import Any

from assistant.engine.blas import open_fast_blas
from assistant.errors import TrainingError
from assistant.lora.mlx_format import WEIGHTS_NAME
from assistant.training.lora import LoraRun, Progress, bar, train_lora
from assistant.training.own import install
from assistant.training.recipe import AdapterTraining, Places
from assistant.training.ring import is_first, is_member, processes, run_ring


def build_sets(places: Places, recipe: AdapterTraining) -> None:
    """Write the set of every part that is not there."""
    parts = enumerate(recipe.stretches, start=1)
    missing = {n: part for n, part in parts if not _is_there(places.adapter_set(n))}
    if not missing:
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
    base = list(read_chats(places.base_set))
    for number, part in missing.items():
        made = adapter_chats(
            coverage,
            elsewhere,
            # The base's last part: there the wordings are most varied.
            base[-part.chats :],
            count=part.chats,
            base_share=recipe.base_share,
            noise_share=recipe.noise_share,
            usual=recipe.usual,
            brief=part.gist,
            cut=recipe.cut,
            seed=recipe.seed + number - 1,
        )
        write_sets(made, places.adapter_set(number))


def _is_there(folder: Path) -> bool:
    return (folder / "train.jsonl").exists()


def train_adapter(places: Places, recipe: AdapterTraining) -> None:
    """Train on the sets and write `places.adapter`; an existing adapter is replaced at the end.

    A run that was stopped goes on from its last checkpoint.
    """
    if not (places.model / "model.safetensors").exists():
        raise TrainingError("There is no base model.", "Run the step `pretrain` first.")
    # Before anything imports mlx, as building the set does.
    open_fast_blas()
    build_sets(places, recipe)
    runs = runs_of(places, recipe)
    if is_member():
        _train(runs)
        return
    started = time.monotonic()
    count = processes(recipe.processes, recipe.batch)
    if count > 1:
        run_ring(_command(places, recipe), count)
    else:
        _train(runs)
    minutes = (time.monotonic() - started) / 60
    _install(runs[-1], places)
    chats = sum(part.chats for part in recipe.stretches)
    iterations = sum(run.iterations for run in runs)
    print(
        f"\n| iterations | chats | validation loss | minutes |\n|---|---|---|---|\n"
        f"| {iterations:,} | {chats:,} | {_last_validation(runs[-1]):.3f} | {minutes:.0f} |"
    )


def _command(places: Places, recipe: AdapterTraining) -> list[str]:
    """This step of the recipe, as a process of a ring is given it."""
    folders = ["--build", places.build, "--model", places.model, "--adapter", places.adapter]
    numbers = ["--seed", recipe.seed]
    if recipe.trial is not None:
        numbers += ["--iterations", recipe.trial]
    return ["-m", "assistant.training", "adapter", *map(str, [*folders, *numbers])]


def runs_of(places: Places, recipe: AdapterTraining) -> list[LoraRun]:
    """What mlx-lm's trainer is asked for, a run for each part: it begins where the last ended."""
    runs: list[LoraRun] = []
    for number, part in enumerate(recipe.stretches, start=1):
        run = LoraRun(
            model=str(places.model),
            data=places.adapter_set(number),
            out=places.build / f"adapter-{number}",
            iterations=part.iterations,
            batch=recipe.batch,
            rank=recipe.rank,
            scale=recipe.scale,
            learning_rate=part.learning_rate,
            length=recipe.length,
            seed=recipe.seed + number - 1,
            begin=runs[-1].out / WEIGHTS_NAME if runs else None,
        )
        runs.append(run)
    return runs


def _train(runs: list[LoraRun]) -> None:
    for number, run in enumerate(runs, start=1):
        if is_first():
            print(f"part {number} of {len(runs)}", file=sys.stderr)
        _train_part(run)


def _train_part(run: LoraRun) -> None:
    def report(progress: Progress) -> None:
        if not is_first():
            return
        with _log(run).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(progress)) + "\n")
        print(bar(progress), file=sys.stderr, flush=True)

    train_lora(run, report)


def _last_validation(run: LoraRun) -> float:
    return next((e["validation"] for e in reversed(_logged(run)) if e["validation"]), math.nan)


def _logged(run: LoraRun) -> list[dict[str, Any]]:
    log = _log(run)
    return (
        [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    )


def _log(run: LoraRun) -> Path:
    return run.out / "losses.jsonl"


def write_losses(places: Places, recipe: AdapterTraining) -> Path:
    """The losses as the curve reads them; an iteration that ran twice, once."""
    found: dict[tuple[int, str], float] = {}
    before = 0
    for run in runs_of(places, recipe):
        for entry in _logged(run):
            for kind in ("loss", "validation"):
                if entry[kind] is not None:
                    found[before + entry["iteration"], kind] = entry[kind]
        before += run.iterations
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
