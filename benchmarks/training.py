"""How long an iteration of LoRA training takes here, against mlx-lm's own loss in the same run.

    python benchmarks/training.py [--rows 16] [--length 48] [--learnt 18] [--rounds 12]

The model that ships, rank 32 on every linear layer, in float32 as a CPU trains it. The rows are
random tokens; `--learnt` of each row's are learnt. Contestants take turns, medians are told.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from assistant.engine.blas import open_fast_blas
from assistant.engine.torchless import import_transformers

Step = Callable[[], None]


def contestant(model: Any, loss: Any, batch: Any, quick: AbstractContextManager[None]) -> Step:
    """An iteration as mlx-lm's trainer compiles it; the first call compiles."""
    import mlx.core as mx
    import mlx.nn as nn
    import mlx.optimizers as optim

    optimizer = optim.Adam(learning_rate=1e-5)
    loss_and_gradient = nn.value_and_grad(model, loss)
    state = [model.state, optimizer.state, mx.random.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def step(*batch: Any) -> Any:
        (value, _), gradient = loss_and_gradient(model, *batch)
        optimizer.update(model, gradient)
        return value

    def run() -> None:
        mx.eval(state, step(*batch))

    with quick:
        run()
    return run


def main() -> None:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--rows", type=int, default=16)
    read.add_argument("--length", type=int, default=48)
    read.add_argument("--learnt", type=int, default=18)
    read.add_argument("--rounds", type=int, default=12)
    chosen = read.parse_args()
    open_fast_blas()
    import_transformers()
    import mlx.core as mx
    from mlx_lm.tuner.trainer import default_loss
    from mlx_lm.tuner.utils import linear_to_lora_layers
    from mlx_lm.utils import load

    from assistant.training.cpu_math import quick_layers
    from assistant.training.lora_loss import loss_of_rows

    model, tokenizer = load("models/tiny")
    model.set_dtype(mx.float32)
    model.freeze()
    linear_to_lora_layers(model, -1, {"rank": 32, "dropout": 0.0, "scale": 4.0})
    model.train()
    ids = mx.random.randint(0, tokenizer.vocab_size, (chosen.rows, chosen.length + 1))
    begin = chosen.length - chosen.learnt
    spans = mx.array([[begin, chosen.length]] * chosen.rows)
    places = mx.array(
        [
            row * (chosen.length + 1) + place
            for row in range(chosen.rows)
            for place in range(begin + 1, chosen.length + 1)
        ]
    )
    steps = {
        "mlx-lm": contestant(model, default_loss, (ids, spans), nullcontext()),
        "here": contestant(model, loss_of_rows, (ids, places), quick_layers(model)),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(chosen.rounds):
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    theirs = statistics.median(times["mlx-lm"])
    print("| | ms an iteration | ratio |\n|---|---|---|")
    for name, taken in times.items():
        middle = statistics.median(taken)
        print(f"| {name} | {1000 * middle:.0f} | {middle / theirs:.2f} × |")


if __name__ == "__main__":
    main()
