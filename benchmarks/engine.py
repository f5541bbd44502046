"""Measures the engine against mlx-lm on the same model, in one run, as ratios.

    python benchmarks/engine.py [--model tiny] [--adapter mlx-docs] [--tokens 96] [--rounds 7]

Every contestant answers the same question by greedy decoding to the same length, in turns, so that
a noisy machine is noisy for all; medians are compared. The model is copied with an end-of-turn
token that it never says, so that no answer ends early.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.engine import Engine, Request, Sampling, open_engine
from assistant.engine.models import find_model
from assistant.lora import find_adapter
from assistant.paths import find_places, search_folders

QUESTION: Any = [{"role": "user", "content": "How do I sort an array along the last axis?"}]


@dataclass(frozen=True)
class Contestant:
    name: str
    answer: Callable[[], int]
    """Generates once; returns how many tokens came, over all rows."""
    against: str
    """Whose time is 1.00 ×."""


def endless_copy(model: Path, folder: Path) -> Path:
    """The model, with its last token for the end of a turn."""
    copy = folder / model.name
    shutil.copytree(model, copy)
    config = json.loads((copy / "config.json").read_text())
    last = config["vocab_size"] - 1
    config["eos_token_id"] = last
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "generation_config.json").write_text("{}")
    vocabulary = json.loads((copy / "tokenizer.json").read_text())["model"]["vocab"]
    settings = json.loads((copy / "tokenizer_config.json").read_text())
    settings["eos_token"] = next(text for text, number in vocabulary.items() if number == last)
    (copy / "tokenizer_config.json").write_text(json.dumps(settings))
    return copy


def by_engine(engine: Engine, tokens: int, *rows: dict[str, float]) -> Callable[[], int]:
    def answer() -> int:
        # A seed of its own for nothing: greedy. A new system line defeats the prompt cache.
        nonce = f"{time.perf_counter_ns()}"
        messages = [{"role": "system", "content": nonce}, *QUESTION]
        requests = [Request(messages, row, Sampling(max_tokens=tokens)) for row in rows]
        return sum(event.token is not None for event in engine.generate(requests))

    return answer


def by_mlx_lm(model: Any, tokenizer: Any, tokens: int) -> Callable[[], int]:
    from mlx_lm import stream_generate

    def answer() -> int:
        messages = [{"role": "system", "content": f"{time.perf_counter_ns()}"}, *QUESTION]
        prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
        return sum(1 for _ in stream_generate(model, tokenizer, prompt, max_tokens=tokens))

    return answer


def measure(contestants: list[Contestant], rounds: int) -> dict[str, tuple[float, int]]:
    """Median seconds and tokens of each, taken in turns after one round to warm up."""
    seconds: dict[str, list[float]] = {c.name: [] for c in contestants}
    counts: dict[str, int] = {}
    for number in range(rounds + 1):
        for contestant in contestants:
            start = time.perf_counter()
            counts[contestant.name] = contestant.answer()
            if number:
                seconds[contestant.name].append(time.perf_counter() - start)
    return {name: (statistics.median(times), counts[name]) for name, times in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--adapter", default="mlx-docs")
    parser.add_argument("--tokens", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    places = find_places()
    original = find_model(given.model, search_folders("models", places)).path
    assert original is not None, "a local model is measured"
    adapter = find_adapter(given.adapter, search_folders("adapters", places))
    with tempfile.TemporaryDirectory() as folder:
        run(endless_copy(original, Path(folder)), adapter, given.tokens, given.rounds)


def run(model: Path, adapter: Path, tokens: int, rounds: int) -> None:
    alone, resident = open_engine(str(model)), open_engine(str(model))
    name = resident.load_adapter(str(adapter)).name
    # Only now: the engine opens a fast BLAS before mlx is first imported.
    import mlx.core as mx
    from mlx_lm import load

    bare, tokenizer = load(str(model))
    adapted, _ = load(str(model), adapter_path=str(adapter))
    if "run as float32" in alone.info.dtype:
        for loaded in (bare, adapted):
            loaded.set_dtype(mx.float32)  # the same arithmetic for all
    rows: list[Contestant] = [
        Contestant("mlx-lm, base", by_mlx_lm(bare, tokenizer, tokens), "mlx-lm, base"),
        Contestant("engine, base", by_engine(alone, tokens, {}), "mlx-lm, base"),
        Contestant(
            "engine, base, adapter resident", by_engine(resident, tokens, {}), "mlx-lm, base"
        ),
        Contestant("mlx-lm, adapter", by_mlx_lm(adapted, tokenizer, tokens), "mlx-lm, adapter"),
        Contestant("engine, adapter", by_engine(resident, tokens, {name: 1.0}), "mlx-lm, adapter"),
        Contestant(
            "engine, base + adapter",
            by_engine(resident, tokens, {}, {name: 1.0}),
            "engine, adapter",
        ),
        Contestant(
            "engine, base + 3 strengths",
            by_engine(resident, tokens, {}, *({name: s} for s in (0.5, 1.0, 1.5))),
            "engine, adapter",
        ),
    ]
    results = measure(rows, rounds)
    print(f"{alone.info}\n")
    print("| | seconds | tokens/s, all rows | time against | ratio |\n|---|---|---|---|---|")
    for contestant in rows:
        seconds, count = results[contestant.name]
        ratio = seconds / results[contestant.against][0]
        print(
            f"| {contestant.name} | {seconds:.3f} | {count / seconds:.0f} "
            f"| {contestant.against} | {ratio:.2f} × |"
        )
    alone.close()
    resident.close()


if __name__ == "__main__":
    main()
