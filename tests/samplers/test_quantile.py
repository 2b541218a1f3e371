"""Binomial numbers of large mean: the expansion against the incomplete beta function, the law with all its rounding."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from tests.samplers import fits, mutants, thresholds
from zenil_dynamics.samplers import quantile

MODERATE = [
    (128, 0.5), (129, 0.4999), (200, 0.35), (700, 0.1), (1000, 0.07), (6500, 0.01), (64_000_001, 1e-6), (300, 0.5),
    (1000, 0.3), (10_000, 0.2), (10_000, 0.5), (10**6, 1e-3), (2**31 - 1, 1e-7),
]  # fmt: skip
"""Trials and probabilities up to 50 standard deviations: all thresholds are bisected."""

LARGE = [(10**6, 0.5, 1.8), (10**6, 0.5, 2.5), (10**6, 0.2, -1.9), (2**31 - 1, 1e-4, 2.1)]
"""Up to 512 standard deviations, and z: the masses near z are added up over all words that can give them."""


def distance_of(expansion, num_s=30, num_delta=21):
    """Total variation and largest error over a grid that the fit has not seen."""
    s, delta, z = fits.binomial_grid(quantile.SMALLEST_MEAN, num_s, num_delta)
    with jax.enable_x64(True):
        found = np.asarray(jax.jit(expansion)(jnp.asarray(z), jnp.asarray(s), jnp.asarray(delta)))
    error = found - fits.exact_binomial_expansion(s, delta, z)
    return fits.total_variation_of(error, z).max(), np.abs(error).max()


def test_expansion_is_within_1e_7_in_total_variation():
    total_variation, largest = distance_of(quantile.expansion)
    assert total_variation < 1e-7
    assert largest < 1e-4  # in z, over |z| <= 6.4: tail probabilities are right within 6.4e-4


@pytest.mark.parametrize("mutant", [mutants.expansion_without_skewness, mutants.expansion_without_continuity_shift])
def test_expansion_measure_catches(mutant):
    assert distance_of(mutant, 6, 4)[0] > 2.0**-12


@pytest.mark.parametrize(("num_trials", "prob"), MODERATE)
def test_law_of_moderate_cases_is_within_2_to_the_minus_20(num_trials, prob):
    success = np.float32(prob)
    failure = np.float32(1 - float(success))
    exact = stats.binom(num_trials, float(success) / (float(success) + float(failure)))
    cdf, counts = thresholds.quantile_law(num_trials, success, failure)
    assert len(counts) > 60
    assert thresholds.total_variation(cdf, exact.cdf(counts)) < 2.0**-20


@pytest.mark.parametrize(("num_trials", "prob", "z"), LARGE)
def test_masses_of_large_cases_are_within_2_to_the_minus_18(num_trials, prob, z):
    """Relative errors of four neighbouring masses; half of their mean is the contribution to total variation."""
    success = np.float32(prob)
    failure = np.float32(1 - float(success))
    exact = stats.binom(num_trials, float(success) / (float(success) + float(failure)))
    middle = int(exact.mean() + z * exact.std())
    counts = np.arange(middle - 2, middle + 3)
    reach = quantile.BLUR + 4 / exact.std()
    ranks = np.arange(*(int(stats.norm.cdf(z + side * reach) * 2**32) for side in (-1, 1)))
    cdf = np.zeros(len(counts))
    for part in np.array_split(ranks, max(1, len(ranks) // 2**22)):
        alpha, sd = thresholds.position(part, num_trials, success, failure)
        for i, count in enumerate(counts):
            # P(alpha + blur < count + 1), strictly below: the blur has atoms.
            level = np.nextafter((count + 1 - alpha) / (sd * quantile.BLUR), -np.inf)
            cdf[i] += thresholds.triangular_cdf(level).sum() / 2.0**32
    relative = np.diff(cdf) / exact.pmf(counts[1:]) - 1
    assert np.abs(relative).max() < 2.0**-18


def test_blur_is_triangular_and_bounded():
    words = jnp.asarray(np.array([0, 2**32 - 1, 2**16 - 1, 0xFFFF0000], np.uint32))
    blur = np.asarray(quantile.blur(words))
    assert np.array_equal(blur, np.float32(quantile.BLUR) * np.array([-65535, 65535, 0, 0], np.float32) / 65536)


def test_split_starts_where_masses_get_rough():
    """At 512 standard deviations one unit is two half widths of the blur: beyond, neighbouring words stop averaging."""
    assert 1 / np.sqrt(quantile.SPLIT_VARIANCE) == 2 * quantile.BLUR
