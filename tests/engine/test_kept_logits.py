"""What a model said while an answer streamed is not read again, and is what a reading says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.compare import Comparison, gather
from assistant.compare.evidence import Evidence
from assistant.engine import Engine, Request, Sampling, Score, Scoring
from tests.engine.conftest import QUESTION, Lab, answers, both_loaded
from tests.small_models import make_adapter

TOKENS = 12


def kept(engine: Engine, adapters: dict[str, float], **sampling: Any) -> tuple[int, ...]:
    """The tokens of an answer whose logits are kept."""
    chosen = Sampling(**{"max_tokens": TOKENS, **sampling})
    (finish,) = answers(engine, Request(QUESTION, adapters, chosen, keep_logits=True))
    return finish.tokens


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each forward pass of a scoring reads, over all rows."""
    from assistant.engine import scoring

    counts: list[int] = []

    class Counting(scoring.TaggedModel):
        def __call__(self, tokens: Any, cache: list[Any]) -> Any:
            counts.append(tokens.size)
            return super().__call__(tokens, cache)

    monkeypatch.setattr(scoring, "TaggedModel", Counting)
    return counts


def equal(left: Score, right: Score) -> None:
    for a, b in zip(left.tokens, right.tokens, strict=True):
        assert a.logprob == pytest.approx(b.logprob, abs=2e-4)
        assert a.rank == b.rank
        assert [one.token for one in a.top] == [one.token for one in b.top]


@pytest.mark.parametrize("kind", ["lab", "quantised_lab"])
@pytest.mark.parametrize(
    "sampling", [{}, {"temperature": 1.0, "seed": 4}, {"repetition_penalty": 1.6}]
)
def test_log_probabilities_that_streamed_equal_a_reading_of_the_answer(
    kind: str, sampling: dict[str, Any], request: pytest.FixtureRequest, read: list[int]
) -> None:
    with both_loaded(request.getfixturevalue(kind)) as engine:
        for adapters in ({}, {"first": 1.0}, {"first": 0.5, "second": 1.0}):
            tokens = kept(engine, adapters, **sampling)
            wanted = Scoring(QUESTION, tokens, adapters, top=3)
            (known,) = engine.score([wanted])
            assert read == []
            (anew,) = engine.score([wanted])
            assert sum(read) > 0
            read.clear()
            equal(known, anew)


def test_only_the_answer_is_read_and_only_by_the_model_that_did_not_say_it(
    engine: Engine, lab: Lab, read: list[int]
) -> None:
    engine.load_adapter(str(lab.first))
    comparison = Comparison(
        engine, QUESTION, [{"first": 1.0}], Sampling(max_tokens=TOKENS), keep_logits=True
    )
    list(comparison)
    ends = comparison.ended
    assert ends is not None
    tokens = [finish.tokens for finish in ends]
    found = gather(engine, QUESTION, comparison.columns, tokens)
    assert sum(read) <= 2 * TOKENS, "two rows, and no prompt"
    close(found, gather(engine, QUESTION, comparison.columns, tokens))


def close(left: Evidence, right: Evidence) -> None:
    for one, other in zip(left.pairs, right.pairs, strict=True):
        assert one.parting is not None
        assert other.parting is not None
        assert [t.token for t in one.parting.base] == [t.token for t in other.parting.base]
        for a, b in ((one.base, other.base), (one.own, other.own)):
            for name in ("base", "adapted", "kl"):
                values = [getattr(token, name) for token in a.tokens]
                assert values == pytest.approx([getattr(t, name) for t in b.tokens], abs=5e-4)


def test_twins_are_the_same_to_the_bit_though_one_of_them_streamed(
    engine: Engine, lab: Lab, tmp_path: Path
) -> None:
    engine.load_adapter(str(lab.first))
    engine.load_adapter(str(make_adapter(tmp_path / "twin", rank=4, scale=2.0, base="model")))
    tokens = kept(engine, {"first": 1.0})
    (found,) = engine.score([Scoring(QUESTION, tokens, {"first": 1.0}, against={"twin": 1.0})])
    assert all(token.kl == 0 for token in found.tokens)


def test_a_known_answer_and_one_that_is_read_are_scored_together(engine: Engine) -> None:
    longer: Any = [{"role": "user", "content": "what does the adapter change, and what not?"}]
    (other,) = answers(engine, Request(longer, {}, Sampling(max_tokens=TOKENS)))
    tokens = kept(engine, {})
    # Of the other one the prompt's keys and values are kept, so that it is read from there on.
    known, read = engine.score([Scoring(QUESTION, tokens), Scoring(longer, other.tokens)])
    assert len(known.tokens) == len(tokens)
    assert len(read.tokens) == len(other.tokens)


def test_what_shall_be_read_anew_is(engine: Engine, read: list[int]) -> None:
    tokens = kept(engine, {})
    engine.score([Scoring(QUESTION, tokens, anew=True)])
    assert sum(read) > len(tokens)


def test_an_answer_that_was_stopped_keeps_what_it_said(engine: Engine, read: list[int]) -> None:
    tokens = kept(engine, {}, stop=("e",), max_tokens=60)
    engine.score([Scoring(QUESTION, tokens, top=1)] if tokens else [])
    assert read == []


def test_memory_is_bounded_and_given_back() -> None:
    import mlx.core as mx

    from assistant.engine.kept_logits import KeptLogits, Recorder

    store = KeptLogits(max_bytes=10 * 4 * 8)

    def answer(count: int) -> Recorder:
        recorder = Recorder(store)
        for _ in range(count):
            recorder(None, mx.zeros((1, 8)))
        return recorder

    store.keep(((), (1,)), 4, answer(5))
    store.keep(((), (2,)), 4, answer(4))
    store.keep(((), (3,)), 4, answer(5))
    assert store.take(((), (1,))) is None, "the oldest made room"
    found = store.take(((), (3,)))
    assert found is not None
    assert len(found) == 4
    too_long = answer(11)
    store.keep(((), (4,)), 11, too_long)
    assert store.take(((), (4,))) is None
    assert store.take(((), (2,))) is None
    store.keep(((), (5,)), 10, answer(10))
    assert store.take(((), (5,))) is not None, "everything was given back"


def test_what_is_kept_of_a_row_holds_nothing_of_the_other_rows() -> None:
    import mlx.core as mx

    from assistant.engine.kept_logits import KeptLogits, Recorder

    recorder = Recorder(KeptLogits())
    before = mx.get_active_memory()
    batch = mx.random.normal((8, 100_000))
    row = recorder(None, batch[3:4])
    row[0, 0] = 7.0
    mx.eval(row)
    expected = batch[3].tolist()
    del batch, row
    assert mx.get_active_memory() - before <= 1.1 * 4 * 100_000
    assert recorder.logits is not None
    assert recorder.logits[0].tolist() == [expected]
