"""The loss at the tokens that are learnt: NumPy's numbers, mlx-lm's gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from assistant.training.lora_loss import loss_of_rows

MODEL = Path("models/tiny")


def test_the_loss_is_numpys_and_padding_is_not_learnt() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(2, 7, 11)).astype(np.float32)
    log_probs = logits - np.log(np.exp(logits.astype(np.float64)).sum(-1, keepdims=True))
    learnt = [(0, 2), (0, 3), (0, 4), (1, 3), (1, 4), (1, 5), (1, 6)]
    for padding in (0, 10):
        batch = np.full((2, 8), padding)
        batch[0, :5], batch[1, :7] = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
        expected = -np.mean([log_probs[row, at - 1, batch[row, at]] for row, at in learnt])
        for zeros in (0, 5):
            places = [row * 8 + at for row, at in learnt] + [0] * zeros
            loss, count = loss_of_rows(
                lambda _: mx.array(logits), mx.array(batch), mx.array(places)
            )
            assert count.item() == len(learnt)
            assert abs(loss.item() - expected) < 1e-5


class Hidden(nn.Module):
    """A model of another form: its logits are asked for as a whole."""

    def __init__(self, inside: Any) -> None:
        super().__init__()
        self.inside = inside

    def __call__(self, tokens: Any) -> Any:
        return self.inside(tokens)


@pytest.mark.parametrize("tied", [True, False])
def test_a_llamas_head_at_the_learnt_tokens_gives_what_the_whole_head_gives(tied: bool) -> None:
    from mlx_lm.models.llama import Model, ModelArgs

    mx.random.seed(1)
    model = Model(
        ModelArgs(
            model_type="llama",
            hidden_size=32,
            num_hidden_layers=2,
            intermediate_size=48,
            num_attention_heads=2,
            rms_norm_eps=1e-5,
            vocab_size=50,
            tie_word_embeddings=tied,
        )
    )
    batch = mx.random.randint(0, 50, (3, 9))
    places = mx.array([4, 5, 8, 12, 13, 20, 0, 0])
    found, count = loss_of_rows(model, batch, places)
    whole, _ = loss_of_rows(Hidden(model), batch, places)
    assert count.item() == 6
    assert found.item() == pytest.approx(whole.item(), rel=1e-6)
