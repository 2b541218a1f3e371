"""The thresholds themselves, against exact laws where there are any."""

import math

import numpy as np
import pytest
from scipy import stats

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
