"""An adapter from a person's own examples: reads them, has it trained, puts it where chats find it.

This module refuses to know how training works (lora.py) and how its progress is shown.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from assistant.errors import InputFileError, TrainingError, UsageError
from assistant.file_trouble import why
from assistant.training.lora import LoraRun, Progress, train_lora

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Trained:
    """What came of a run: where the adapter is, and its losses in nats a token."""

    folder: Path
    examples: int
    iterations: int
    first_validation: float | None
    last_validation: float | None


def read_examples(path: Path) -> list[dict[str, Any]]:
    """The examples of a JSON-lines file, each in a form that mlx-lm's trainer reads.

    A line is {"messages": [...]}, {"prompt": ..., "completion": ...} or {"text": ...}; other keys
    are left out. A preference pair, {"prompt": [...], "chosen": [...], "rejected": [...]}, is a
    chat with the chosen answer. All lines must have one form.

    Raises:
        InputFileError: the file, or the line that cannot be used.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputFileError(
            f"{path} cannot be read: {why(error)}.", "Give a JSON-lines file of examples."
        ) from None
    examples = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            examples.append(_example(path, number, line))
    if not examples:
        raise InputFileError(f"{path} holds no examples.", _FORMS)
    forms = {tuple(example) for example in examples}
    if len(forms) > 1:
        raise InputFileError(f"{path} mixes several forms of examples.", _FORMS)
    return examples


_FORMS = (
    'A line is {"messages": [{"role": "user", "content": ...}, {"role": "assistant", ...}]}, '
    '{"prompt": ..., "completion": ...} or {"text": ...}.'
)


def _example(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        raise InputFileError(f"Line {number} of {path} is no JSON.", _FORMS) from None
    if not isinstance(row, dict):
        raise InputFileError(f"Line {number} of {path} is no object.", _FORMS)
    if isinstance(row.get("prompt"), list) and isinstance(row.get("chosen"), list):
        row["messages"] = [*row["prompt"], *row["chosen"]]
    if _are_messages(row.get("messages")):
        kept = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
        return {"messages": kept}
    if isinstance(row.get("prompt"), str) and isinstance(row.get("completion"), str):
        return {"prompt": row["prompt"], "completion": row["completion"]}
    if isinstance(row.get("text"), str) and row["text"].strip():
        return {"text": row["text"]}
    raise InputFileError(f"Line {number} of {path} is no example.", _FORMS)


def _are_messages(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) > 1
        and all(
            isinstance(m, dict) and m.get("role") in _ROLES and isinstance(m.get("content"), str)
            for m in value
        )
        and value[-1]["role"] == "assistant"
    )


def split(
    examples: Sequence[Any], batch: int, seed: int, *, aside: bool = True
) -> tuple[list[Any], list[Any]]:
    """A part to train on and a part to measure with, each at least a batch.

    With nothing kept `aside`, all are trained on, and some of them measured with.

    Raises:
        TrainingError: there are too few.
    """
    if not aside and len(examples) >= batch:
        # mlx-lm leaves out what does not fill a batch: the last one is filled up from the start.
        return [*examples, *examples[: -len(examples) % batch]], list(examples[:200])
    if len(examples) < 2 * batch:
        have = "1 example is" if len(examples) == 1 else f"{len(examples)} examples are"
        raise TrainingError(
            f"{have} too few for batches of {batch}.",
            f"Give at least {2 * batch}, or take a smaller --batch.",
        )
    mixed = list(examples)
    Random(seed).shuffle(mixed)
    kept = max(batch, min(len(mixed) // 20, 200))
    return mixed[kept:], mixed[:kept]


def check_name(name: str) -> None:
    """Refuse a name that is no plain folder name.

    Raises:
        UsageError
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for an adapter.",
            "Take letters, digits, dots, dashes and underscores.",
        )


def train_own(
    run: LoraRun,
    examples: Sequence[dict[str, Any]],
    target: Path,
    *,
    replace: bool,
    aside: bool = True,
    report: Callable[[Progress], None],
) -> Trained:
    """Train on the examples and put the adapter into `target`; it appears there whole, at the end.

    A run that was stopped goes on from its last checkpoint when it is asked for again.

    Raises:
        TrainingError: there is an adapter of that name, or the run cannot go on.
    """
    if target.exists() and not replace:
        raise TrainingError(
            f"There is an adapter {target.name!r} already.", "Take another name, or --replace."
        )
    train, valid = split(examples, run.batch, run.seed, aside=aside)
    run.data.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", train), ("valid", valid)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in part)
        (run.data / f"{name}.jsonl").write_text(text, "utf-8")
    try:
        told = train_lora(run, report)
    finally:
        # What somebody wrote is kept in one place; a run that goes on writes them again.
        for name in ("train", "valid"):
            (run.data / f"{name}.jsonl").unlink(missing_ok=True)
    validations = [p.validation for p in told if p.validation is not None]
    install(run, target)
    shutil.rmtree(run.data, ignore_errors=True)
    return Trained(
        folder=target,
        examples=len(examples),
        iterations=run.iterations,
        first_validation=validations[0] if validations else None,
        last_validation=validations[-1] if validations else None,
    )


def install(run: LoraRun, target: Path, base: str | None = None) -> None:
    """Put the trained weights in place, with a configuration that says how they were made.

    `base` is what the configuration names as the model, where that is not the run's own.
    """
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    shutil.copyfile(run.out / "adapters.safetensors", fresh / "adapters.safetensors")
    config = {
        "fine_tune_type": "lora",
        "model": run.model if base is None else base,
        "num_layers": -1,
        "lora_parameters": {"rank": run.rank, "scale": run.scale, "dropout": 0.0},
        "batch_size": run.batch,
        "iters": run.iterations,
        "learning_rate": run.learning_rate,
        "mask_prompt": run.mask_prompt,
        "seed": run.seed,
    }
    (fresh / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.replace(target)
