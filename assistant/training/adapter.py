"""The recipe of the adapter: builds its set, has it trained, puts it in place.

This module refuses to know how training works (lora.py) and how adapters are used (the engine).
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from assistant.engine.blas import open_fast_blas
from assistant.errors import TrainingError
from assistant.training.lora import LoraRun, Progress, bar, train_lora
from assistant.training.own import install
from assistant.training.recipe import AdapterTraining, Places
from assistant.training.ring import is_first, is_member, processes, run_ring


def build_sets(places: Places, recipe: AdapterTraining) -> None:
    """Write the sets of all parts, those that are not there."""
    missing = [
        number
        for number in range(len(recipe.parts))
        if not (places.adapter_set(number) / "train.jsonl").exists()
    ]
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
    # From the end of the base's set: there the wordings are most varied.
    base = list(reversed(list(read_chats(places.base_set))))
    for number in missing:
        part = recipe.parts[number]
        made = adapter_chats(
            coverage,
            elsewhere,
            base,
            count=part.chats,
            base_share=part.base_share,
            noise_share=recipe.noise_share,
            usual=recipe.usual,
            brief=recipe.gist,
            cut=recipe.cut,
            seed=recipe.seed + number,
            mix=part.mix,
        )
        write_sets(made, places.adapter_set(number))


def train_adapter(places: Places, recipe: AdapterTraining, share: float = 1.0) -> None:
    """Train on the sets and write `places.adapter`; an existing adapter is replaced at the end.

    A run that was stopped goes on from its last checkpoint. `share` is what `recipe` was shrunk by.
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
        run_ring(_command(places, recipe.seed, share), count)
    else:
        _train(runs)
    minutes = (time.monotonic() - started) / 60
    iterations = sum(part.iterations for part in recipe.parts)
    blended = replace(
        runs[-1],
        out=places.build / "adapter-blended",
        iterations=iterations,
        learning_rate=runs[0].learning_rate,
        seed=recipe.seed,
    )
    blend(runs[-2].out, runs[-1].out, recipe.last_share, blended.out)
    _install(blended, places)
    chats = sum(part.chats for part in recipe.parts)
    last = _last_validation(runs[-1])
    print(
        f"\n| iterations | chats | validation loss | minutes |\n|---|---|---|---|\n"
        f"| {iterations} | {chats:,} | {last:.3f} | {minutes:.0f} |"
    )


def blend(before: Path, last: Path, share: float, out: Path) -> None:
    """Write weights to `out`: `share` of those in `last`, and the rest of those in `before`.

    One goes on from the other, so that their matrices belong together.
    """
    import mlx.core as mx

    ours, theirs = (mx.load(str(folder / "adapters.safetensors")) for folder in (last, before))
    assert isinstance(ours, dict)
    assert isinstance(theirs, dict)
    out.mkdir(parents=True, exist_ok=True)
    mixed = {name: share * ours[name] + (1 - share) * theirs[name] for name in ours}
    mx.save_safetensors(str(out / "adapters.safetensors"), mixed, {"format": "mlx"})


def _command(places: Places, seed: int, share: float) -> list[str]:
    """This step of the recipe, as a process of a ring is given it."""
    folders = ["--build", places.build, "--model", places.model, "--adapter", places.adapter]
    numbers = ["--seed", seed, "--share", share]
    return ["-m", "assistant.training", "adapter", *map(str, [*folders, *numbers])]


def runs_of(places: Places, recipe: AdapterTraining) -> list[LoraRun]:
    """What mlx-lm's trainer is asked for, one run after the other; each goes on from the last."""
    runs: list[LoraRun] = []
    for number, part in enumerate(recipe.parts):
        runs.append(
            LoraRun(
                model=str(places.model),
                data=places.adapter_set(number),
                out=places.adapter_out(number),
                iterations=part.iterations,
                batch=recipe.batch,
                rank=recipe.rank,
                scale=recipe.scale,
                learning_rate=part.learning_rate,
                length=recipe.length,
                seed=recipe.seed + number,
                begin=runs[-1].out / "adapters.safetensors" if runs else None,
                spelling=recipe.spelling,
            )
        )
    return runs


def _train(runs: Sequence[LoraRun]) -> None:
    for run in runs:
        train_lora(run, partial(_report, run))


def _report(run: LoraRun, progress: Progress) -> None:
    if not is_first():
        return
    with _log(run).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(progress)) + "\n")
    print(bar(progress), file=sys.stderr, flush=True)


def _last_validation(run: LoraRun) -> float:
    losses = [json.loads(line)["validation"] for line in _log(run).read_text("utf-8").splitlines()]
    return next((loss for loss in reversed(losses) if loss is not None), math.nan)


def _log(run: LoraRun) -> Path:
    return run.out / "losses.jsonl"


def write_losses(places: Places, recipe: AdapterTraining) -> Path:
    """The losses as the curve reads them; an iteration that ran twice, once."""
    found: dict[tuple[int, str], float] = {}
    before = 0
    for run in runs_of(places, recipe):
        log = _log(run)
        for line in log.read_text("utf-8").splitlines() if log.exists() else ():
            entry = json.loads(line)
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
