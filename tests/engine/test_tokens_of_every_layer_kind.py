"""Rows of every kind of layer come and go in one batch, and say mlx-lm's tokens all the same.

Prompts are read in small chunks, so that rows under different adapters read and speak in one pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Engine, Message, Request, Sampling, open_engine, scheduler
from assistant.engine.rows import TaggedModel
from tests.small_models import MOE, make_model, train_with_mlx_lm

EXPERTS = tuple(f"mlp.switch_mlp.{part}_proj" for part in ("gate", "up", "down"))
LINEAR = ("self_attn.q_proj", "self_attn.v_proj", "mlp.down_proj")
EVERY_LINEAR = (*LINEAR, "self_attn.k_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj")
KINDS: dict[str, tuple[dict[str, object], tuple[str, ...], bool]] = {
    "linear": ({}, EVERY_LINEAR, False),
    "linear with bias": ({"attention_bias": True, "mlp_bias": True}, LINEAR, False),
    "embedding with its tied head": ({}, ("model.embed_tokens",), False),
    "untied head": ({"tie_word_embeddings": False}, ("lm_head", "self_attn.q_proj"), False),
    "experts": (MOE, (*EXPERTS, "self_attn.q_proj"), False),
    "DoRA": ({"attention_bias": True}, LINEAR, True),
}
LONG: list[Message] = [{"role": "user", "content": "the adapter and the base model answer " * 2}]
SHORT: list[Message] = [{"role": "user", "content": "why?"}]
MIDDLE: list[Message] = [{"role": "user", "content": "what does the adapter change?"}]
TOKENS = 20


@dataclass(frozen=True)
class Lab:
    model: Path
    first: Path
    second: Path


@pytest.fixture(scope="module", params=[None, 4], ids=["float32", "4-bit"])
def bits(request: pytest.FixtureRequest) -> int | None:
    found: int | None = request.param
    return found


@pytest.fixture(scope="module", params=KINDS)
def lab(
    request: pytest.FixtureRequest, bits: int | None, tmp_path_factory: pytest.TempPathFactory
) -> Lab:
    changes, keys, dora = KINDS[request.param]
    root = tmp_path_factory.mktemp("kind")
    model = make_model(root / "model", quantised_bits=bits, **changes)
    return Lab(
        model,
        train_with_mlx_lm(model, root / "first", keys, dora=dora),
        train_with_mlx_lm(
            model, root / "second", keys[:1], dora=dora, rank=6, scale=1.0, layers=2, seed=4
        ),
    )


@pytest.fixture
def engine(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setattr(scheduler, "PREFILL_CHUNK", 8)
    opened = open_engine(str(lab.model))
    opened.load_adapter(str(lab.first))
    opened.load_adapter(str(lab.second))
    yield opened
    opened.close()


def by_mlx_lm(model: Path, adapter: Path | None, messages: list[Message]) -> list[int]:
    """Greedy tokens of mlx-lm alone, the end of the turn left out."""
    from mlx_lm import load, stream_generate

    loaded, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True)
    stream = stream_generate(loaded, tokenizer, prompt, max_tokens=TOKENS)
    return [r.token for r in stream if r.token not in tokenizer.eos_token_ids]


def greedy(messages: list[Message], *adapters: str) -> Request:
    return Request(messages, dict.fromkeys(adapters, 1.0), Sampling(max_tokens=TOKENS))


def test_rows_that_come_and_go_say_mlx_lms_tokens(
    engine: Engine, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[tuple[int, int]] = []
    call = TaggedModel.__call__

    def watched(self: TaggedModel, tokens: Any, cache: list[Any]) -> Any:
        passes.append((tokens.shape[1], len(set(cache[-1].rows))))
        return call(self, tokens, cache)

    monkeypatch.setattr(TaggedModel, "__call__", watched)
    noise = Request(LONG, {"second": 1.0}, Sampling(max_tokens=200, temperature=1.0, seed=1))
    leaving = engine.generate([noise])
    next(leaving)
    # Two join a row that speaks, each reading its prompt under another adapter.
    pair = engine.generate([greedy(LONG, "first"), greedy(MIDDLE)])
    next(leaving)
    late = engine.generate([greedy(SHORT, "second"), greedy(LONG)])
    next(late)
    leaving.close()
    said = {}
    for name, generation in (("pair", pair), ("late", late)):
        for event in generation:
            if event.finish is not None:
                said[name, event.row] = list(event.finish.tokens)
    assert said["pair", 0] == by_mlx_lm(lab.model, lab.first, LONG)
    assert said["pair", 1] == by_mlx_lm(lab.model, None, MIDDLE)
    assert said["late", 0] == by_mlx_lm(lab.model, lab.second, SHORT)
    assert said["late", 1] == by_mlx_lm(lab.model, None, LONG)
    assert said["pair", 0] != said["late", 1], "the adapter must change the answer"
    assert any(length > 1 and kinds > 1 for length, kinds in passes), "no mixed reading"
    assert any(length == 1 and kinds > 1 for length, kinds in passes), "no mixed speaking"
