"""The thresholds themselves, against exact laws where there are any."""

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats

from tests import bounds


@pytest.mark.parametrize("prob", [0.5, 0.1, 0.01])
@pytest.mark.parametrize("num_samples", [10, 100, 1000])
def test_hoeffding_holds_for_coins(prob, num_samples):
    law, counts = stats.binom(num_samples, prob), np.arange(num_samples + 1)
    for delta in (0.1, 1e-3, 1e-9):
        outside = np.abs(counts / num_samples - prob) > bounds.hoeffding(num_samples, delta, 1.0)
        assert law.pmf(counts)[outside].sum() <= delta


@pytest.mark.parametrize("prob", [0.5, 0.1, 0.01])
@pytest.mark.parametrize("num_samples", [10, 100, 1000])
def test_empirical_bernstein_holds_for_coins(prob, num_samples):
    law, counts = stats.binom(num_samples, prob), np.arange(num_samples + 1)
    means = counts / num_samples
    for delta in (0.1, 1e-3, 1e-9):
        distances = [bounds.empirical_bernstein(mean * (1 - mean), num_samples, delta, 1.0) for mean in means]
        assert law.pmf(counts)[np.abs(means - prob) > distances].sum() <= delta


def test_median_of_means_survives_outliers_and_refuses_too_few_values():
    values = np.zeros(1700)
    values[0] = 1e9
    assert bounds.median_of_means(values, 1.0, 1e-9)[0] == 0
    with pytest.raises(ValueError, match="needs at least 166 values; got 100"):
        bounds.median_of_means(np.zeros(100), 1.0, 1e-9)


@pytest.mark.parametrize("degrees", [1.0, 6.0, 99.0])
@pytest.mark.parametrize("delta", [1e-2, 1e-4])
def test_log_chi_square_bound_holds_for_one_value(degrees, delta):
    centre = float(np.mean([math.log(2) + stats.loggamma(degrees / 2).mean()]))
    distance = bounds.log_chi_square_mean(np.array([degrees]), 1, delta)
    law = stats.loggamma(degrees / 2)
    outside = law.cdf(centre - distance - math.log(2)) + law.sf(centre + distance - math.log(2))
    assert outside <= delta


def test_chi_square_interval_is_exact():
    low, high = bounds.chi_square_mean(3.0, 10, 0.01)
    assert stats.chi2(30).cdf(10 * low) + stats.chi2(30).sf(10 * high) == pytest.approx(0.01)


def test_binomial_interval_leaves_at_most_delta():
    low, high = bounds.binomial_interval(50, 0.2, 1e-3)
    law = stats.binom(50, 0.2)
    assert law.cdf(low - 1) + law.sf(high) <= 1e-3


@pytest.mark.parametrize("delta", [1e-9, 1e-3, 0.1])
@pytest.mark.parametrize(("num_samples", "prob"), [(10, 0.5), (300, 0.1), (10_000, 0.003)])
def test_bernstein_holds_for_coins(num_samples, prob, delta):
    law, counts = stats.binom(num_samples, prob), np.arange(num_samples + 1)
    radius = bounds.bernstein(num_samples, delta, prob * (1 - prob), max(prob, 1 - prob))
    assert law.pmf(counts)[np.abs(counts / num_samples - prob) >= radius].sum() <= delta


def test_bernstein_beats_hoeffding_for_small_variance_only():
    assert bounds.bernstein(10_000, 1e-9, 1e-3, 1.0) < 0.3 * bounds.hoeffding(10_000, 1e-9, 1.0)
    assert bounds.bernstein(10_000, 1e-9, 0.25, 1.0) > bounds.hoeffding(10_000, 1e-9, 1.0)


@pytest.mark.parametrize("delta", [1e-12, 1e-4, 0.05])
@pytest.mark.parametrize("degrees", [1, 2, 10, 99, 10_000])
def test_chi_square_range_holds(degrees, delta):
    low, high = bounds.chi_square_range(degrees, delta)
    assert stats.chi2.cdf(low, degrees) + stats.chi2.sf(high, degrees) <= delta


@pytest.mark.parametrize("delta", [1e-9, 1e-3])
@pytest.mark.parametrize("prob", [0.5, 0.02])
def test_proportion_interval_covers(prob, delta):
    mass = stats.binom.pmf(np.arange(301), 300, prob)
    intervals = [bounds.proportion_interval(count, 300, delta) for count in range(301)]
    assert mass[[not low <= prob <= high for low, high in intervals]].sum() <= delta
    assert intervals[0][0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("probs", [[0.5, 0.5], [0.7, 0.2, 0.1], [0.25, 0.0, 0.75], [1.0]])
def test_multinomial_evalue_has_expectation_one(probs):
    num_samples, probs, expectation = 7, np.array(probs), 0.0
    for counts in map(np.array, itertools.product(range(num_samples + 1), repeat=len(probs))):
        if counts.sum() == num_samples and not counts[probs == 0].any():
            log_mass = special.gammaln(num_samples + 1) - special.gammaln(counts + 1).sum()
            log_mass += special.xlogy(counts, probs).sum()
            expectation += math.exp(log_mass + bounds.log_evalue_multinomial(counts, probs))
    assert expectation == pytest.approx(1.0, rel=1e-9)


def test_multinomial_evalue_sees_the_impossible():
    assert bounds.log_evalue_multinomial(np.array([3, 1]), np.array([1.0, 0.0])) == math.inf
    assert bounds.log_evalue_threshold(1e-9) == pytest.approx(math.log(1e9))


def test_law_allowance_bounds_the_shifted_likelihood():
    probs, shift = np.array([0.3, 0.7]), 1e-6
    worst = 1000 * np.log((probs + np.array([shift, -shift])) / probs).max()
    # The logarithm of the shifted likelihood is itself rounded, at 1e-16 / 1e-6 of its value.
    assert bounds.law_allowance(1000, shift, probs) == pytest.approx(worst, rel=1e-8)
