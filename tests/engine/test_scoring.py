"""Given answers are scored as NumPy scores them in float64, and as mlx-lm reads them alone."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.engine import Engine, Message, Score, Scoring
from assistant.errors import (
    AdapterInUse,
    AdapterNotLoaded,
    EngineClosed,
    EngineError,
    PromptTooLong,
    ScoringStopped,
)
from tests.engine.conftest import QUESTION, Lab, answers, ask, both_loaded
from tests.small_models import make_adapter

ANSWER = "the base model answers the adapter"
OTHER: list[Message] = [{"role": "user", "content": "a question of quite another length, is it?"}]


def raw_logits(
    model: Path, adapter: Path | None, prompt: Any, answer: str
) -> tuple[Any, list[int]]:
    """mlx-lm's own logits at the places of the answer's tokens, as float64, and those tokens."""
    import mlx.core as mx
    from mlx_lm import load

    loaded, tokenizer = load(str(model), adapter_path=str(adapter) if adapter else None)
    before = tokenizer.apply_chat_template(prompt, add_generation_prompt=True)
    tokens = tokenizer.encode(answer, add_special_tokens=False)
    logits = loaded(mx.array([before + tokens]))[0].astype(mx.float32)
    return np.array(logits, dtype=np.float64)[len(before) - 1 : -1], tokens


def log_softmax(logits: Any) -> Any:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@pytest.fixture
def both(engine: Engine, lab: Lab) -> Engine:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(lab.second))
    return engine


def score(engine: Engine, adapters: dict[str, float], **more: Any) -> Score:
    return engine.score([Scoring(QUESTION, ANSWER, adapters, **more)])[0]


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
def test_every_row_of_one_pass_equals_mlx_lm_reading_it_alone(
    kind: str, request: pytest.FixtureRequest
) -> None:
    lab: Lab = request.getfixturevalue(kind)
    with both_loaded(lab) as engine:
        rows = [({}, None), ({"first": 1.0}, lab.first), ({"second": 1.0}, lab.second)]
        prompts = (QUESTION, OTHER)
        scores = engine.score([Scoring(p, ANSWER, a, top=3) for p in prompts for a, _ in rows])
    for number, found in enumerate(scores):
        prompt, path = prompts[number // 3], rows[number % 3][1]
        logits, tokens = raw_logits(lab.model, path, prompt, ANSWER)
        expected = log_softmax(logits)
        assert [token.token for token in found.tokens] == tokens
        at = expected[np.arange(len(tokens)), tokens]
        assert [t.logprob for t in found.tokens] == pytest.approx(at.tolist(), abs=2e-4)
        for place, token in zip(expected, found.tokens, strict=True):
            assert token.rank == 1 + int((place > place[token.token]).sum())
            best = np.argsort(-place)[:3]
            assert [other.token for other in token.top] == best.tolist()
            likely = np.exp(place[best]).tolist()
            assert [other.probability for other in token.top] == pytest.approx(likely, abs=1e-4)


def test_the_divergence_is_that_of_numpy_over_the_whole_vocabulary(both: Engine, lab: Lab) -> None:
    found = score(both, {"first": 1.0}, against={})
    p = log_softmax(raw_logits(lab.model, lab.first, QUESTION, ANSWER)[0])
    q = log_softmax(raw_logits(lab.model, None, QUESTION, ANSWER)[0])
    kl = (np.exp(p) * (p - q)).sum(axis=-1).tolist()
    reverse = (np.exp(q) * (q - p)).sum(axis=-1).tolist()
    assert [token.kl for token in found.tokens] == pytest.approx(kl, rel=1e-3)
    assert [token.reverse_kl for token in found.tokens] == pytest.approx(reverse, rel=1e-3)


def test_divergences_of_any_size_keep_their_digits() -> None:
    import mlx.core as mx

    from assistant.engine.distributions import Distribution, divergence

    numbers = np.random.default_rng(0)
    logits = (numbers.normal(size=(6, 5000)) * 4).astype(np.float32)
    steps = np.array([0.0, 1e-4, 1e-2, 0.3, 5.0, 40.0])[:, None]
    moved = (logits + steps * numbers.normal(size=logits.shape)).astype(np.float32)
    p, q = log_softmax(logits.astype(np.float64)), log_softmax(moved.astype(np.float64))
    expected = (np.exp(p) * (p - q)).sum(axis=-1)
    ours = divergence(Distribution.of(mx.array(logits)), Distribution.of(mx.array(moved)))
    assert ours.tolist() == pytest.approx(expected.tolist(), rel=2e-3)
    assert ours[0].item() == 0


def test_a_token_that_is_ruled_out_costs_nothing_or_everything() -> None:
    import mlx.core as mx

    from assistant.engine.distributions import Distribution, divergence

    half = Distribution.of(mx.array([[0.0, 0.0, -float("inf")]]))
    third = Distribution.of(mx.array([[0.0, 0.0, 0.0]]))
    assert divergence(half, third).item() == pytest.approx(np.log(1.5), rel=1e-6)
    assert divergence(third, half).item() == float("inf")


def test_what_is_the_same_diverges_by_exactly_nothing(
    both: Engine, lab: Lab, tmp_path: Path
) -> None:
    twin = make_adapter(tmp_path / "twin", rank=4, scale=2.0, base="model")
    both.load_adapter(str(twin))
    pairs: list[tuple[dict[str, float], dict[str, float]]] = [
        ({}, {}),
        ({"first": 1.0}, {"first": 1.0}),
        ({"first": 1.0}, {"twin": 1.0}),
        ({"second": 0.0}, {}),
    ]
    found = both.score([Scoring(QUESTION, ANSWER, a, against=b) for a, b in pairs])
    assert all(t.kl == 0 and t.reverse_kl == 0 for one in found for t in one.tokens)


def test_chunks_and_passes_change_nothing(both: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.engine import scoring

    wanted = [
        Scoring(messages, ANSWER, adapters, against={}, top=2)
        for messages in (QUESTION, OTHER)
        for adapters in ({"first": 1.0}, {"second": 0.5}, {"first": 0.7, "second": 0.4})
    ]
    whole = both.score(wanted)
    monkeypatch.setattr(scoring, "PROMPT_CHUNK", 5)
    monkeypatch.setattr(scoring, "LOGITS_BYTES", 1)
    monkeypatch.setattr(scoring, "ROWS", 2)
    for small, large in zip(both.score(wanted), whole, strict=True):
        assert [t.logprob for t in small.tokens] == pytest.approx(
            [t.logprob for t in large.tokens], abs=1e-4
        )


def test_greedy_tokens_score_as_the_likeliest_and_as_generation_said(both: Engine) -> None:
    events = list(both.generate([ask({"first": 1.0})]))
    said = [event.logprob for event in events if event.token is not None]
    finish = events[-1].finish
    assert finish is not None
    (found,) = both.score([Scoring(QUESTION, finish.tokens, {"first": 1.0})])
    assert [token.rank for token in found.tokens] == [1] * len(said)
    assert [token.logprob for token in found.tokens] == pytest.approx(said, abs=1e-4)


def test_the_texts_of_the_tokens_add_up_to_the_answer(engine: Engine) -> None:
    answer = "the adapter — naïve 😀"
    (found,) = engine.score([Scoring(QUESTION, answer)])
    assert "".join(token.text for token in found.tokens) == answer
    assert found.prompt_tokens > 0
    assert found.perplexity == pytest.approx(np.exp(-found.logprob / len(found.tokens)))


def test_a_text_can_stand_alone_and_an_answer_be_empty(engine: Engine) -> None:
    alone, empty = engine.score([Scoring((), ANSWER), Scoring(QUESTION, "")])
    assert alone.prompt_tokens == 1
    assert len(alone.tokens) > 1
    assert (empty.tokens, empty.logprob, empty.perplexity) == ((), 0.0, None)


def test_what_cannot_be_scored_is_said_before_anything_is_read(engine: Engine) -> None:
    with pytest.raises(AdapterNotLoaded, match="pirate"):
        engine.score([Scoring(QUESTION, ANSWER, against={"pirate": 1.0})])
    with pytest.raises(PromptTooLong, match="256"):
        engine.score([Scoring(QUESTION, "word " * 300)])
    with pytest.raises(EngineError, match="no token 4000"):
        engine.score([Scoring(QUESTION, [4000])])
    engine.close()
    with pytest.raises(EngineClosed):
        engine.score([Scoring(QUESTION, ANSWER)])


def test_scoring_stops_when_asked_and_the_adapter_can_go(
    both: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.engine import scoring

    monkeypatch.setattr(scoring, "PROMPT_CHUNK", 4)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            with pytest.raises(AdapterInUse):
                both.unload_adapter("first")
        return asked == 3

    with pytest.raises(ScoringStopped):
        both.score([Scoring(QUESTION, ANSWER, {"first": 1.0})], stop=stop)
    both.unload_adapter("first")


def test_an_answer_under_way_goes_on_while_texts_are_scored(both: Engine) -> None:
    (undisturbed,) = answers(both, ask({"second": 1.0}, max_tokens=60))
    expected = score(both, {"first": 1.0}, against={}).tokens
    running = both.generate([ask({"second": 1.0}, max_tokens=60)])
    found: list[Score] = []
    reader = threading.Thread(target=lambda: found.append(score(both, {"first": 1.0}, against={})))
    reader.start()
    ends = [event.finish for event in running if event.finish]
    reader.join()
    assert ends[0].tokens == undisturbed.tokens
    assert found[0].tokens == expected
