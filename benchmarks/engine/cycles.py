"""Loading, using and unloading an adapter over and over: what memory is left behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from assistant.engine import Request, Sampling, open_engine
from benchmarks.engine.answering import QUESTION

WARM_UP = 20


def resident_bytes() -> int:
    """Memory of this process as the operating system counts it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) * 1024


def print_cycles(model: Path, adapter: Path, cycles: int) -> None:
    import mlx.core as mx

    engine = open_engine(str(model))
    request = Request([QUESTION], {adapter.name: 1.0}, Sampling(max_tokens=4))

    def cycle() -> None:
        engine.load_adapter(str(adapter))
        for _ in engine.generate([request]):
            pass
        engine.unload_adapter(adapter.name)

    for _ in range(WARM_UP):
        cycle()
    before, active = resident_bytes(), mx.get_active_memory()
    for _ in range(cycles):
        cycle()
    after, active_after = resident_bytes(), mx.get_active_memory()
    engine.close()
    print(
        f"| {cycles} × load, use, unload | before | after | change | goal |\n|---|---|---|---|---|"
    )
    print(f"| resident memory | {before:,} | {after:,} | {after / before - 1:+.2%} | < 1 % |")
    change = active_after - active
    print(
        f"| mx.get_active_memory() | {active:,} | {active_after:,} | {change:+,} | 0 |\n",
        flush=True,
    )
