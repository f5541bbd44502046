"""A model as a judge of two answers, asked in both orders, and how far it agrees with the votes.

    judged = judge(engine, {}, "How do I sort?", "Use np.sort.", "Use mx.sort.")
    judged.prefers                     # 0, 1, or None where the order decided and not the answer

The judge writes nothing: `Engine.score` tells how likely it would answer A, and how likely B. It
refuses to know which model answered, and so does the judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compare.statistics import wilson
from assistant.compare.votes import Ballot
from assistant.engine.protocol import Engine
from assistant.engine.scores import Scoring
from assistant.engine.types import Message

_ASK = (
    "Two answers to one question follow. Which of them answers it better: more correct, more "
    "useful, no longer than it needs to be? Reply with one letter, A or B.\n\n"
    "Question:\n{question}\n\nAnswer A:\n{first}\n\nAnswer B:\n{second}"
)


@dataclass(frozen=True)
class Judgement:
    """How much the judge leans to the second answer: log p of its letter minus the other's."""

    shown_first: float
    """With the first answer as A."""
    shown_second: float
    """With the first answer as B."""

    @property
    def prefers(self) -> int | None:
        """0 or 1, where both orders say so; None where they do not, or lean nowhere."""
        if self.shown_first > 0 and self.shown_second > 0:
            return 1
        return 0 if self.shown_first < 0 and self.shown_second < 0 else None


def judge(
    engine: Engine, adapters: Mapping[str, float], question: str, first: str, second: str
) -> Judgement:
    """Ask a model which answer is better, twice: each answer is once A and once B.

    Raises:
        PromptTooLong: the judge cannot read so much.
    """
    letters = ("A", "B")
    scores = engine.score(
        [
            Scoring(_messages(question, *shown), letter, adapters)
            for shown in ((first, second), (second, first))
            for letter in letters
        ]
    )
    a1, b1, a2, b2 = (score.logprob for score in scores)
    return Judgement(b1 - a1, a2 - b2)


def _messages(question: str, first: str, second: str) -> list[Message]:
    content = _ASK.format(question=question, first=first, second=second)
    return [{"role": "user", "content": content}]


@dataclass(frozen=True)
class Agreement:
    """A judge held against the votes."""

    pairs: int
    """Pairs of a winner and an answer that lost to it."""
    consistent: int
    """Those in which both orders prefer the same answer."""
    agreed: int
    """Those of them in which it is the one that was voted for."""

    @property
    def rate(self) -> float | None:
        return self.agreed / self.consistent if self.consistent else None

    def to_dict(self) -> dict[str, Any]:
        interval = wilson(self.agreed, self.consistent)
        return {
            "pairs": self.pairs,
            "consistent": self.consistent,
            "agreed": self.agreed,
            "rate": self.rate,
            "interval": [interval.low, interval.high] if self.consistent else None,
        }


def voted_pairs(ballots: Iterable[Ballot]) -> list[tuple[str, str, str]]:
    """(question, the answer that won, one that lost) of every vote that decided."""
    return [
        (ballot.messages[-1]["content"], ballot.candidates[ballot.winner].text, candidate.text)
        for ballot in ballots
        if ballot.winner is not None
        for number, candidate in enumerate(ballot.candidates)
        if number != ballot.winner and candidate.text != ballot.candidates[ballot.winner].text
    ]


def agreement(judgements: Sequence[Judgement]) -> Agreement:
    """Judgements of voted pairs, the winner always given first, summed up."""
    preferred = [one.prefers for one in judgements]
    decided = [one for one in preferred if one is not None]
    return Agreement(len(preferred), len(decided), decided.count(0))
