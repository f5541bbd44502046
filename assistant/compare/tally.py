"""Votes between the base and one adapted model, counted, with what they tell and do not tell.

It refuses to know where votes are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.compare.statistics import Interval, sign_test, votes_to_settle, wilson


@dataclass(frozen=True)
class Tally:
    """Votes on one pair; a win is one for the adapted answer."""

    wins: int = 0
    losses: int = 0
    ties: int = 0
    both_bad: int = 0

    @property
    def decided(self) -> int:
        return self.wins + self.losses

    @property
    def votes(self) -> int:
        return self.decided + self.ties + self.both_bad

    @property
    def win_rate(self) -> float | None:
        """Wins of the votes that decided; None when none did."""
        return self.wins / self.decided if self.decided else None

    @property
    def interval(self) -> Interval:
        """Wilson's 95 % interval of the win rate."""
        return wilson(self.wins, self.decided)

    @property
    def p_value(self) -> float:
        return sign_test(self.wins, self.losses)

    @property
    def more_votes(self) -> int | None:
        return votes_to_settle(self.wins, self.losses)

    @property
    def verdict(self) -> str:
        """One sentence that claims no more than the votes do."""
        if not self.decided:
            return "No vote has decided yet."
        if self.p_value < 0.05:
            better = "adapted" if self.wins > self.losses else "base"
            return f"The {better} answers win, beyond what chance explains."
        more = self.more_votes
        if more is None:
            return "It is even; more votes like these would not settle it."
        votes = "1 more vote" if more == 1 else f"{more} more votes"
        return f"Not settled: {votes} in this proportion would."

    def to_dict(self) -> dict[str, Any]:
        return {
            "wins": self.wins,
            "losses": self.losses,
            "ties": self.ties,
            "both_bad": self.both_bad,
            "win_rate": self.win_rate,
            "interval": [self.interval.low, self.interval.high] if self.decided else None,
            "p_value": self.p_value,
            "more_votes": self.more_votes,
        }
