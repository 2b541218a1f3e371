"""Negative binomial numbers: the law of the gamma rate with all its rounding, then the law through the public door."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from tests import bounds
from tests.samplers import fits, mutants, thresholds
from zenil_dynamics import samplers
from zenil_dynamics.samplers.gamma import quantile
from zenil_dynamics.samplers.negative_binomial import rate_from_word
from zenil_dynamics.samplers.normal import from_random_word
from zenil_dynamics.samplers.two_float import TwoFloat

NUM_DRAWS = 2**17
RATES = [(8.0, 1e-3), (8.0, 2.0**27), (30.0, 1e3), (1e5, 1e5), (1e6, 2.0**29), (1e9, 2.0**29 + 64)]
LAW = [
    (0.01, 50.0), (0.3, 2.0), (1.0, 3.0), (1.0, 1e5), (2.5, 0.1), (2.5, 40.0), (7.99, 1e4), (8.0, 1e4), (30.0, 30.0),
    (1e3, 1e5), (1e6, 1e6), (np.inf, 100.0),
]  # fmt: skip
"""(shape, mean): every regime of the gamma number, small and large rates, and the Poisson limit."""


@jax.jit
def _rate(word, shape, mean):
    full = TwoFloat(jnp.full(word.shape, mean), jnp.zeros(word.shape))
    return rate_from_word(word, jnp.full(word.shape, shape), full)


@jax.jit
def _rate_of_24_bits(word, shape, mean):
    rate = mean * (quantile(from_random_word(word), jnp.full(word.shape, shape)) / shape)
    return rate, jnp.zeros_like(rate)


def rate_distance(shape, mean, function=_rate):
    """Total variation between the law of the rate and the gamma law.

    Rounding is averaged over one standard deviation of a Poisson number of this mean, in units of that of the rate.
    """

    def value_at(rank):
        high, low = function(thresholds.word_of_rank(rank), np.float32(shape), np.float32(mean))
        return (np.asarray(high, np.float64) - mean + np.asarray(low, np.float64)) / mean

    width = min(0.05, np.sqrt(shape / mean))
    error = thresholds.mean_deviation(value_at, lambda z: fits.exact_gamma_quantile(shape, z) / shape - 1, width)
    return fits.total_variation_of(error, thresholds.LEVELS)


@pytest.mark.parametrize(("shape", "mean"), RATES)
def test_rate_is_within_2_to_the_minus_21(shape, mean):
    """A Poisson number of this rate adds at most its own 2^-21: see test_poisson.py."""
    assert rate_distance(shape, mean) < 2.0**-21


def test_rate_measure_catches_a_rate_of_24_bits():
    assert rate_distance(1e6, 2.0**29, _rate_of_24_bits) > 2.0**-16


@jax.jit(static_argnums=0)
def _draws(sampler, shape, mean, num_terms, key):
    return sampler(shape, mean, num_terms, key=key)


def draws(shape, mean, key, sampler=samplers.negative_binomial, num_terms=1):
    """NUM_DRAWS numbers; parameters are repeated over the lanes, so that all tests share one compilation."""
    lanes = [np.resize(np.asarray(parameter, np.float32), NUM_DRAWS) for parameter in (shape, mean)]
    return np.asarray(_draws(sampler, *lanes, np.resize(np.asarray(num_terms, np.int32), NUM_DRAWS), key))


def log_evidence(sampler, shape, mean, key, num_terms=1):
    """log e-value of NUM_DRAWS numbers in at most 16 bins against the exact law, and its threshold at 1e-9 / 13."""
    shape, mean = float(np.float32(shape)) * num_terms, float(np.float32(mean)) * num_terms
    law = stats.poisson(mean) if np.isinf(shape) else stats.nbinom(shape, shape / (shape + mean))
    ends = np.unique(law.ppf(np.arange(1, 16) / 16))
    ends = ends[: np.searchsorted(-law.sf(ends), -5e-4)]
    probs = np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))
    drawn = draws(shape / num_terms, mean / num_terms, key, sampler, num_terms)
    counts = np.bincount(np.searchsorted(ends, drawn, side="left"), minlength=len(probs))
    threshold = bounds.log_evalue_threshold(1e-9 / (len(LAW) + 1)) + bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(counts, probs), threshold


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: a shape larger by 10 % (caught from mean 2 on), no gamma number at all, a sum of the shape of one term."""
    for i, (shape, mean) in enumerate(LAW):
        evidence, threshold = log_evidence(samplers.negative_binomial, shape, mean, jax.random.fold_in(key, i))
        assert evidence < threshold, (shape, mean)
    evidence, threshold = log_evidence(samplers.negative_binomial, 0.7, 2.0, jax.random.fold_in(key, 99), num_terms=5)
    assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "shape", "mean", "num_terms"),
    [
        *(
            (mutants.negative_binomial_of_ten_percent_more_shape, *case, 1)
            for case in [(0.01, 50.0), (0.3, 2.0), (1.0, 3.0), (2.5, 40.0), (7.99, 1e4), (8.0, 1e4), (1e3, 1e5)]
        ),
        (mutants.negative_binomial_without_gamma, 30.0, 30.0, 1),
        (mutants.negative_binomial_without_gamma, 1e6, 1e6, 1),
        (mutants.negative_binomial_of_one_shape, 0.7, 2.0, 5),
    ],
)
def test_law_catches(mutant, shape, mean, num_terms, key):
    """Expected evidence above 70 against a threshold below 40."""
    evidence, threshold = log_evidence(mutant, shape, mean, key, num_terms)
    assert evidence > threshold


