"""Poisson numbers: the exact law of both ways to draw them, rates up to 2^30, what comes back for a bad rate."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from tests import bounds
from tests.samplers import fits, mutants, thresholds
from zenil_dynamics import samplers
from zenil_dynamics.samplers import inversion, quantile
from zenil_dynamics.samplers.poisson import LARGEST_RATE, draw, position
from zenil_dynamics.samplers.two_float import TwoFloat

SMALL = np.array([1e-8, 1e-4, 0.1, 0.7, 1.0, 3.0, 4.2999, 10.0, 18.5, 30.0, 45.0, 63.9999], np.float32)
MODERATE = [64.0, 65.3, 100.1, 300.7, 1000.0, 2500.0]
LARGE = [64.0, 1e3, 12345.6, 262143.9, 1e6, 1e8, LARGEST_RATE / 8, 7 * LARGEST_RATE / 8]
NUM_DRAWS = 2**17
LAW = [0.3, 1.0, 4.0, 15.0, 50.0, 63.99, 64.0, 1e3, 1e5, 262144.0, 1e7, LARGEST_RATE]
"""Every regime: search of each length, expansion, expansion in two parts, and both sides of each border."""


def search_distance(search=inversion.count_from_words):
    """Total variation of what the passes draw together from the Poisson law, per rate; what a pass leaves over."""
    trials = np.full(SMALL.shape, 2**31 - 1)
    law, left_over = thresholds.search_law(trials, SMALL * np.float32(2.0**-31), inversion.STEPS[-1], search)
    exact = stats.poisson.pmf(np.arange(law.shape[1]), SMALL.astype(np.float64)[:, None])
    normalised = law / law.sum(1, keepdims=True)
    return 0.5 * (np.abs(normalised - exact).sum(1) + 1 - exact.sum(1)), left_over


def test_search_is_within_2_to_the_minus_21_in_total_variation():
    total_variation, left_over = search_distance()
    assert total_variation.max() < 2.0**-21
    assert left_over.min() > 2.0**-22
    assert left_over.max() < 2.0**-15


def test_search_measure_catches_a_rate_with_one_part_in_ten_thousand_more():
    def more(steps, first, second, num_trials, odds):
        return inversion.count_from_words(steps, first, second, num_trials, odds * 1.0001)

    assert search_distance(more)[0].max() > 2.0**-13


@jax.jit
def _position(word, rate):
    whole, fraction, sd = position(word, TwoFloat(jnp.full(word.shape, rate), jnp.zeros(word.shape)))
    return whole, fraction, sd


def position_of(rate, function=_position):
    """Alpha at given ranks, as float64, and the standard deviation."""

    def position_at(rank):
        whole, fraction, sd = function(thresholds.word_of_rank(rank), jnp.float32(rate))
        return np.asarray(whole, np.float64) + np.asarray(fraction, np.float64), float(sd[0])

    return position_at


@jax.jit
def _position_without_skewness(word, rate):
    sd = jnp.sqrt(jnp.full(word.shape, rate))
    return *quantile.place(word, TwoFloat(sd * sd, jnp.zeros_like(sd)), sd, jnp.zeros_like(sd)), sd


def moderate_distance(rate, function=_position):
    law = stats.poisson(float(np.float32(rate)))
    counts = np.arange(max(0, int(law.mean() - 6.5 * law.std())), int(law.mean() + 6.5 * law.std()))
    cdf = thresholds.law_of_positions(position_of(rate, function), counts)
    return thresholds.total_variation(cdf, law.cdf(counts))


@pytest.mark.parametrize("rate", MODERATE)
def test_law_of_moderate_rates_is_within_2_to_the_minus_20(rate):
    assert moderate_distance(rate) < 2.0**-20


def large_distance(rate, function=_position):
    """Total variation between the laws of alpha before blurring: Q(alpha, rate) and what the kernel gives for it."""
    rate = float(np.float32(rate))
    position_at = position_of(rate, function)
    error = thresholds.mean_deviation(lambda rank: position_at(rank)[0], lambda z: fits.exact_poisson_position(rate, z))
    return fits.total_variation_of(error, thresholds.LEVELS)


@pytest.mark.parametrize("rate", LARGE)
def test_positions_of_large_rates_are_within_2_to_the_minus_21(rate):
    """Of one part; the sum of two is within twice that."""
    assert large_distance(rate) < 2.0**-21


def test_measures_catch_an_expansion_without_skewness():
    assert moderate_distance(300.7, _position_without_skewness) > 2.0**-8
    assert large_distance(1e6, _position_without_skewness) > 2.0**-13


def test_masses_before_the_split_are_within_2_to_the_minus_20():
    """Total variation at 512 standard deviations, from six samples of twenty neighbouring masses.

    The words are coarse there, so that the expectation over the blur needs many nodes: with 64, the measure errs.
    """
    rate = float(np.nextafter(np.float32(quantile.SPLIT_VARIANCE), np.float32(0)))
    law, z = stats.poisson(rate), np.array([-2.3, -1.3, -0.4, 0.4, 1.3, 2.3])
    counts = np.floor(law.mean() + z * law.std())[:, None] + np.arange(-10, 11)
    cdf = thresholds.law_of_positions(position_of(rate), counts.ravel(), 2**12).reshape(counts.shape)
    relative = np.abs(np.diff(cdf - law.cdf(counts), axis=1)).sum(1) / law.pmf(counts[:, 1:]).sum(1)
    assert 0.5 * np.average(relative, weights=stats.norm.pdf(z)) < 2.0**-20


@jax.jit(static_argnums=0)
def _draws(sampler, rate, num_terms, key):
    return sampler(rate, num_terms, key=key)


def draws(rate, key, sampler=samplers.poisson, num_terms=1):
    """NUM_DRAWS numbers; parameters are repeated over the lanes, so that all tests share one compilation."""
    lanes = np.resize(np.asarray(rate, np.float32), NUM_DRAWS), np.resize(np.asarray(num_terms, np.int32), NUM_DRAWS)
    return np.asarray(_draws(sampler, *lanes, key))


def test_parts_of_a_rate_need_not_be_unequal():
    """2^29 + 64 - 33040 in two parts of which the second is large: the same position, and the same number."""
    rank = np.arange(10**6, 2**32, 10**8)
    words, size = jnp.asarray(thresholds.word_of_rank(rank)), rank.size
    parts = [(2**29 + 64, -33040), (2**29 - 32960, -16)]
    drawn = []
    for high, low in parts:
        rate = TwoFloat(jnp.full(size, high, jnp.float32), jnp.full(size, low, jnp.float32))
        whole, fraction, _ = jax.jit(lambda word, rate: position(word, rate))(words, rate)
        keys = jnp.full(size, 5, jnp.uint32), jnp.full(size, 6, jnp.uint32)
        numbers = jax.jit(lambda rate, *keys: draw(rate, *keys, jnp.arange(size, dtype=jnp.uint32)))(rate, *keys)
        drawn.append((np.asarray(whole, np.float64) + np.asarray(fraction, np.float64), np.asarray(numbers)))
    assert np.allclose(drawn[0][0], drawn[1][0], atol=1e-4, rtol=0)
    assert np.abs(drawn[0][1] - drawn[1][1]).max() <= 1


def test_certain_results_and_bad_rates(key):
    rates = [0.0, 1e-38, -0.0, -1.0, np.nan, np.inf, -np.inf, 3e38, 1.0001 * 2**30, 5.0, -5.0, 1e-45]
    terms = [1, 1, 1, 1, 1, 1, 1, 1, 1, -3, 0, 2**31 - 1]
    expected = np.resize([0, 0, 0, -1, -1, -1, -1, -1, -1, 0, 0, 0], NUM_DRAWS)
    assert np.array_equal(draws(rates, key, num_terms=terms), expected)


def test_largest_rate_stays_in_range(key):
    drawn = draws(LARGEST_RATE, key)
    assert drawn.dtype == np.int32
    assert np.all(np.abs(drawn - 2.0**30) < 9 * 2.0**15)


def test_ten_thousand_rates_stay_in_range(key):
    """Rates over 45 orders of magnitude, 13 draws each; the loops end."""
    rates = np.geomspace(1e-36, LARGEST_RATE, 10_000).astype(np.float32)
    drawn = draws(rates, key)[:130_000].reshape(13, 10_000)
    # Not a test of the law: 60 standard deviations and 60 counts, which only a wrong regime can leave.
    assert np.all(drawn >= 0)
    assert np.all(np.abs(drawn - rates.astype(np.float64)) <= 60 * np.sqrt(rates) + 60)


def test_sum_of_terms_has_the_exact_product_as_its_rate(key):
    """10^9 terms of rate 0.1 by one word each: float32 alone would move the rate by more than one."""
    rate, num_terms = np.float32(0.1), 10**9
    product = float(rate) * num_terms
    assert abs(float(np.float32(product)) - product) > 0.4
    by_terms = draws(rate, key, num_terms=num_terms)
    with jax.enable_x64(True):
        double = _draws(samplers.poisson, np.full(NUM_DRAWS, product), np.ones(NUM_DRAWS, np.int32), key)
        assert double.dtype == np.int32
        double = np.asarray(double)
    rounded = draws(np.float32(product), key)
    assert np.abs(by_terms - double).max() <= 2
    assert np.abs((by_terms - double).mean()) < 0.02
    assert np.abs((rounded - double).mean()) > 0.3


def test_broadcasting_integers_and_vmap():
    keys = jax.random.split(jax.random.key(1), 5)
    rates, terms = jnp.asarray([1, 3, 2000]), jnp.asarray([[1], [7]])
    grid = jax.eval_shape(lambda rates, terms, key: samplers.poisson(rates, terms, key=key), rates, terms, keys[0])
    assert (grid.shape, grid.dtype) == ((2, 3), np.int32)
    as_floats = samplers.poisson(rates.astype(jnp.float32), key=keys[0])
    assert np.array_equal(samplers.poisson(rates, key=keys[0]), as_floats)
    batched = jax.jit(jax.vmap(lambda key: samplers.poisson(rates, key=key)))(keys)
    assert np.array_equal(batched, [samplers.poisson(rates, key=key) for key in keys])
    with pytest.raises(ValueError, match="`key` must be a typed key"):
        samplers.poisson(1.0, key=jnp.zeros(2, jnp.uint32))


def log_evidence(sampler, rate, key):
    """log e-value of NUM_DRAWS numbers in about 16 bins against the exact law, and its threshold at 1e-9 / 12."""
    law = stats.poisson(float(np.float32(rate)))
    ends = np.unique(law.ppf(np.arange(1, 16) / 16))
    ends = ends[: np.searchsorted(-law.sf(ends), -5e-4)]
    probs = np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))
    drawn = draws(rate, key, sampler)
    counts = np.bincount(np.searchsorted(ends, drawn, side="left"), minlength=len(probs))
    threshold = bounds.log_evalue_threshold(1e-9 / len(LAW)) + bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(counts, probs), threshold


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: a rate larger by 5 % (caught everywhere), a rounded normal number (up to 50), 3 % more deviation."""
    for i, rate in enumerate(LAW):
        evidence, threshold = log_evidence(samplers.poisson, rate, jax.random.fold_in(key, i))
        assert evidence < threshold, rate


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "rate"),
    [
        *((mutants.poisson_of_five_percent_more, rate) for rate in LAW[:-1]),
        *((mutants.poisson_by_rounded_normal, rate) for rate in (1.0, 4.0, 15.0, 50.0)),
        *((mutants.poisson_of_a_wide_blur, rate) for rate in (1e5, LARGEST_RATE)),
    ],
)
def test_law_catches(mutant, rate, key):
    """Expected evidence E >= 100; Gaussian about E with variance 2 E: short of 40 with probability below 1e-4."""
    evidence, threshold = log_evidence(mutant, rate, key)
    assert evidence > threshold
