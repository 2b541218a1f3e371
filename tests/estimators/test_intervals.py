"""Intervals that hold for any law: their coverage is enumerated, not sampled."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zenil_dynamics import estimators

DELTAS = st.sampled_from([0.5, 0.1, 0.01, 1e-9])


def compositions(total, parts):
    """All ways to write `total` as an ordered sum of `parts` whole numbers."""
    for bars in itertools.combinations(range(total + parts - 1), parts - 1):
        edges = (-1, *bars, total + parts - 1)
        yield [after - before - 1 for before, after in itertools.pairwise(edges)]


def missed(probs, num_samples, level, delta):
    """Exact probability that the interval misses a quantile of a law on 0, 1, 2, ...; the worst quantile counts."""
    cumulative = np.cumsum(probs)
    low = int(np.flatnonzero(cumulative >= level - 1e-12)[0])
    # All of [low, high] are quantiles where the distribution function is flat at the level.
    high = int(np.flatnonzero(cumulative > level + 1e-12)[0])
    too_high, too_low = 0.0, 0.0
    for counts in compositions(num_samples, len(probs)):
        values = np.repeat(np.arange(len(probs), dtype=float), counts)
        found = estimators.quantile_interval(values, level, delta=delta)
        chance = stats.multinomial.pmf(counts, num_samples, probs)
        too_high += chance * (found.lower > low)
        too_low += chance * (found.upper < high)
    return too_high, too_low


@pytest.mark.parametrize("probs", [[0.5, 0.5], [0.3, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.05, 0.9, 0.05]])
@pytest.mark.parametrize(("level", "delta"), [(0.5, 0.2), (0.25, 0.4), (0.9, 0.05)])
def test_quantiles_are_covered(probs, level, delta):
    assert max(missed(probs, 7, level, delta)) <= delta / 2


def test_a_rank_closer_would_not_cover():
    # For a continuous law P(X_(l) > q) = P(Bin(n, level) <= l - 1), so one rank further in breaks the promise.
    for number, level, delta in itertools.product((5, 20, 333), (0.1, 0.5, 0.95), (0.3, 0.01, 1e-9)):
        lower, upper = estimators.quantile_ranks(number, level, delta=delta)
        law = stats.binom(number, level)
        assert law.cdf(lower - 1) <= delta / 2 < law.cdf(lower)
        assert law.sf(upper - 1) <= delta / 2 < law.sf(upper - 2)


def test_values_by_hand():
    values = np.arange(1.0, 10.0)[:, None] * np.array([1.0, -2.0])
    found = estimators.quantile_interval(values[::-1], 0.5, delta=0.05)
    # P(Bin(9, 1/2) <= 1) = 10 / 512 <= 0.025 < P(Bin(9, 1/2) <= 2) = 46 / 512.
    np.testing.assert_array_equal(found, [[5, -10], [2, -16], [8, -4]])
    few = estimators.quantile_interval([3.0], 0.5, delta=0.05)
    assert few == (3.0, -np.inf, np.inf)


def test_the_estimate_is_numpys_inverted_distribution_function():
    rng = np.random.default_rng(0)
    for number in (1, 2, 10, 30, 100):
        values = rng.standard_normal(number)
        for level in (0.01, 0.1, 0.3, 0.5, 0.9):
            exact = np.sort(values)[math.ceil(round(number * level, 9)) - 1]
            assert estimators.quantile_interval(values, level, delta=0.1).estimate == exact
    assert np.quantile(values, 0.3, method="inverted_cdf") == estimators.quantile_interval(values, 0.3, delta=0.1)[0]


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=30), st.floats(0.01, 0.99), DELTAS)
def test_laws_of_quantile_intervals(values, level, delta):
    found = estimators.quantile_interval(values, level, delta=delta)
    assert found.lower <= found.estimate <= found.upper
    wider = estimators.quantile_interval(values, level, delta=delta / 10)
    assert wider.lower <= found.lower
    assert wider.upper >= found.upper
    # Quantiles follow increasing maps, here one that is exact in floating point.
    stretched = estimators.quantile_interval(np.array(values) * 4, level, delta=delta)
    np.testing.assert_array_equal(stretched, 4 * np.array(found))


def test_infinite_values_are_values_and_nan_is_not():
    found = estimators.quantile_interval([-np.inf, 0.0, np.inf], 0.5, delta=0.9)
    assert found.estimate == 0
    assert np.all(np.isnan(estimators.quantile_interval([0.0, np.nan, 1.0], 0.5, delta=0.9)))


@pytest.mark.parametrize("delta", [0.3, 0.05, 1e-6])
@pytest.mark.parametrize("number", [1, 8, 40])
def test_proportions_are_covered(number, delta):
    counts = np.arange(number + 1)
    found = estimators.clopper_pearson(counts, number, delta=delta)
    ends = np.concatenate([found.lower, found.upper])
    # Coverage jumps where p passes an end, so the worst p lies next to one.
    for prob in np.clip(np.concatenate([np.linspace(0, 1, 101), ends * (1 - 1e-9), ends * (1 + 1e-9)]), 0, 1):
        mass = stats.binom.pmf(counts, number, prob)
        assert mass[prob < found.lower].sum() <= delta / 2 * (1 + 1e-9)
        assert mass[prob > found.upper].sum() <= delta / 2 * (1 + 1e-9)


def test_proportions_agree_with_scipys_test():
    for successes, number, delta in [(0, 5, 0.1), (3, 10, 0.05), (17, 17, 0.01), (40, 1000, 1e-6)]:
        found = estimators.clopper_pearson(successes, number, delta=delta)
        expected = stats.binomtest(successes, number).proportion_ci(1 - delta, method="exact")
        np.testing.assert_allclose(found[1:], [expected.low, expected.high], rtol=1e-7, atol=1e-12)


def test_ends_solve_the_equations_of_the_tails_however_small():
    found = estimators.clopper_pearson(3, 50, delta=1e-12)
    assert stats.binom.sf(2, 50, found.lower) == pytest.approx(5e-13, rel=1e-6)
    assert stats.binom.cdf(3, 50, found.upper) == pytest.approx(5e-13, rel=1e-6)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), DELTAS)
def test_laws_of_proportions(case, delta):
    successes, number = case
    found = estimators.clopper_pearson(successes, number, delta=delta)
    assert 0 <= found.lower <= found.estimate <= found.upper <= 1
    failures = estimators.clopper_pearson(number - successes, number, delta=delta)
    assert found.lower == pytest.approx(1 - failures.upper, abs=1e-12)


def test_tails_count_the_threshold_itself_in_the_dtype_of_the_values():
    values = np.float32([[0.1, 5], [0.2, np.nan], [0.3, 5], [0.4, 1]])
    upper = estimators.tail_probability(values, 0.2, "upper", delta=0.1)
    lower = estimators.tail_probability(values, 0.2, "lower", delta=0.1)
    np.testing.assert_array_equal(upper.estimate, [0.75, 0.75])
    np.testing.assert_array_equal(lower.estimate, [0.5, 0])
    np.testing.assert_array_equal(upper, estimators.clopper_pearson([3, 3], 4, delta=0.1))
    assert estimators.tail_probability(np.array([1, 2, 3]), 1.5, "upper", delta=0.1).estimate == pytest.approx(2 / 3)


def test_bad_input():
    with pytest.raises(ValueError, match=r"`values` must have shape \(replicates, ...\); got shape \(0,\)"):
        estimators.quantile_interval([], 0.5, delta=0.1)
    with pytest.raises(ValueError, match=r"`level` must lie in \(0, 1\); got 1"):
        estimators.quantile_interval([1.0], 1, delta=0.1)
    with pytest.raises(ValueError, match=r"`delta` must lie in \(0, 1\); got 0"):
        estimators.quantile_interval([1.0], 0.5, delta=0)
    with pytest.raises(ValueError, match=r"`values` must have shape \(replicates, ...\); got shape \(\)"):
        estimators.tail_probability(1.0, 0.5, "upper", delta=0.1)
    with pytest.raises(ValueError, match="`tail` must be 'upper' or 'lower'; got 'both'"):
        estimators.tail_probability([1.0], 0.5, "both", delta=0.1)
    with pytest.raises(ValueError, match="`threshold` must be one number; got nan"):
        estimators.tail_probability([1.0], float("nan"), "upper", delta=0.1)
    with pytest.raises(ValueError, match=r"`successes` must be whole numbers in \[0, 3\]; got 3.5"):
        estimators.clopper_pearson([1, 3.5], 3, delta=0.1)
    with pytest.raises(ValueError, match="`num_trials` must be a whole number of at least 1; got 0"):
        estimators.clopper_pearson(0, 0, delta=0.1)
