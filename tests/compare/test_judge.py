"""A judge is asked in both orders, and held against the votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from assistant.compare.judge import Agreement, Judgement, agreement, judge, voted_pairs
from assistant.engine import Scoring
from assistant.engine.scores import Score, TokenScore
from tests.compare.test_votes import ADAPTED, BALLOT, BASE, HALF, ballots
from tests.fakes import FakeEngine


class Judging(FakeEngine):
    """Prefers the answer that a rule prefers, told what stands as A and as B."""

    def __init__(self, prefers_a: Callable[[str, str], bool]) -> None:
        super().__init__()
        self._prefers_a = prefers_a

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        return [self._judged(scoring) for scoring in scorings]

    def _judged(self, scoring: Scoring) -> Score:
        text = scoring.messages[-1]["content"]
        a, _, b = text.partition("Answer A:\n")[2].partition("\n\nAnswer B:\n")
        better = "A" if self._prefers_a(a, b) else "B"
        logprob = -0.1 if scoring.answer == better else -3.0
        return Score((TokenScore(0, str(scoring.answer), logprob, 1),), 1)


def test_the_better_answer_is_preferred_wherever_it_stands() -> None:
    by_length = Judging(lambda a, b: len(a) > len(b))
    assert judge(by_length, {}, "q", "short", "a long answer").prefers == 1
    assert judge(by_length, {}, "q", "a long answer", "short").prefers == 0


@pytest.mark.parametrize("always_a", [True, False])
def test_a_judge_that_goes_by_the_place_prefers_nothing(always_a: bool) -> None:
    by_place = Judging(lambda a, b: always_a)
    assert judge(by_place, {}, "q", "one", "two").prefers is None


def test_a_judge_that_leans_nowhere_prefers_nothing() -> None:
    assert Judgement(0.0, 0.0).prefers is None


def test_braces_in_answers_are_text() -> None:
    by_length = Judging(lambda a, b: len(a) > len(b))
    assert judge(by_length, {}, "{question}", "{first}", "f'{x!r}' {second}").prefers == 1


def test_agreement_counts_what_both_orders_say() -> None:
    judged = [Judgement(-1, -1), Judgement(1, 1), Judgement(-1, 1), Judgement(-2, -1)]
    found = agreement(judged)
    assert found == Agreement(pairs=4, consistent=3, agreed=2)
    assert found.rate == pytest.approx(2 / 3)
    assert agreement([]).to_dict()["interval"] is None


def test_pairs_are_the_winner_and_each_that_lost() -> None:
    three = replace(BALLOT, candidates=(BASE, HALF, ADAPTED), winner=2)
    assert [pair[1:] for pair in voted_pairs([three, *ballots("tie", 0)])] == [
        (ADAPTED.text, BASE.text),
        (ADAPTED.text, HALF.text),
        (BASE.text, ADAPTED.text),
    ]
