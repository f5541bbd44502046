"""Statistics against worked values of textbooks and papers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.compare.statistics import paired_bootstrap, sign_test, votes_to_settle, wilson
from assistant.compare.tally import Tally


@pytest.mark.parametrize(
    ("wins", "trials", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilsons_interval_is_that_of_newcombe(
    wins: int, trials: int, low: float, high: float
) -> None:
    found = wilson(wins, trials)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_without_a_trial_the_rate_can_be_anything() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        # Zar, Biostatistical Analysis: deer's hind legs against forelegs, 8 of 10.
        (8, 2, 0.109375),
        # By hand: 2 · (1 + 9) / 2⁹, and 2 / 2⁶.
        (8, 1, 20 / 512),
        (6, 0, 2 / 64),
        (5, 5, 1.0),
        (0, 0, 1.0),
        (0, 5, 2 / 32),
    ],
)
def test_the_sign_test_is_exact(wins: int, losses: int, p: float) -> None:
    assert sign_test(wins, losses) == pytest.approx(p, rel=1e-12)
    assert sign_test(losses, wins) == sign_test(wins, losses)


def test_the_sign_test_holds_thousands_of_votes() -> None:
    assert sign_test(2000, 2000) == 1.0
    assert 0 < sign_test(1100, 1000) < 0.05
    assert sign_test(5000, 0) == 0.0


def test_how_many_more_votes_would_settle_it() -> None:
    assert votes_to_settle(0, 0) == 6, "six that all agree: 2 / 2⁶ is below 5 %"
    assert votes_to_settle(5, 0) == 1
    assert votes_to_settle(6, 0) == 0
    assert votes_to_settle(3, 3) is None
    more = votes_to_settle(7, 3)
    assert more is not None
    leading = (10 + more) * 7 // 10
    assert sign_test(leading, 10 + more - leading) < 0.05
    before = (9 + more) * 7 // 10
    assert sign_test(before, 9 + more - before) >= 0.05


@given(st.integers(0, 60), st.integers(0, 60))
def test_intervals_hold_the_rate_and_p_values_are_probabilities(wins: int, losses: int) -> None:
    tally = Tally(wins, losses)
    assert 0 <= tally.interval.low <= tally.interval.high <= 1
    assert 0 <= tally.p_value <= 1
    if tally.win_rate is not None:
        assert tally.interval.low <= tally.win_rate <= tally.interval.high


def test_a_tally_claims_no_more_than_its_votes() -> None:
    assert Tally().verdict == "No vote has decided yet."
    assert Tally(ties=9).verdict == "No vote has decided yet."
    assert Tally(5, 0).verdict == "Not settled: 1 more vote in this proportion would."
    assert "adapted answers win" in Tally(9, 0).verdict
    assert "base answers win" in Tally(0, 9).verdict
    assert "even" in Tally(4, 4).verdict


def test_the_bootstrap_of_equal_differences_is_certain() -> None:
    found = paired_bootstrap([2.0] * 8)
    assert found is not None
    assert (found.mean, found.interval.low, found.interval.high) == (2.0, 2.0, 2.0)
    assert found.differs
    few = paired_bootstrap([2.0] * 5)
    assert few is not None
    assert not few.differs, "five questions that agree are not enough for a sign test either"


def test_the_same_seed_gives_the_same_interval() -> None:
    values = [0.1 * n - 1 for n in range(25)]
    first, again, other = (paired_bootstrap(values, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_bootstrap_comes_near_the_interval_of_the_normal_distribution() -> None:
    # The standard error of the mean of 0 … 99 is 28.87 / 10; a bootstrap knows only that.
    found = paired_bootstrap([float(n) for n in range(100)])
    assert found is not None
    assert found.mean == 49.5
    assert found.interval.low == pytest.approx(49.5 - 1.96 * 2.887, abs=0.25)
    assert found.interval.high == pytest.approx(49.5 + 1.96 * 2.887, abs=0.25)


def test_no_difference_has_no_mean() -> None:
    assert paired_bootstrap([]) is None


@pytest.mark.peers
def test_statistics_equal_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for wins, losses in [(0, 1), (3, 9), (14, 30), (81, 182), (700, 640)]:
        test = stats.binomtest(wins, wins + losses, 0.5)
        assert sign_test(wins, losses) == pytest.approx(test.pvalue, rel=1e-9)
        theirs = test.proportion_ci(method="wilson")
        ours = wilson(wins, wins + losses)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)
    values = [0.3, -0.1, 0.5, 0.0, 0.9, -0.4, 0.2, 0.7]
    theirs = stats.bootstrap(
        (values,), lambda x, axis: x.mean(axis), method="percentile", n_resamples=10_000
    ).confidence_interval
    found = paired_bootstrap(values)
    assert found is not None
    assert (found.interval.low, found.interval.high) == pytest.approx(
        (theirs.low, theirs.high), abs=0.03
    )
