"""Many questions in one batch: each is answered as if alone, and none takes others along."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.compare import Comparison
from assistant.compare.batch import Answered, Failed, Item, answer_all
from assistant.compare.questions import Question
from assistant.engine import Engine, Request, Sampling
from assistant.errors import EngineClosed, EngineError
from tests.engine.conftest import Lab
from tests.fakes import FakeEngine, FakeGeneration

COLUMNS: list[dict[str, float]] = [{}, {"mlx-docs": 1.0}]


def items(*prompts: str) -> list[Item]:
    return [Item(Question(p), ({"role": "user", "content": p},)) for p in prompts]


def answered(outcome: Answered | Failed) -> Answered:
    assert isinstance(outcome, Answered)
    return outcome


def test_every_question_of_a_batch_is_answered_as_it_would_be_alone(
    engine: Engine, lab: Lab
) -> None:
    engine.load_adapter(str(lab.first))
    columns: list[dict[str, float]] = [{}, {"first": 1.0}]
    sampling = Sampling(max_tokens=10, temperature=0.8, seed=3)
    asked = items("what?", "the adapter and the base model", "answer", "why does it answer?")
    together = {
        outcome.item.question.prompt: answered(outcome)
        for outcome in answer_all(engine, asked, columns, sampling)
    }
    assert len(together) == 4
    for item in asked:
        alone = Comparison(engine, item.messages, columns[1:], sampling)
        list(alone)
        ends = alone.ended
        assert ends is not None
        found = together[item.question.prompt]
        assert [f.tokens for f in found.finishes] == [f.tokens for f in ends]
        assert found.first_difference(1) == alone.agreement(1).first_difference


def test_rows_of_many_questions_run_together_in_waves_of_bounded_size() -> None:
    fake = FakeEngine()
    calls: list[int] = []
    generate = fake.generate

    def counting(requests: Sequence[Request]) -> FakeGeneration:
        calls.append(len(requests))
        return generate(requests)

    fake.generate = counting  # type: ignore[method-assign]
    asked = items(*(f"question {n}" for n in range(7)))
    outcomes = list(answer_all(fake, asked, COLUMNS, Sampling(), wave_rows=6))
    assert calls == [6, 6, 2]
    assert len(outcomes) == 7


def test_the_columns_of_a_question_share_its_dice_and_a_given_seed_is_kept() -> None:
    fake = FakeEngine()
    list(answer_all(fake, items("a", "b"), COLUMNS, Sampling()))
    seeds = [request.sampling.seed for request in fake.requests]
    assert seeds[0] == seeds[1]
    assert seeds[2] == seeds[3]
    assert seeds[0] != seeds[2]
    (outcome,) = answer_all(fake, items("c"), COLUMNS, Sampling(seed=7))
    assert answered(outcome).seed == 7


def test_a_question_that_cannot_be_answered_takes_no_other_with_it() -> None:
    asked = items("a", "word " * 2000, "b", "c", "word " * 3000)
    outcomes = list(answer_all(FakeEngine(), asked, COLUMNS, Sampling()))
    failed = {o.item.question.prompt[:4]: o.error.kind for o in outcomes if isinstance(o, Failed)}
    assert failed == {"word": "prompt_too_long"}
    prompts = [o.item.question.prompt for o in outcomes if isinstance(o, Answered)]
    assert sorted(prompts) == ["a", "b", "c"]
    assert len(outcomes) == 5


def test_an_engine_that_breaks_in_the_middle_loses_no_answer_that_was_done() -> None:
    class Breaking(FakeEngine):
        broken = False

        def breathe(self) -> None:
            if len(self.requests) > 2 and not self.broken:
                self.broken = True
                raise EngineError("The answer broke off.")

    outcomes = list(answer_all(Breaking(), items("a", "b", "c"), COLUMNS, Sampling()))
    assert sorted(answered(o).item.question.prompt for o in outcomes) == ["a", "b", "c"]


def test_a_closed_engine_ends_the_batch() -> None:
    fake = FakeEngine()
    fake.close()
    with pytest.raises(EngineClosed):
        list(answer_all(fake, items("a", "b"), COLUMNS, Sampling()))


def test_leaving_a_batch_early_stops_its_rows() -> None:
    fake = FakeEngine()
    batch = answer_all(fake, items("a", "b " * 50), COLUMNS, Sampling())
    next(batch)
    batch.close()  # type: ignore[attr-defined]
