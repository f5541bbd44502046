"""Whole answers, greedy, all of one length: rows of the engine and the same by its peers.

It refuses to know how time is taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.engine import Engine, Message, Request, Sampling
from benchmarks.engine.llama_peer import LlamaPeer
from benchmarks.engine.peft_peer import PeftPeer
from benchmarks.engine.timing import Contestant

QUESTION: Message = {"role": "user", "content": "How do I sort an array along the last axis?"}


def fresh_messages() -> list[Message]:
    """The question after a system line that was never there before: no prompt cache helps."""
    return [{"role": "system", "content": f"{time.perf_counter_ns()}"}, QUESTION]


def by_engine(engine: Engine, tokens: int, *rows: dict[str, float]) -> Callable[[], int]:
    def answer() -> int:
        messages = fresh_messages()
        requests = [Request(messages, row, Sampling(max_tokens=tokens)) for row in rows]
        return sum(event.token is not None for event in engine.generate(requests))

    return answer


def by_mlx_lm(model: Any, tokenizer: Any, tokens: int) -> Callable[[], int]:
    from mlx_lm import stream_generate

    def answer() -> int:
        prompt = tokenizer.apply_chat_template(fresh_messages(), add_generation_prompt=True)
        return sum(1 for _ in stream_generate(model, tokenizer, prompt, max_tokens=tokens))

    return answer


def _like_the_engine(model: Any) -> None:
    """Give mlx-lm's model the weights that the engine runs: the same arithmetic for all."""
    import mlx.core as mx

    from assistant.engine.widening import widen_here

    widen_here(model)
    mx.eval(model.parameters())


def contestants(
    untouched: Engine,
    resident: Engine,
    model: Path,
    adapters: list[Path],
    tokens: int,
    peft: PeftPeer | None,
    llama: LlamaPeer | None,
    *,
    as_stored: bool = False,
) -> list[Contestant]:
    """Whoever answers; `as_stored` has mlx-lm run the weights in their own type too."""
    from mlx_lm import load

    widened = "run as float32" in untouched.info.dtype

    def loaded(adapter: Path | None = None, *, as_it_is: bool = False) -> tuple[Any, Any]:
        found, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)[:2]
        if widened and not as_it_is:
            _like_the_engine(found)
        return found, tokenizer

    bare, tokenizer = loaded()
    adapted, _ = loaded(adapters[0])

    def one_after_the_other() -> int:
        again, its_tokenizer = loaded(adapters[0])
        return by_mlx_lm(bare, tokenizer, tokens)() + by_mlx_lm(again, its_tokenizer, tokens)()

    names = [adapter.name for adapter in adapters]
    first = {names[0]: 1.0}
    three = [{name: 1.0} for name in names[:3]]
    found = [
        Contestant("mlx-lm, base", by_mlx_lm(bare, tokenizer, tokens), "mlx-lm, base"),
        Contestant("engine, base", by_engine(untouched, tokens, {}), "mlx-lm, base", "≤ 1.03"),
        Contestant(
            "engine, base, 5 resident", by_engine(resident, tokens, {}), "engine, base", "≤ 1.01"
        ),
        Contestant("mlx-lm, adapter", by_mlx_lm(adapted, tokenizer, tokens), "mlx-lm, adapter"),
        Contestant(
            "engine, adapter", by_engine(resident, tokens, first), "mlx-lm, adapter", "≤ 1.03"
        ),
        Contestant(
            "engine, base + 1", by_engine(resident, tokens, {}, first), "engine, adapter", "≤ 1.35"
        ),
        Contestant(
            "engine, base + 3", by_engine(resident, tokens, {}, *three), "engine, adapter", "≤ 1.9"
        ),
        Contestant("mlx-lm, base, reload, adapter", one_after_the_other, "engine, adapter"),
    ]
    if as_stored and widened:
        stored, _ = loaded(as_it_is=True)
        found.append(
            Contestant(
                "mlx-lm, base, as it is stored",
                by_mlx_lm(stored, tokenizer, tokens),
                "engine, base",
            )
        )
    if peft is not None:
        prompt = tokenizer.apply_chat_template(fresh_messages(), add_generation_prompt=True)
        found += [
            Contestant(
                "PEFT, adapter", lambda: peft.answer(prompt, tokens, [0]), "engine, adapter"
            ),
            Contestant(
                "PEFT, base + 1", lambda: peft.answer(prompt, tokens, [None, 0]), "engine, adapter"
            ),
        ]
    if llama is not None:

        def by_llama(adapted: bool) -> int:
            prompt = tokenizer.apply_chat_template(fresh_messages(), add_generation_prompt=True)
            return len(llama.answer(prompt, tokens, adapted=adapted))

        found += [
            Contestant("llama.cpp, base", lambda: by_llama(False), "engine, base"),
            Contestant("llama.cpp, adapter", lambda: by_llama(True), "engine, adapter"),
        ]
    return found
