"""Contestants that take turns, and the table of their medians. It refuses to know what they do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Contestant:
    name: str
    run: Callable[[], int]
    """Does the work once; returns how many tokens came, over all rows, or 0."""
    against: str
    """Whose time is 1.00 ×."""
    goal: str = ""
    """What its ratio should be."""


def in_turns(contestants: Sequence[Contestant], rounds: int) -> dict[str, tuple[float, int]]:
    """Median seconds and tokens of each, taken in turns after one round to warm up."""
    seconds: dict[str, list[float]] = {c.name: [] for c in contestants}
    counts: dict[str, int] = {}
    for number in range(rounds + 1):
        for contestant in contestants:
            start = time.perf_counter()
            counts[contestant.name] = contestant.run()
            if number:
                seconds[contestant.name].append(time.perf_counter() - start)
    return {name: (statistics.median(times), counts[name]) for name, times in seconds.items()}


def print_table(contestants: Sequence[Contestant], rounds: int) -> None:
    """Run them and print Markdown: seconds, speed, and the ratio that is to be kept."""
    results = in_turns(contestants, rounds)
    print("| | ms | tokens/s, all rows | time against | ratio | goal |\n|---|---|---|---|---|---|")
    for contestant in contestants:
        seconds, count = results[contestant.name]
        speed = f"{count / seconds:.0f}" if count else "–"
        ratio = seconds / results[contestant.against][0]
        print(
            f"| {contestant.name} | {seconds * 1000:.2f} | {speed} | {contestant.against} "
            f"| {ratio:.2f} × | {contestant.goal} |"
        )
    print(flush=True)
