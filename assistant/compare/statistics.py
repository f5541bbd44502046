"""Statistics that are honest about small numbers, for two contestants.

    wilson(7, 10)              where the true win rate plausibly lies
    sign_test(7, 3)            how often a fair coin would be at least as lopsided
    votes_to_settle(7, 3)      how many more such votes until that is seldom
    cohen_kappa(table)         how far two raters agree beyond chance
    paired_bootstrap([...])    the mean of paired differences, with an interval

With two contestants a rating such as Elo is only the log-odds of the win rate, so there is none.
It refuses to know where wins and scores come from.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

SELDOM = 0.05
FEWEST = 6
"""With fewer questions no difference is claimed; a sign test could not either, should all agree."""
_PATIENCE = 2000
"""More votes than this nobody casts."""


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def wilson(wins: int, trials: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for a rate (1927): stays within 0 to 1, also for few trials."""
    if trials == 0:
        return Interval(0.0, 1.0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = wins / trials
    shrink = 1 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    # At the ends the sums below are 0 and 1 but for rounding.
    low = 0.0 if wins == 0 else max(0.0, centre - half)
    return Interval(low, 1.0 if wins == trials else min(1.0, centre + half))


def sign_test(wins: int, losses: int) -> float:
    """Exact two-sided p-value of the sign test; ties are left out before. 1 without any vote."""
    trials = wins + losses
    tail = sum(math.comb(trials, k) for k in range(min(wins, losses) + 1))
    # Whole numbers up to the last step: no float could hold 2 ** 2000.
    return min(1.0, 2 * tail / 2**trials) if trials < 1000 else _long_test(tail, trials)


def _long_test(tail: int, trials: int) -> float:
    from fractions import Fraction

    return min(1.0, float(Fraction(2 * tail, 2**trials)))


def votes_to_settle(wins: int, losses: int) -> int | None:
    """How many more votes would settle it, should they go on in the same proportion.

    0 when the sign test is already below 5 %; None when the votes are even, or when it would take
    thousands. Without any vote: how many it takes if all agree.
    """
    if sign_test(wins, losses) < SELDOM:
        return 0
    trials = wins + losses
    if trials and wins == losses:
        return None
    more_often = max(wins, losses)
    for more in range(1, _PATIENCE + 1):
        # Rounded down: the side that leads gets no vote that it may not win.
        leading = (trials + more) * more_often // trials if trials else more
        if sign_test(leading, trials + more - leading) < SELDOM:
            return more
    return None


def cohen_kappa(table: Sequence[Sequence[int]]) -> float | None:
    """Cohen's kappa (1960) of two raters: rows are what one said, columns what the other did.

    None without any rating, and where both say one and the same of everything: then chance alone
    would make them agree.
    """
    total = sum(map(sum, table))
    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    # In whole numbers, so that "always the same" is found exactly.
    by_chance: int = sum(row * column for row, column in zip(rows, columns, strict=True))
    if total == 0 or by_chance == total * total:
        return None
    agreed = sum(row[number] for number, row in enumerate(table))
    return (agreed * total - by_chance) / (total * total - by_chance)


@dataclass(frozen=True)
class Paired:
    """The mean of paired differences, and where it would lie had other questions been asked."""

    count: int
    mean: float
    interval: Interval

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out zero, and there are enough questions to say so."""
        return self.count >= FEWEST and not self.interval.low <= 0 <= self.interval.high


def paired_bootstrap(
    differences: Sequence[float],
    *,
    confidence: float = 0.95,
    rounds: int = 10_000,
    seed: int = 0,
) -> Paired | None:
    """Percentile bootstrap of the mean difference; one difference for each question.

    The same seed gives the same interval. None without any difference.
    """
    if not differences:
        return None
    # numpy loads in a tenth of a second, which votes and single questions have no use for.
    import numpy as np

    values = np.asarray(differences, dtype=np.float64)
    numbers = np.random.default_rng(seed)
    means = np.empty(rounds)
    for start in range(0, rounds, 1000):
        stop = min(rounds, start + 1000)
        drawn = numbers.integers(0, len(values), size=(stop - start, len(values)))
        means[start:stop] = values[drawn].mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Paired(len(values), fmean(differences), Interval(float(low), float(high)))
