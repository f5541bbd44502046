"""The recipe of the adapter: builds its sets, has it trained in two parts, puts it in place.

This module refuses to know how training works (lora.py) and how adapters are used (the engine).
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

from assistant.engine.blas import open_fast_blas
from assistant.errors import TrainingError
from assistant.training.lora import LoraRun, Progress, bar, train_lora
from assistant.training.own import install
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
    """Train on the sets and write `places.adapter`; an existing adapter is replaced at the end.

    A run that was stopped goes on from its last checkpoint.
    """
    if not (places.model / "model.safetensors").exists():
        raise TrainingError("There is no base model.", "Run the step `pretrain` first.")
    # Before anything imports mlx, as building the sets does.
    open_fast_blas()
    build_sets(places, recipe)
    started = time.monotonic()
    main, finishing = parts(places, recipe)
    told = [entry for run in (main, finishing) for entry in _train_part(places, run)]
    minutes = (time.monotonic() - started) / 60
    _install(finishing, places, recipe)
    last = next((e.validation for e in reversed(told) if e.validation is not None), float("nan"))
    print(
        f"\n| iterations | chats | validation loss | minutes |\n|---|---|---|---|\n"
        f"| {recipe.iterations} + {recipe.finishing_iterations} "
        f"| {recipe.chats:,} + {recipe.finishing_chats:,} | {last:.3f} | {minutes:.0f} |"
    )


def parts(places: Places, recipe: AdapterTraining) -> tuple[LoraRun, LoraRun]:
    """The two runs of mlx-lm's trainer; the second goes on from what the first has made."""
    main = LoraRun(
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
    finishing = replace(
        main,
        data=places.finishing_set,
        out=places.build / "adapter-finishing",
        iterations=recipe.finishing_iterations,
        learning_rate=recipe.finishing_rate,
        begin=main.out / "adapters.safetensors",
    )
    return main, finishing


def _train_part(places: Places, run: LoraRun) -> list[Progress]:
    log = run.out / "losses.jsonl"

    def report(progress: Progress) -> None:
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(progress)) + "\n")
        print(bar(progress), file=sys.stderr, flush=True)

    return train_lora(run, report)


def write_losses(places: Places, recipe: AdapterTraining) -> Path:
    """The losses of both parts in one file, counted through; an iteration that ran twice, once."""
    found: dict[tuple[int, str], float] = {}
    before = 0
    for run in parts(places, recipe):
        log = run.out / "losses.jsonl"
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


def _install(finishing: LoraRun, places: Places, recipe: AdapterTraining) -> None:
    """Put the weights beside the adapter's card; no path of this machine goes in."""
    staged = places.build / "adapter-installed"
    whole = replace(
        finishing,
        iterations=recipe.iterations + recipe.finishing_iterations,
        learning_rate=recipe.learning_rate,
    )
    install(whole, staged, base="models/tiny")
    places.adapter.mkdir(parents=True, exist_ok=True)
    for file in staged.iterdir():
        # Written beside and moved: whoever reads meanwhile finds a whole file.
        fresh = places.adapter / f"{file.name}.new"
        shutil.copyfile(file, fresh)
        fresh.replace(places.adapter / file.name)
