"""Going over to another adapter: one that is resident, and one that is still on disk.

Switching is measured as the whole of a one-token answer whose prompt is cached, under the same
adapter as before and under another; the difference is what the switch costs.
It refuses to know how time is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.engine import Engine, Request, Sampling
from assistant.lora.mlx_format import WEIGHTS_NAME
from benchmarks.engine.answering import QUESTION
from benchmarks.engine.peft_peer import PeftPeer
from benchmarks.engine.timing import Contestant


def contestants(
    resident: Engine,
    other: Engine,
    model: Path,
    adapters: list[Path],
    large: Path,
    peft: PeftPeer | None,
) -> list[Contestant]:
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
        *_loading(other, adapters[2]),
        *_loading(other, large),
        Contestant("mlx-lm, reload with adapter", reload, _bare(adapters[2])),
    ]
    if peft is not None:
        turns: Callable[[], int] = peft.switch
        found.append(Contestant("PEFT, set_adapter", turns, _bare(adapters[2])))
    return found


def _bare(adapter: Path) -> str:
    size = (adapter / WEIGHTS_NAME).stat().st_size / 1e6
    return f"mx.load + mx.eval, {size:.1f} MB"


def _loading(engine: Engine, adapter: Path) -> list[Contestant]:
    """An adapter from disk, against reading its tensors and nothing else."""
    import mlx.core as mx

    def tensors_only() -> int:
        mx.eval(list(mx.load(str(adapter / WEIGHTS_NAME)).values()))
        return 0

    def from_disk() -> int:
        engine.load_adapter(str(adapter))
        return 0

    def unload() -> int:
        engine.unload_adapter(adapter.name)
        return 0

    bare = _bare(adapter)
    size = bare.rpartition(", ")[2]
    return [
        Contestant(bare, tensors_only, bare),
        Contestant(f"engine, load from disk, {size}", from_disk, bare, "≤ 1.5"),
        Contestant(f"engine, unload, {size}", unload, bare),
    ]
