"""A token that the model has and its tokenizer does not is a token, and none beyond is."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine import Begun, Request, Sampling, Scoring, open_engine
from assistant.errors import EngineError
from tests.engine.conftest import QUESTION, answers
from tests.shaped_models import WIDE_HEADS, make_shaped_model

SPARE = 200


def test_an_answer_with_a_token_of_the_padding_is_scored_and_gone_on_with(tmp_path: Path) -> None:
    engine = open_engine(
        str(make_shaped_model(tmp_path / "padded", WIDE_HEADS, spare_tokens=SPARE))
    )
    try:
        sampling = Sampling(max_tokens=30, temperature=1.0, seed=1)
        (said,) = answers(engine, Request(QUESTION, {}, sampling))
        known = len(engine._loaded.tokenizer.get_vocab())  # type: ignore[attr-defined]
        assert max(said.tokens) >= known
        (score,) = engine.score([Scoring(QUESTION, said.tokens)])
        assert tuple(token.token for token in score.tokens) == said.tokens
        begun = Begun(tokens=said.tokens)
        (more,) = answers(engine, Request(QUESTION, {}, sampling, begun))
        assert more.tokens[: len(said.tokens)] == said.tokens
        with pytest.raises(EngineError, match=f"no token {known + SPARE}: the model has"):
            engine.score([Scoring(QUESTION, [known + SPARE])])
    finally:
        engine.close()