def test_certain_results_and_bad_arguments(key):
    nan, inf = np.nan, np.inf
    cases = [
        (1.0, 0.0, 1, 0), (0.0, 0.0, 1, 0), (1.0, 5.0, 0, 0), (1.0, 5.0, -2, 0), (inf, 0.0, 9, 0), (inf, 3.0, 0, 0),
        (0.0, 5.0, 1, -1), (-1.0, 5.0, 1, -1), (1.0, -5.0, 1, -1), (nan, 5.0, 1, -1), (1.0, nan, 1, -1),
        (1.0, inf, 1, -1), (1e6, 2.0**31, 1, -1), (1e3, 1e3, 2**31 - 1, -1), (1e-30, 2.0, 1, 0),
    ]  # fmt: skip
    shape, mean, num_terms, expected = zip(*cases, strict=True)
    assert np.array_equal(draws(shape, mean, key, num_terms=num_terms), np.resize(expected, NUM_DRAWS))


def test_a_rate_above_the_largest_one_is_told(key):
    """Geometric numbers of mean 2^30: the rate is above 2^30 in one of e draws; all others stay."""
    drawn = draws(1.0, 2.0**30, key)
    assert drawn.min() == -1
    assert 2**29 < drawn.max() < 2**30 + 10 * 2**15
    assert np.all(draws(1.0, 2.0**23, key) >= 0)


def test_a_sum_of_terms_is_one_number_of_the_summed_parameters(key):
    assert np.array_equal(draws(0.5, 3.0, key, num_terms=10**6), draws(5e5, 3e6, key))


def test_broadcasting_and_vmap():
    keys, shape, mean = (
        jax.random.split(jax.random.key(1), 5),
        jnp.asarray([0.5, 3.0, 2e3]),
        jnp.asarray([[2.0], [70.0]]),
    )
    grid = jax.eval_shape(lambda key: samplers.negative_binomial(shape, mean, np.int32(4), key=key), keys[0])
    assert (grid.shape, grid.dtype) == ((2, 3), np.int32)
    one_by_one = [samplers.negative_binomial(shape, 5, 3, key=key) for key in keys]
    batched = jax.jit(jax.vmap(lambda key: samplers.negative_binomial(shape, 5.0, 3, key=key)))(keys)
    assert np.array_equal(batched, one_by_one)
    with jax.enable_x64(True):
        double = samplers.negative_binomial(np.asarray(shape, np.float64), 5.0, 3, key=keys[0])
        assert double.dtype == np.int32
        assert np.array_equal(double, one_by_one[0])
    with pytest.raises(ValueError, match="`key` must be a typed key"):
        samplers.negative_binomial(1.0, 1.0, key=jnp.zeros(2, jnp.uint32))
