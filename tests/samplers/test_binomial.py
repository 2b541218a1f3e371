"""Binomial numbers through the public door: exact corners, ten thousand settings, the law in all regimes."""

import itertools

import jax
import numpy as np
import pytest
from scipy import stats

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import samplers

NUM_DRAWS = 2**17
NUM_BINS = 16
LAW = [
    (1, 0.3), (2, 0.5), (7, 0.02), (40, 0.1), (300, 0.04), (64, 0.5), (301, 0.01), (301, 0.999), (700, 0.08),
    (700, 0.1), (700, 0.5), (10**4, 1e-4), (10**4, 0.0063), (10**4, 0.0065), (10**4, 0.4), (10**6, 1e-6),
    (10**6, 0.3), (10**6, 1 - 2e-5),
    (10**9, 3e-8), (10**9, 0.25), (2**31 - 1, 0.5), (2**31 - 1, 2e-7),
]  # fmt: skip
"""Every regime: search of each length, quantile, quantile in two parts, both flips, and both sides of each border."""


@jax.jit(static_argnums=0)
def _draws(sampler, num_trials, success, failure, key):
    return sampler(num_trials, success, failure, key=key)


def draws(num_trials, success, failure, key, sampler=samplers.binomial):
    """NUM_DRAWS numbers; parameters are repeated over the lanes, so that all tests share one compilation."""
    lanes = [np.resize(np.asarray(weight, np.float32), NUM_DRAWS) for weight in (success, failure)]
    return np.asarray(_draws(sampler, np.resize(np.asarray(num_trials, np.int32), NUM_DRAWS), *lanes, key))


def test_certain_results(key):
    trials = [0, 0, 5, 5, 10**6, 10**6, 2**31 - 1, 2**31 - 1, -3, 7]
    success = [0.5, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 1e-30, 0.5, 0.0]
    failure = [0.5, 1.0, 1.0, 0.0, 3.0, 0.0, 1e-30, 0.0, 0.5, 0.0]
    expected = [0, 0, 0, 5, 0, 10**6, 0, 2**31 - 1, 0, 0]
    assert np.array_equal(draws(trials, success, failure, key), np.resize(expected, NUM_DRAWS))


def test_ten_thousand_settings_stay_in_range(key):
    """Trials from 0 to 2^31 - 1, weights over sixty orders of magnitude, 12 draws each; the loops end."""
    rng = np.random.default_rng(1)
    trials = np.concatenate([rng.integers(0, 200, 4000), np.geomspace(1, 2**31 - 1, 6000).astype(np.int64)])
    success, failure = 10.0 ** rng.uniform(-30, 30, (2, 10_000)), 10.0 ** rng.uniform(-30, 30, (2, 10_000))
    close = rng.random(10_000) < 0.7
    success, failure = success[0], np.where(close, success[0] * 10.0 ** rng.uniform(-9, 9, 10_000), failure[0])
    failure = np.clip(failure, 1e-30, 1e30)
    success, failure = success.astype(np.float32), failure.astype(np.float32)
    drawn = draws(trials, success, failure, key)[:120_000].reshape(12, 10_000)
    assert drawn.dtype == np.int32
    assert np.all((drawn >= 0) & (drawn <= trials))
    prob = success.astype(np.float64) / (success.astype(np.float64) + failure)
    mean, variance = trials * prob, trials * prob * (1 - prob)
    # Not a test of the law: 60 standard deviations and 60 counts, which only a wrong regime can leave.
    assert np.all(np.abs(drawn - mean) <= 60 * np.sqrt(variance) + 60)


def test_broadcasting_and_defaults():
    shapes = jax.eval_shape(lambda key: samplers.binomial(10, 0.5, key=key), jax.random.key(0))
    assert (shapes.shape, shapes.dtype) == ((), np.int32)
    grid = jax.eval_shape(lambda n, p, key: samplers.binomial(n, p, key=key), *np.ogrid[:3, 0:1:0.5], jax.random.key(0))
    assert (grid.shape, grid.dtype) == ((3, 2), np.int32)
    draw = jax.jit(lambda n, p, q, key: (samplers.binomial(n, p, key=key), samplers.binomial(n, p, q, key=key)))
    left_out, given = draw(9, 0.25, 0.75, jax.random.key(4))
    assert left_out == given


