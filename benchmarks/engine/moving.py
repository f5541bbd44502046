"""Going over to another adapter: one that is resident, and one that is still on disk.

Switching is measured as the whole of a one-token answer whose prompt is cached, under the same
adapter as before and under another; the difference is what the switch costs.
It refuses to know how time is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.engine import Engine, Request, Sampling
from benchmarks.engine.answering import QUESTION
from benchmarks.engine.peft_peer import PeftPeer
from benchmarks.engine.timing import Contestant


def contestants(
    resident: Engine,
    other: Engine,
    model: Path,
    adapters: list[Path],
    peft: PeftPeer | None,
) -> list[Contestant]:
    import mlx.core as mx
    from mlx_lm import load

    last = ""

    def one_token(name: str) -> int:
        nonlocal last
        last = name
        request = Request([QUESTION], {name: 1.0}, Sampling(max_tokens=1))
        return sum(event.token is not None for event in resident.generate([request]))

    first, second = adapters[0].name, adapters[1].name
    one_token(first)
    one_token(second)

    def stay() -> int:
        return one_token(last)

    def switch() -> int:
        return one_token(second if last == first else first)

    def tensors_only() -> int:
        mx.eval(list(mx.load(str(adapters[2] / "adapters.safetensors")).values()))
        return 0

    def from_disk() -> int:
        other.load_adapter(str(adapters[2]))
        return 0

    def unload() -> int:
        other.unload_adapter(adapters[2].name)
        return 0

    def reload() -> int:
        load(str(model), adapter_path=str(adapters[0]))
        return 0

    found = [
        Contestant("engine, one token, same adapter", stay, "engine, one token, same adapter"),
        Contestant(
            "engine, one token, the other adapter",
            switch,
            "engine, one token, same adapter",
            "≤ 1 ms more",
        ),
        Contestant(
            "mx.load + mx.eval of an adapter", tensors_only, "mx.load + mx.eval of an adapter"
        ),
        Contestant("engine, load from disk", from_disk, "mx.load + mx.eval of an adapter", "≤ 1.5"),
        Contestant("engine, unload", unload, "mx.load + mx.eval of an adapter"),
        Contestant("mlx-lm, reload with adapter", reload, "mx.load + mx.eval of an adapter"),
    ]
    if peft is not None:
        turns: Callable[[], int] = peft.switch
        found.append(Contestant("PEFT, set_adapter", turns, "mx.load + mx.eval of an adapter"))
    return found
