"""What cannot step back, a state or a full window, is kept where the answer is opened as well: an
answer that the next turn shows otherwise, or that is asked for again, costs no reading anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Begun, Engine, Finish, Message, Request, Sampling, open_engine
from tests.engine.conftest import BEFORE_0_32, QUESTION, answers
from tests.engine.test_kinds_of_model import KINDS
from tests.shaped_models import GEMMA, make_shaped_model
from tests.small_models import CONFIG, make_adapter

# It attends within blocks of 8 tokens, in three layers of four.
LLAMA4 = {
    "model_type": "llama4",
    "text_config": {
        **CONFIG,
        "model_type": "llama4_text",
        "num_hidden_layers": 4,
        "tie_word_embeddings": False,
        "intermediate_size_mlp": 128,
        "attention_bias": False,
        "attention_chunk_size": 8,
        "no_rope_layers": [1, 1, 1, 0],
        "use_qk_norm": False,
        "num_local_experts": 4,
        "num_experts_per_tok": 1,
        "interleave_moe_layer_step": 2,
        "attn_temperature_tuning": True,
        "rope_scaling": None,
        "vocab_size": 284,
    },
}
MODELS: dict[str, dict[str, Any]] = {
    "in a batch": KINDS["lfm2, which mixes both"][0],
    "one after the other": KINDS["mamba, which has no attention"][0],
    "a window that is full": GEMMA,
    "blocks that are over": LLAMA4,
}
# The chat template opens an answer with one token.
OPENING = 1
NEXT: list[Message] = [
    *QUESTION,
    {"role": "assistant", "content": "without what was thought"},
    {"role": "user", "content": "and then?"},
]


@pytest.fixture(
    params=[
        pytest.param(
            kind,
            marks=pytest.mark.skipif(
                BEFORE_0_32 and kind == "blocks that are over",
                reason="this mlx-lm loses the keys of such a model",
            ),
        )
        for kind in MODELS
    ]
)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return make_shaped_model(tmp_path / "model", MODELS[request.param])


def said(engine: Engine, messages: list[Message], begun: Begun | None = None) -> Finish:
    (finish,) = answers(engine, Request(messages, {}, Sampling(max_tokens=12), begun=begun))
    return finish


def test_a_turn_that_shows_the_answer_otherwise_reads_from_where_it_was_opened(
    model: Path,
) -> None:
    found = []
    for first in (QUESTION, None):
        engine = open_engine(str(model))
        try:
            before = said(engine, first) if first else None
            found.append((before, said(engine, NEXT)))
        finally:
            engine.close()
    (before, kept), (_, fresh) = found
    assert before is not None
    assert kept.usage.cached_tokens == before.usage.prompt_tokens - OPENING
    assert fresh.usage.cached_tokens == 0
    assert kept.tokens == fresh.tokens


def test_an_answer_asked_for_again_or_gone_on_with_is_not_read_anew(model: Path) -> None:
    engine = open_engine(str(model))
    try:
        first, again = said(engine, QUESTION), said(engine, QUESTION)
        on = said(engine, QUESTION, Begun(tokens=first.tokens))
        same = said(engine, QUESTION, Begun(tokens=first.tokens))
    finally:
        engine.close()
    assert again.tokens == first.tokens
    assert again.usage.cached_tokens == first.usage.prompt_tokens - OPENING
    assert on.usage.cached_tokens > again.usage.cached_tokens - 1
    assert same.tokens == on.tokens


def test_what_is_kept_there_is_kept_apart_for_each_adapter(tmp_path: Path) -> None:
    model = make_shaped_model(tmp_path / "model", GEMMA)
    adapter = make_adapter(tmp_path / "mine", targets=("self_attn.q_proj", "mlp.down_proj"))
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(adapter))
        rows = [Request(QUESTION, chosen, Sampling(max_tokens=12)) for chosen in ({}, {"mine": 1})]
        first, again = answers(engine, *rows), answers(engine, *rows)
        (halved,) = answers(engine, Request(QUESTION, {"mine": 0.5}, Sampling(max_tokens=12)))
    finally:
        engine.close()
    assert [f.tokens for f in again] == [f.tokens for f in first]
    assert all(f.usage.cached_tokens == f.usage.prompt_tokens - OPENING for f in again)
    assert halved.usage.cached_tokens == 0
