"""llama.cpp, a contestant of the benchmarks, says the engine's tokens with the engine's
probabilities, so what is timed is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine import Request, open_engine
from tests.engine.conftest import QUESTION, SAMPLING
from tests.small_models import make_adapter, make_model

pytestmark = pytest.mark.peers

CHANGES = {
    # A head of llama.cpp's is of 32 numbers at least; the end of a turn is one of the tokens.
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 32,
    "eos_token_id": 0,
}


def test_a_gguf_gives_the_engines_tokens_and_probabilities(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    from mlx_lm.utils import load_tokenizer

    from benchmarks.engine.llama_peer import load

    model = make_model(tmp_path / "model", **CHANGES)
    adapter = make_adapter(tmp_path / "adapter")
    peer = load(model, adapter, tmp_path, exact=True)
    assert peer is not None
    tokenizer = load_tokenizer(model)
    prompt = list(tokenizer.apply_chat_template(QUESTION, add_generation_prompt=True))
    engine = open_engine(str(model))
    engine.load_adapter(str(adapter))
    answers = []
    for adapters in ({}, {"adapter": 1.0}):
        events = list(engine.generate([Request(QUESTION, adapters, SAMPLING)]))
        expected = [(e.token, e.logprob) for e in events if e.token is not None]
        said, told = peer.answer_with_logprobs(prompt, SAMPLING.max_tokens, adapted=bool(adapters))
        assert said == [token for token, _ in expected]
        assert len(told) > len(said) / 2
        places = iter(expected)
        for token, logprob in told:
            other = next(theirs for its, theirs in places if its == token)
            assert logprob == pytest.approx(other, abs=1e-4)
        answers.append(said)
    engine.close()
    assert answers[0] != answers[1], "the adapter must change the answer"
