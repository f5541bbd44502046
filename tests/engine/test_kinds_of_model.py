"""Models of other makes, with and without attention, answer in a batch what they answer alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.engine import Begun, Message, Request, Sampling, open_engine
from tests.engine.conftest import BEFORE_0_32, QUESTION, answers
from tests.engine.test_kinds_of_cache import by_mlx_lm
from tests.shaped_models import make_shaped_model
from tests.small_models import CONFIG, train_with_mlx_lm

KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "qwen3": ({**CONFIG, "model_type": "qwen3"}, ("self_attn.q_proj", "mlp.up_proj")),
    "gpt2": (
        {
            "model_type": "gpt2",
            "n_embd": 64,
            "n_head": 4,
            "n_layer": 2,
            "n_positions": 128,
            "n_ctx": 128,
            "layer_norm_epsilon": 1e-5,
        },
        ("attn.c_attn", "mlp.c_proj"),
    ),
    "gemma2, whose attention knows no mask of several rows": (
        # Without its cap on logits, at which those of a random model are all alike.
        {
            **CONFIG,
            "model_type": "gemma2",
            "query_pre_attn_scalar": 16,
            "final_logit_softcapping": 1e6,
        },
        ("self_attn.q_proj", "model.embed_tokens"),
    ),
    "gpt_bigcode, which looks one position up for all rows": (
        {
            "model_type": "gpt_bigcode",
            "n_embd": 64,
            "n_inner": 128,
            "n_head": 4,
            "n_layer": 2,
            "n_positions": 128,
            "layer_norm_epsilon": 1e-5,
        },
        ("attn.c_attn", "mlp.c_fc"),
    ),
    "afm7, which counts what fills a row up": (
        {
            "model_type": "afm7",
            "hidden_dim": 64,
            "num_layers": 4,
            "num_kv_reuse_layers": 1,
            "num_heads": 4,
            "num_kv_heads": 2,
        },
        ("self_attn.out_proj", "mlp.down_proj"),
    ),
    "mamba, which has no attention": (
        {
            "model_type": "mamba",
            "hidden_size": 64,
            "intermediate_size": 128,
            "state_size": 8,
            "num_hidden_layers": 2,
            "conv_kernel": 4,
            "use_bias": False,
            "use_conv_bias": True,
            "time_step_rank": 4,
        },
        ("mixer.in_proj", "mixer.out_proj"),
    ),
    "lfm2, which mixes both": (
        {
            "model_type": "lfm2",
            "hidden_size": 64,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "max_position_embeddings": 256,
            "norm_eps": 1e-5,
            "conv_bias": False,
            "conv_L_cache": 3,
            "block_dim": 64,
            "block_multiple_of": 16,
            "block_ffn_dim_multiplier": 1.0,
            "block_auto_adjust_ff_dim": False,
            "block_ff_dim": 128,
            "layer_types": ["conv", "full_attention", "conv"],
        },
        ("feed_forward.w1",),
    ),
}
# mlx-lm's Mamba and AFM 7 take in the padding of a batch, and some others break off in one.
BREAKS_OFF = (
    "Answers run one after the other: mlx-lm cannot run several rows of this model at once.",
)
OTHERWISE = (
    "Answers run one after the other: beside a longer row this model would answer a shorter one "
    "otherwise than alone.",
)
REMARKS = {
    "afm7, which counts what fills a row up": BREAKS_OFF if BEFORE_0_32 else OTHERWISE,
    "gemma2, whose attention knows no mask of several rows": BREAKS_OFF,
    "gpt_bigcode, which looks one position up for all rows": BREAKS_OFF,
    "mamba, which has no attention": OTHERWISE,
}
LONG: list[Message] = [{"role": "user", "content": "the base model and the adapter " * 2}]
MOST = Sampling(max_tokens=16)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_one_batch_say_what_mlx_lm_says_of_each(tmp_path: Path, kind: str) -> None:
    config, keys = KINDS[kind]
    model = make_shaped_model(tmp_path / "model", config)
    adapter = train_with_mlx_lm(model, tmp_path / "mine", keys)
    engine = open_engine(str(model))
    try:
        engine.load_adapter(str(adapter))
        adapted = {"mine": 1.0}
        together = answers(
            engine,
            Request(QUESTION, adapted, MOST),
            Request(LONG, {}, MOST),
            Request(LONG, adapted, MOST),
        )
        (again,) = answers(engine, Request(LONG, adapted, MOST))
        remarks = engine.info.remarks
    finally:
        engine.close()
    expected = [
        by_mlx_lm(model, QUESTION, adapter),
        by_mlx_lm(model, LONG),
        by_mlx_lm(model, LONG, adapter),
    ]
    assert [list(answer.tokens) for answer in together] == expected
    assert list(again.tokens) == expected[2]
    assert expected[1] != expected[2], "the adapter must change the answer"
    assert remarks == REMARKS.get(kind, ())
    assert again.usage.cached_tokens in (0, again.usage.prompt_tokens - 1)


def test_the_next_turn_of_a_state_reads_only_what_is_new(tmp_path: Path) -> None:
    """A state cannot step back, and need not when more follows than it has read."""
    model = make_shaped_model(tmp_path / "model", KINDS["mamba, which has no attention"][0])
    ends = []
    for asks_before in (True, False):
        engine = open_engine(str(model))
        try:
            if asks_before:
                (one,) = answers(engine, Request(QUESTION, {}, MOST))
            begun = Begun(tokens=(*one.tokens, 5, 60))
            ends += answers(engine, Request(QUESTION, {}, MOST, begun=begun))
        finally:
            engine.close()
    kept, fresh = ends
    assert one.reason == "length"
    assert kept.usage.cached_tokens == kept.usage.prompt_tokens - 2
    assert fresh.usage.cached_tokens == 0
    assert kept.tokens == fresh.tokens


def test_an_answer_never_outgrows_a_context_of_another_name(tmp_path: Path) -> None:
    """GPT-2 calls it n_positions, and has no position beyond it to look up."""
    engine = open_engine(str(make_shaped_model(tmp_path / "model", KINDS["gpt2"][0])))
    try:
        assert engine.info.context_length == 128
        (finish,) = answers(engine, Request(QUESTION, {}, Sampling(max_tokens=1000)))
    finally:
        engine.close()
    assert finish.usage.prompt_tokens + finish.usage.completion_tokens <= 128
