"""A judge is asked in both orders, and held against the votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.compare.agreement import Agreement, agreement
from assistant.compare.judge import (
    Judgement,
    Verdict,
    VotedPair,
    judge,
    judge_by_likelihood,
    read_verdict,
    voted_pairs,
)
from assistant.compare.statistics import cohen_kappa
from assistant.engine import Request, Scoring, open_engine
from assistant.engine.scores import Score, TokenScore
from tests.compare.test_votes import ADAPTED, BALLOT, BASE, HALF, ballots
from tests.fakes import FakeEngine, FakeGeneration
from tests.scripted_model import make_scripted_model

PAIR = VotedPair("q", "short", "a long answer", 1)


class Judging(FakeEngine):
    """Prefers the answer that a rule prefers, told what stands as A and as B."""

    def __init__(self, prefers_a: Callable[[str, str], bool]) -> None:
        super().__init__()
        self._prefers_a = prefers_a

    def generate(self, requests: Sequence[Request]) -> FakeGeneration:
        self.answers.extend(self._better(one.messages[-1]["content"]) for one in requests)
        return super().generate(requests)

    def score(
        self, scorings: Sequence[Scoring], *, stop: Callable[[], bool] = lambda: False
    ) -> list[Score]:
        return [self._judged(scoring) for scoring in scorings]

    def _judged(self, scoring: Scoring) -> Score:
        better = self._better(scoring.messages[-1]["content"])
        logprob = -0.1 if scoring.answer == better else -3.0
        return Score((TokenScore(0, str(scoring.answer), logprob, 1),), 1)

    def _better(self, text: str) -> str:
        a, _, b = text.partition("Answer A:\n")[2].partition("\n\nAnswer B:\n")
        return "A" if self._prefers_a(a, b) else "B"


@pytest.mark.parametrize("way", [judge, judge_by_likelihood])
def test_the_better_answer_is_preferred_wherever_it_stands(
    way: Callable[..., Sequence[Judgement]],
) -> None:
    by_length = Judging(lambda a, b: len(a) > len(b))
    turned = replace(PAIR, first=PAIR.second, second=PAIR.first)
    braces = VotedPair("{question}", "{first}", "f'{x!r}' {second}", 0)
    assert [one.prefers for one in way(by_length, {}, [PAIR, turned, braces])] == [1, 0, 1]


@pytest.mark.parametrize("way", [judge, judge_by_likelihood])
@pytest.mark.parametrize("always_a", [True, False])
def test_a_judge_that_goes_by_the_place_prefers_nothing(
    way: Callable[..., Sequence[Judgement]], always_a: bool
) -> None:
    (one,) = way(Judging(lambda a, b: always_a), {}, [PAIR])
    assert one.prefers is None
    assert one.verdicts == (("A", "A") if always_a else ("B", "B"))


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("A", "A"),
        (" **B**. ", "B"),
        ("Answer: A", "A"),
        ("The better answer is B.", "B"),
        ("tie", "tie"),
        ("Both mention sorting.\n\nVerdict: B", "B"),
        ("A is wrong about axes. [[B]]", "B"),
        ("Answer A is better because it is shorter than answer B.", "A"),
        ("", None),
        ("A good answer sorts.", None),
        ("I cannot choose.", None),
        ("[[A]] or rather [[B]]", None),
        ("Answer A is better. The winner: B", None),
    ],
)
def test_a_verdict_is_read_or_there_is_none(reply: str, verdict: Verdict | None) -> None:
    assert read_verdict(reply) == verdict


def test_kappa_is_that_of_worked_examples() -> None:
    # Cohen's kappa on Wikipedia: 50 grant proposals, and two tables of equal agreement.
    assert cohen_kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)
    assert cohen_kappa([[45, 15], [25, 15]]) == pytest.approx(0.1304, abs=1e-4)
    assert cohen_kappa([[25, 35], [5, 35]]) == pytest.approx(0.2593, abs=1e-4)
    assert cohen_kappa([[9, 0], [0, 0]]) is None
    assert cohen_kappa([[0, 0], [0, 0]]) is None


def test_agreement_counts_what_both_orders_say_and_why_others_do_not_count() -> None:
    pairs = [replace(PAIR, voted=voted) for voted in (0, 1, 0, 0, 0, 1)]
    judged = [
        Judgement("A", "B"),
        Judgement("B", "A"),
        Judgement("B", "A"),
        Judgement("A", "A"),
        Judgement(None, "tie"),
        Judgement("A", None),
    ]
    found = agreement(pairs, judged)
    assert found == Agreement(6, ((1, 1), (0, 1)), always_a=1, always_b=0, unreadable=2, ties=1)
    assert (found.consistent, found.agreed) == (3, 2)
    assert found.kappa == pytest.approx(0.4)
    said = " ".join(found.sentences())
    assert "3 of 6 pairs are judged alike" in said
    assert "kappa is 0.40" in said
    assert "A both times in 1" in said
    assert "2 of 12 replies hold no verdict" in said
    assert agreement([], []).to_dict()["interval"] is None


def test_a_judge_that_leans_to_a_place_beyond_chance_is_said_to() -> None:
    found = agreement([PAIR] * 8, [Judgement("B", "B")] * 8)
    assert "leans to whatever stands second" in " ".join(found.sentences())
    assert "no clear leaning" in " ".join(agreement([PAIR], [Judgement("B", "B")]).sentences())


def test_pairs_keep_the_order_of_their_columns_and_who_won() -> None:
    three = replace(BALLOT, candidates=(BASE, HALF, ADAPTED), winner=2)
    found = voted_pairs([three, *ballots("tie", 0)])
    assert [(pair.first, pair.second, pair.voted) for pair in found] == [
        (BASE.text, ADAPTED.text, 1),
        (HALF.text, ADAPTED.text, 1),
        (BASE.text, ADAPTED.text, 0),
    ]


@pytest.mark.parametrize(
    ("script", "always_a", "unreadable"), [(["A"], 3, 0), (["the", "Z"], 0, 6)]
)
def test_a_real_model_that_says_one_thing_has_no_opinion(
    tmp_path: Path, script: list[str], always_a: int, unreadable: int
) -> None:
    folder = make_scripted_model(
        tmp_path / "judge", [*script, "<|end|>"], max_position_embeddings=2048
    )
    engine = open_engine(str(folder))
    try:
        pairs = [PAIR, replace(PAIR, question="another?"), replace(PAIR, voted=0)]
        found = agreement(pairs, list(judge(engine, {}, pairs)))
    finally:
        engine.close()
    assert (found.consistent, found.always_a, found.unreadable) == (0, always_a, unreadable)