def test_weights_need_no_common_scale(key):
    """Powers of two change nothing at all."""
    trials = np.tile([30, 5000], 250)
    success, failure = np.linspace(0.01, 5, 500), np.linspace(2, 0.1, 500)
    plain = draws(trials, success, failure, key)
    for scale in (2.0**40, 2.0**-80):
        assert np.array_equal(plain, draws(trials, success * scale, failure * scale, key))


def test_failure_weight_keeps_a_probability_close_to_one(key):
    """success 1, failure 1e-9: float32 has no number 1 - 1e-9, and 2e9 trials miss about twice."""
    missed = 2_000_000_000 - draws(2_000_000_000, 1.0, 1e-9, key).astype(np.int64)
    assert missed.min() >= 0
    assert 1.9 < missed.mean() < 2.1  # 27 standard errors on each side


def test_float64_weights_count_with_more_than_24_bits(key):
    """10^9 trials: float32 moves the mean of p = 0.3 by 12, far below the noise, but two coupled draws show it."""
    single = draws(10**9, 0.3, 0.7, key)
    with jax.enable_x64(True):
        trials = np.full(NUM_DRAWS, 10**9, np.int64)
        double = _draws(samplers.binomial, trials, np.full(NUM_DRAWS, 0.3), np.full(NUM_DRAWS, 0.7), key)
        assert double.dtype == np.int32
        double = np.asarray(double)
    success, failure = float(np.float32(0.3)), float(np.float32(0.7))
    assert np.allclose(double - single, 1e9 * (0.3 - success / (success + failure)), atol=3)


def bins(num_trials, prob):
    """Upper ends and exact probabilities of at most NUM_BINS bins of a binomial law, none rarer than 1 / 2000."""
    law = stats.binom(num_trials, prob)
    ends = np.unique(law.ppf(np.arange(1, NUM_BINS) / NUM_BINS))
    probs = np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))
    keep = [i for i in range(len(ends)) if probs[i] > 5e-4]
    ends = ends[keep]
    if len(ends) and law.sf(ends[-1]) < 5e-4:
        ends = ends[:-1]
    return ends, np.diff(np.concatenate([[0.0], law.cdf(ends), [1.0]]))


def log_evidence(sampler, num_trials, prob, key):
    """log e-value of NUM_DRAWS numbers against the exact law of the float32 weights, and its threshold at 1e-9 / 21."""
    success, failure = np.float32(prob), np.float32(1 - prob)
    ends, probs = bins(num_trials, float(success) / (float(success) + float(failure)))
    drawn = draws(num_trials, success, failure, key, sampler)
    counts = np.bincount(np.searchsorted(ends, drawn, side="left"), minlength=len(probs))
    threshold = bounds.log_evalue_threshold(1e-9 / len(LAW)) + bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(counts, probs), threshold


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: one trial less (caught up to 64 trials, 301 near p = 1), p larger by 5 % (caught where n p > 1)."""
    for i, (num_trials, prob) in enumerate(LAW):
        evidence, threshold = log_evidence(samplers.binomial, num_trials, prob, jax.random.fold_in(key, i))
        assert evidence < threshold, (num_trials, prob)


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "num_trials", "prob"),
    [
        *((mutants.binomial_of_one_trial_less, *case) for case in [(1, 0.3), (64, 0.5), (301, 0.999)]),
        *((mutants.binomial_of_five_percent_more, *case) for case in LAW if 1.0 < case[0] * case[1] and case[1] < 0.9),
        *((mutants.binomial_by_rounded_normal, *case) for case in [(40, 0.1), (300, 0.04)]),
    ],
)
def test_law_catches(mutant, num_trials, prob, key):
    """Expected evidence E >= 280; Gaussian about E with variance 2 E: short of 30 with probability below 1e-20."""
    evidence, threshold = log_evidence(mutant, num_trials, prob, key)
    assert evidence > threshold


def test_lanes_of_one_draw_are_independent_words():
    """Equal parameters in one call give different numbers; equal keys in two calls the same ones."""
    drawn = [draws(10**6, 0.5, 0.5, jax.random.key(k))[:64] for k in (1, 1, 2)]
    assert np.array_equal(drawn[0], drawn[1])
    assert len(np.unique(drawn[0])) > 50
    assert np.mean(drawn[0] == drawn[2]) < 0.1


def test_settings_cover_every_regime():
    """Premise of the tests above."""
    means = [n * min(p, 1 - p) for n, p in LAW]
    for low, high in itertools.pairwise([0, 4.3, 18.8, 64, 1e5, 1e10]):
        assert any(low <= mean < high for mean in means)
