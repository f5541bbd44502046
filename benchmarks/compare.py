"""Measures comparisons: what a second column, the shading, the proof and a batch cost, as ratios.

    python -m benchmarks.compare [--model tiny] [--adapter mlx-docs] [--tokens 96] [--rounds 5]
                                 [--prompts 200] [--batch-tokens 48]

Contestants of a table take turns in one run, so that a noisy machine is noisy for all; medians are
compared. The model is copied with an end-of-turn token that it never says, so that all answers have
one length. A batch is timed once each way: it is long enough to be its own average.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.compare import Comparison, gather
from assistant.compare.batch import Answered, Item, answer_all
from assistant.compare.proof import prove_base
from assistant.compare.questions import Question
from assistant.engine import Engine, Request, Sampling, open_engine
from assistant.engine.models import find_model
from assistant.lora import find_adapter
from assistant.paths import find_places, search_folders
from benchmarks.engine.making import make_endless

QUESTION = "How do I sort an array along the last axis?"


def endless_copy(model: Path, folder: Path) -> Path:
    """The model, with its last token for the end of a turn."""
    copy = folder / model.name
    shutil.copytree(model, copy)
    make_endless(copy)
    return copy


def fresh(question: str) -> list[Any]:
    """Messages whose beginning is new, so that no prompt cache helps one contestant only."""
    nonce = f"{time.perf_counter_ns()}"
    return [{"role": "system", "content": nonce}, {"role": "user", "content": question}]


def one_answer(engine: Engine, adapters: dict[str, float], tokens: int) -> None:
    for _ in engine.generate([Request(fresh(QUESTION), adapters, Sampling(max_tokens=tokens))]):
        pass


def compared(
    engine: Engine, name: str, tokens: int, *, shading: bool = False, proof: bool = False
) -> None:
    messages = fresh(QUESTION)
    sampling = Sampling(max_tokens=tokens)
    comparison = Comparison(engine, messages, [{name: 1.0}], sampling, keep_logits=shading)
    for _ in comparison:
        pass
    ends = comparison.ended
    assert ends is not None
    answers = [finish.tokens for finish in ends]
    if shading:
        gather(engine, messages, comparison.columns, answers)
    if proof:
        prove_base(engine, messages, comparison.columns, answers[0])


def measure(contestants: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median seconds of each, taken in turns after one round to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, run in contestants.items():
            start = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in seconds.items()}


def columns_table(engine: Engine, name: str, tokens: int, rounds: int) -> None:
    one, two = "one answer, adapted", "base + 1"
    shaded, proved = "base + 1, shading", "base + 1, shading and proof"
    found = measure(
        {
            "one answer, base": lambda: one_answer(engine, {}, tokens),
            one: lambda: one_answer(engine, {name: 1.0}, tokens),
            two: lambda: compared(engine, name, tokens),
            shaded: lambda: compared(engine, name, tokens, shading=True),
            proved: lambda: compared(engine, name, tokens, shading=True, proof=True),
        },
        rounds,
    )
    against = {"one answer, base": one, one: one, two: one, shaded: two, proved: two}
    print(f"{tokens} tokens an answer, {rounds} rounds\n")
    print("| | seconds | time against | ratio |\n|---|---|---|---|")
    for label, seconds in found.items():
        other = against[label]
        print(f"| {label} | {seconds:.3f} | {other} | {seconds / found[other]:.2f} × |")


def batch_table(engine: Engine, name: str, prompts: int, tokens: int) -> None:
    columns: list[dict[str, float]] = [{}, {name: 1.0}]
    sampling = Sampling(max_tokens=tokens, seed=1)

    def items() -> list[Item]:
        asked = [f"{QUESTION} Number {n}." for n in range(prompts)]
        return [Item(Question(text), tuple(fresh(text))) for text in asked]

    def together() -> int:
        outcomes = list(answer_all(engine, items(), columns, sampling))
        return sum(isinstance(outcome, Answered) for outcome in outcomes)

    def one_at_a_time() -> int:
        done = 0
        for item in items():
            for adapters in columns:
                for event in engine.generate([Request(item.messages, adapters, sampling)]):
                    done += event.finish is not None
        return done // len(columns)

    def column_by_column() -> int:
        for item in items():
            for _ in Comparison(engine, item.messages, columns[1:], sampling):
                pass
        return prompts

    print(f"\n{prompts} prompts × 2 columns, {tokens} tokens an answer\n")
    print("| | seconds | prompts/s | throughput |\n|---|---|---|---|")
    slowest = 0.0
    for label, run in (
        ("one answer at a time", one_at_a_time),
        ("one comparison at a time", column_by_column),
        ("batched across prompts", together),
    ):
        start = time.perf_counter()
        assert run() == prompts
        seconds = time.perf_counter() - start
        slowest = slowest or seconds
        rate = prompts / seconds
        print(f"| {label} | {seconds:.2f} | {rate:.2f} | {slowest / seconds:.2f} × |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--adapter", default="mlx-docs")
    parser.add_argument("--tokens", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--prompts", type=int, default=200)
    parser.add_argument("--batch-tokens", type=int, default=48)
    given = parser.parse_args()
    places = find_places()
    original = find_model(given.model, search_folders("models", places)).path
    assert original is not None, "a local model is measured"
    adapter = find_adapter(given.adapter, search_folders("adapters", places))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(str(endless_copy(original, Path(folder))))
        try:
            name = engine.load_adapter(str(adapter)).name
            print(f"{engine.info}\n")
            columns_table(engine, name, given.tokens, given.rounds)
            batch_table(engine, name, given.prompts, given.batch_tokens)
        finally:
            engine.close()


if __name__ == "__main__":
    main()
