"""A next turn processes only what is new, and never under another adapter's keys and values."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, Message, Request, Sampling
from tests.engine.conftest import Lab, answers
from tests.small_models import make_adapter

FIRST: list[Message] = [{"role": "user", "content": "the base model and the adapter"}]
BRIEF = Sampling(max_tokens=6)
END = 0
"""The token that ends a turn."""


@pytest.mark.parametrize("adapters", [{}, {"first": 1.0}], ids=["base", "adapted"])
def test_turn_two_reads_only_what_is_new(
    engine: Engine, lab: Lab, adapters: dict[str, float]
) -> None:
    engine.load_adapter(str(lab.first))
    (one,) = answers(engine, Request(FIRST, adapters, BRIEF))
    second: list[Message] = [
        *FIRST,
        {"role": "assistant", "content": one.text},
        {"role": "user", "content": "and then?"},
    ]
    (two,) = answers(engine, Request(second, adapters, BRIEF))
    assert two.usage.cached_tokens >= one.usage.prompt_tokens
    assert one.usage.cached_tokens == 0


def test_a_cached_answer_equals_a_fresh_one(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    request = Request(FIRST, {"first": 1.0}, BRIEF)
    (fresh,) = answers(engine, request)
    (cached,) = answers(engine, request)
    assert cached.usage.cached_tokens == cached.usage.prompt_tokens - 1
    assert cached.tokens == fresh.tokens


def test_base_adapter_and_another_strength_share_nothing(engine: Engine, lab: Lab) -> None:
    engine.load_adapter(str(lab.first))
    for adapters in ({}, {"first": 1.0}, {"first": 0.5}):
        (finish,) = answers(engine, Request(FIRST, adapters, BRIEF))
        assert finish.usage.cached_tokens == 0


def test_turn_two_reads_exactly_what_is_new_after_going_to_others_and_back(
    engine: Engine, lab: Lab
) -> None:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    every: list[dict[str, float]] = [{}, {"first": 1.0}, {"second": 0.5}, {"first": 1, "second": 1}]
    ones = [answers(engine, Request(FIRST, adapters, BRIEF))[0] for adapters in every]
    for adapters, one in zip(every, ones, strict=True):
        second: list[Message] = [
            *FIRST,
            {"role": "assistant", "content": one.text},
            {"role": "user", "content": "and then?"},
        ]
        request = Request(second, adapters, BRIEF)
        # The end of a turn is no part of the answer, and was read all the same.
        end = [END] if one.reason == "stop" else []
        read = [*tokens_of(engine, Request(FIRST)), *one.tokens, *end]
        wanted = tokens_of(engine, request)
        apart = (n for n, (a, b) in enumerate(zip(read, wanted, strict=False)) if a != b)
        known = next(apart, len(read))
        (two,) = answers(engine, request)
        assert two.usage.cached_tokens == known >= one.usage.prompt_tokens
        assert two.usage.prompt_tokens - two.usage.cached_tokens == len(wanted) - known


def tokens_of(engine: Engine, request: Request) -> list[int]:
    """The prompt as the model reads it."""
    local: Any = engine
    found: list[int] = local._owner.call(lambda: local._encode(request)[0])
    return found


def test_another_scale_in_the_config_is_another_adapter(engine: Engine, tmp_path: Path) -> None:
    """The tensors are the same file to the bit, and it is loaded over the one of before."""
    folder = make_adapter(tmp_path / "mine", scale=2.0)
    tensors = (folder / "adapters.safetensors").read_bytes()
    engine.load_adapter(str(folder))
    request = Request(FIRST, {"mine": 1.0}, BRIEF)
    (before,) = answers(engine, request)
    config = folder / "adapter_config.json"
    config.write_text(config.read_text().replace('"scale": 2.0', '"scale": 1.0'))
    engine.load_adapter(str(folder))
    (after,) = answers(engine, request)
    assert (folder / "adapters.safetensors").read_bytes() == tensors
    assert after.usage.cached_tokens == 0
    assert after.tokens != before.tokens


def test_two_adapters_of_one_content_share_what_was_read(engine: Engine, lab: Lab) -> None:
    """What counts is what an adapter is, not what it is called."""
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.first), name="twin")
    (one,) = answers(engine, Request(FIRST, {"first": 1.0}, BRIEF))
    (two,) = answers(engine, Request(FIRST, {"twin": 1.0}, BRIEF))
    assert two.usage.cached_tokens == two.usage.prompt_tokens - 1
    assert two.tokens == one.tokens


def test_a_retrained_file_under_the_same_name_is_another_adapter(
    engine: Engine, tmp_path: Path
) -> None:
    folder = make_adapter(tmp_path / "mine", seed=1)
    engine.load_adapter(str(folder))
    request = Request(FIRST, {"mine": 1.0}, BRIEF)
    (before,) = answers(engine, request)
    engine.unload_adapter("mine")
    shutil.rmtree(folder)
    make_adapter(folder, seed=2)
    engine.load_adapter(str(folder))
    (after,) = answers(engine, request)
    assert after.usage.cached_tokens == 0
    assert after.tokens != before.tokens


def test_an_adapter_that_comes_back_finds_its_cache(engine: Engine, lab: Lab) -> None:
    request = Request(FIRST, {"first": 1.0}, BRIEF)
    engine.load_adapter(str(lab.first))
    (before,) = answers(engine, request)
    engine.unload_adapter("first")
    answers(engine, Request(FIRST, {}, BRIEF))
    engine.load_adapter(str(lab.first))
    (after,) = answers(engine, request)
    assert after.usage.cached_tokens > 0
    assert after.tokens == before.tokens


def test_the_least_recently_used_go_first_and_a_giant_pushes_nothing_out() -> None:
    from mlx_lm.models.cache import KVCache

    from assistant.engine.prompt_caches import PromptCaches
    from assistant.engine.rows import RowTag

    def cache(tokens: int) -> list[object]:
        import mlx.core as mx

        entry = KVCache()
        entry.keys = entry.values = mx.zeros((1, 1, tokens, 4))
        entry.offset = tokens
        return [entry, RowTag([()])]

    two_of_ten = 2 * 2 * 10 * 4 * 4
    caches = PromptCaches(model=None, max_bytes=two_of_ten)
    for first in (1, 2):
        caches.keep((), [first] * 10, cache(10))
    caches.keep((), [3] * 30, cache(30))
    assert [len(caches.find((), [n] * 10)[1]) for n in (1, 2, 3)] == [10, 10, 0]
    caches.keep((), [1] * 10, cache(10))
    caches.keep((), [4] * 10, cache(10))
    assert [len(caches.find((), [n] * 10)[1]) for n in (1, 2, 4)] == [10, 0, 10]


def test_what_is_kept_of_a_row_holds_nothing_of_the_batch_it_was_cut_from() -> None:
    import mlx.core as mx
    from mlx_lm.models.cache import BatchKVCache, KVCache

    from assistant.engine.prompt_caches import PromptCaches
    from assistant.engine.rows import RowTag

    def of_one_row() -> KVCache:
        cache = KVCache()
        cache.update_and_fetch(*[mx.ones((1, 2, 1024, 64))] * 2)
        mx.eval(cache.state)
        return cache

    caches = PromptCaches(model=None)
    before = mx.get_active_memory()
    batch = BatchKVCache.merge([of_one_row() for _ in range(8)])
    mx.eval(batch.state)
    row = batch.extract(3)
    caches.keep((), list(range(1024)), [row, RowTag([()])])
    mx.synchronize()
    del batch
    assert mx.get_active_memory() - before <= 1.1 * row.nbytes
