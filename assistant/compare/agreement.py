"""A judge held against the votes, and against itself in the other order.

It refuses to know how judgements come about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.compare.judge import Judgement, VotedPair
from assistant.compare.statistics import SELDOM, Interval, cohen_kappa, sign_test, wilson


@dataclass(frozen=True)
class Agreement:
    """What a judge said of voted pairs, summed up."""

    pairs: int
    """Pairs of a winner and an answer that lost to it."""
    table: tuple[tuple[int, int], tuple[int, int]]
    """Pairs that both orders decide alike: rows are the vote, columns the judge."""
    always_a: int
    """Pairs in which the judge says A in both orders: the place decided."""
    always_b: int
    unreadable: int
    """Replies without a verdict, of two a pair."""
    ties: int
    """Replies that say tie."""

    @property
    def consistent(self) -> int:
        """Pairs in which both orders prefer the same answer."""
        return sum(map(sum, self.table))

    @property
    def agreed(self) -> int:
        """Those of them in which it is the one that was voted for."""
        return self.table[0][0] + self.table[1][1]

    @property
    def rate(self) -> float | None:
        return self.agreed / self.consistent if self.consistent else None

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval of the rate."""
        return wilson(self.agreed, self.consistent)

    @property
    def kappa(self) -> float | None:
        """Cohen's: how far they agree beyond what two who do not look would."""
        return cohen_kappa(self.table)

    @property
    def bias_p(self) -> float:
        """How often a judge that favours no place would lean to one as much as this."""
        return sign_test(self.always_a, self.always_b)

    def sentences(self) -> list[str]:
        """What there is to say, claiming no more than the numbers do."""
        said = [f"{self.consistent} of {_pairs(self.pairs)} are judged alike in both orders."]
        if self.rate is not None:
            low, high = self.interval.low, self.interval.high
            kappa = "not defined" if self.kappa is None else f"{self.kappa:.2f}"
            said.append(
                f"In {self.agreed} of those the judge agrees with the vote ({self.rate:.0%}; 95 % "
                f"interval {low:.0%} to {high:.0%}); Cohen's kappa is {kappa}."
            )
        said.append(self._bias())
        if self.ties:
            said.append(f"{_of(self.ties, 2 * self.pairs)} say tie.")
        if self.unreadable:
            said.append(
                f"{_of(self.unreadable, 2 * self.pairs)} hold no verdict and count for none."
            )
        return said

    def _bias(self) -> str:
        if not self.always_a + self.always_b:
            return "The place of an answer decided none of them."
        told = (
            f"The place decided {_pairs(self.always_a + self.always_b)}: "
            f"A both times in {self.always_a}, B both times in {self.always_b}"
        )
        if self.bias_p >= SELDOM:
            return f"{told}; that is no clear leaning."
        place = "first" if self.always_a > self.always_b else "second"
        return f"{told}. The judge leans to whatever stands {place}."

    def to_dict(self) -> dict[str, Any]:
        return {
            "pairs": self.pairs,
            "consistent": self.consistent,
            "agreed": self.agreed,
            "rate": self.rate,
            "interval": [self.interval.low, self.interval.high] if self.consistent else None,
            "kappa": self.kappa,
            "table": [list(row) for row in self.table],
            "position": {"A": self.always_a, "B": self.always_b, "p_value": self.bias_p},
            "ties": self.ties,
            "unreadable": self.unreadable,
        }


def agreement(pairs: Sequence[VotedPair], judgements: Sequence[Judgement]) -> Agreement:
    """Judgements of voted pairs, in their order, summed up."""
    table = [[0, 0], [0, 0]]
    for pair, one in zip(pairs, judgements, strict=True):
        if one.prefers is not None:
            table[pair.voted][one.prefers] += 1
    verdicts = [verdict for one in judgements for verdict in one.verdicts]
    return Agreement(
        pairs=len(pairs),
        table=((table[0][0], table[0][1]), (table[1][0], table[1][1])),
        always_a=sum(one.verdicts == ("A", "A") for one in judgements),
        always_b=sum(one.verdicts == ("B", "B") for one in judgements),
        unreadable=verdicts.count(None),
        ties=verdicts.count("tie"),
    )


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count} pairs"


def _of(count: int, total: int) -> str:
    return f"{count} of {total} replies"
