"""Sliding windows run in the batch; quantised and bounded keys and values one row at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.engine import Engine, EngineOptions, Message, Request, Sampling, open_engine
from tests.engine.conftest import QUESTION, Lab, answers, ask
from tests.shaped_models import GEMMA, WIDE_HEADS, make_shaped_model
from tests.small_models import make_adapter

LONG: list[Message] = [{"role": "user", "content": "the base model and the adapter " * 3}]


@contextmanager
def opened(model: Path, **options: Any) -> Iterator[Engine]:
    engine = open_engine(str(model), options=EngineOptions(**options))
    try:
        yield engine
    finally:
        engine.close()


def by_mlx_lm(
    model: Path,
    messages: list[Message],
    adapter: Path | None = None,
    bounded: int | None = None,
    **kinds: Any,
) -> list[int]:
    """Greedy tokens of mlx-lm's own generator for one row, the end-of-turn token left out."""
    import mlx.core as mx
    from mlx_lm import load
    from mlx_lm.generate import generate_step
    from mlx_lm.models.cache import RotatingKVCache

    loaded, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)
    prompt = mx.array(tokenizer.apply_chat_template(messages, add_generation_prompt=True))
    if bounded:
        kinds["prompt_cache"] = [RotatingKVCache(bounded, keep=4) for _ in loaded.layers]
    said = []
    for token, _ in generate_step(prompt, loaded, max_tokens=16, **kinds):
        if token in tokenizer.eos_token_ids:
            break
        said.append(token)
    return said


def test_rows_with_sliding_windows_share_the_batch(tmp_path: Path) -> None:
    model = make_shaped_model(tmp_path / "model", GEMMA)
    adapter = make_adapter(
        tmp_path / "mine", targets=("self_attn.q_proj", "mlp.down_proj"), base="model"
    )
    with opened(model) as engine:
        assert engine.info.remarks == ()
        engine.load_adapter(str(adapter))
        running = engine.generate([ask(max_tokens=60, temperature=1.0, seed=1)])
        next(running)
        long, short, adapted = answers(
            engine,
            Request(LONG, {}, Sampling(max_tokens=16)),
            ask(),
            ask({"mine": 1.0}),
        )
        running.close()
        again, _ = answers(engine, Request(LONG, {}, Sampling(max_tokens=16)), ask())
    assert list(long.tokens) == by_mlx_lm(model, LONG) == list(again.tokens)
    assert list(short.tokens) == by_mlx_lm(model, QUESTION)
    assert list(adapted.tokens) == by_mlx_lm(model, QUESTION, adapter)


def test_a_bounded_chat_is_mlx_lms_and_its_price_is_said(lab: Lab) -> None:
    with opened(lab.model, max_kv_size=24) as engine:
        assert engine.info.remarks == (
            "Answers run one after the other: only the first 4 and the last 20 tokens are kept.",
        )
        engine.load_adapter(str(lab.first))
        base, adapted = answers(
            engine,
            Request(LONG, {}, Sampling(max_tokens=16)),
            Request(LONG, {"first": 1.0}, Sampling(max_tokens=16)),
        )
    expected = by_mlx_lm(lab.model, LONG, bounded=24)
    assert list(base.tokens) == expected != by_mlx_lm(lab.model, LONG)
    assert list(adapted.tokens) == by_mlx_lm(lab.model, LONG, lab.first, bounded=24)


def test_quantised_keys_and_values_are_mlx_lms_and_turns_still_share_them(tmp_path: Path) -> None:
    model = make_shaped_model(tmp_path / "model", WIDE_HEADS)
    with opened(model, kv_bits=4) as engine:
        assert engine.info.remarks == (
            "Answers run one after the other: keys and values are kept in 4 bits.",
        )
        (first,) = answers(engine, ask())
        (again,) = answers(engine, ask())
        waiting = engine.generate([ask(max_tokens=100), ask(max_tokens=100)])
        next(waiting)
        waiting.cancel()
        ends = [event.finish.reason for event in waiting if event.finish]
    with opened(model, kv_bits=4) as engine:
        # Another day: what is read after quantised tokens differs from what is read with them.
        (second,) = answers(engine, Request(LONG, {}, Sampling(max_tokens=16)))
    kinds = {"kv_bits": 4, "kv_group_size": 64, "quantized_kv_start": 0}
    assert list(first.tokens) == by_mlx_lm(model, QUESTION, **kinds)
    assert list(second.tokens) == by_mlx_lm(model, LONG, **kinds)
    assert again.tokens == first.tokens
    assert again.usage.cached_tokens == again.usage.prompt_tokens - 1
    assert ends == ["cancelled", "cancelled"]


def test_what_a_model_cannot_do_is_left_out_and_said(lab: Lab, tmp_path: Path) -> None:
    sliding = make_shaped_model(tmp_path / "sliding", GEMMA)
    cases = [
        (lab.model, {"kv_bits": 4}, "kv_bits is left out"),  # heads of 16: no group fits
        (sliding, {"kv_bits": 4}, "kv_bits is left out"),
        (sliding, {"max_kv_size": 32}, "max_kv_size is left out"),
    ]
    for model, options, remark in cases:
        with opened(model, **options) as engine:
            assert len(engine.info.remarks) == 1
            assert engine.info.remarks[0].startswith(remark)
            assert answers(engine, ask())[0].tokens


def test_kinds_that_cannot_be_batched_run_one_after_the_other() -> None:
    from mlx_lm.models.cache import CacheList, ChunkedKVCache, KVCache

    from assistant.engine.cache_plan import plan_caches

    nested = SimpleNamespace(make_cache=lambda: [CacheList(KVCache(), ChunkedKVCache(8))])
    plan = plan_caches(nested, EngineOptions())
    assert not plan.together
    assert plan.remarks == ("Answers run one after the other: ChunkedKVCache cannot be batched.",)

    class Mixed:
        def make_cache(self) -> list[Any]:
            return [CacheList(KVCache(), KVCache())]

        def __call__(self, tokens: Any, cache: list[Any]) -> Any:
            for entry in cache[0]:
                entry.update_and_fetch(*[tokens[:, None, :, None]] * 2)
            return tokens

    assert plan_caches(Mixed(), EngineOptions()).together
