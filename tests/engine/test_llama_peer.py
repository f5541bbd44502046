"""llama.cpp, a contestant of the benchmarks, says mlx-lm's tokens, so what is timed is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.test_same_tokens_as_mlx_lm import QUESTION, SAMPLING, by_mlx_lm
from tests.small_models import make_adapter, make_model

pytestmark = pytest.mark.peers


def test_greedy_tokens_of_a_gguf_are_mlx_lms(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp")
    pytest.importorskip("gguf")
    from mlx_lm.utils import load_tokenizer

    from benchmarks.engine.llama_peer import load

    # A head of llama.cpp's is of 32 numbers at least; the end of a turn is one of the tokens.
    model = make_model(
        tmp_path / "model",
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        eos_token_id=0,
    )
    adapter = make_adapter(tmp_path / "adapter")
    peer = load(model, adapter, tmp_path)
    assert peer is not None
    tokenizer = load_tokenizer(model)
    prompt = list(tokenizer.apply_chat_template(QUESTION, add_generation_prompt=True))
    for path in (None, adapter):
        expected = by_mlx_lm(model, path)
        said = peer.answer(prompt, SAMPLING.max_tokens, adapted=path is not None)
        assert said[: len(expected)] == expected
        assert len(expected) > 4
