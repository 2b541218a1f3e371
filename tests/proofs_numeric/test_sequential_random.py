"""The kernels on draws: false alarms under peeking, importance sampling at 1e-9, coverage of the reported interval."""

import math

import numpy as np
import pytest
from scipy import stats

from proofs_numeric.sequential import OneSidedTest, Sums, confidence_sequence
from proofs_numeric.sequential.lower_bounded import FRACTIONS
from tests.proofs_numeric.test_sequential_exact import crossing_probability

REPETITIONS = 2000


def most_alarms(level, delta):
    """Smallest count that Binomial(REPETITIONS, level) exceeds with probability at most delta: exact tail."""
    return int(stats.binom.isf(delta, REPETITIONS, level))


def ever_crosses(samples, mean, lower, level):
    """Whether K1 crosses 1/level at some sample, for each row; looked at after every sample."""
    surplus = (samples - mean) / (mean - lower)
    wealth = np.zeros((samples.shape[0], FRACTIONS.size))
    crossed = np.zeros(samples.shape[0], bool)
    for column in surplus.T:
        wealth += np.log1p(FRACTIONS[None, :] * column[:, None])
        crossed |= np.log(np.mean(np.exp(wealth), axis=1)) >= math.log(1 / level)
    return crossed


LAWS = {
    "bernoulli": (lambda rng, shape: (rng.random(shape) < 0.1).astype(float), 0.1),
    "beta": (lambda rng, shape: rng.beta(0.5, 0.5, shape), 0.5),
    "exponential": (lambda rng, shape: rng.exponential(1.0, shape), 1.0),
}


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("law", LAWS)
def test_false_alarms_at_five_percent_with_peeking(law):
    draw, mean = LAWS[law]
    alarms = ever_crosses(draw(np.random.default_rng(7), (REPETITIONS, 400)), mean, 0.0, 0.05).sum()
    assert alarms <= most_alarms(0.05, 1e-9)


@pytest.mark.stat(delta=1e-9)
def test_null_that_is_false_is_caught():
    """Mutant: mean of the null 10 % below the true one; power at 400 samples is far above what 5 % allows."""
    draw, mean = LAWS["beta"]
    alarms = ever_crosses(draw(np.random.default_rng(8), (REPETITIONS, 400)), 0.9 * mean, 0.0, 0.05).sum()
    assert alarms > most_alarms(0.05, 1e-9)


@pytest.mark.stat(delta=1e-9)
def test_one_in_a_billion_by_importance_sampling():
    """Fair coin, alpha = 1e-9, tilted to the bettor's own measure, where the weight of a crossing path is 1/e <= alpha.

    The estimate over alpha averages numbers in [0, 1], so Hoeffding at 1e-9 bounds its distance from the exact value.
    """
    alpha, flips, paths = 1e-9, 1500, 4000
    rng = np.random.default_rng(9)
    fraction = FRACTIONS[rng.integers(FRACTIONS.size, size=paths)]
    wealth = np.zeros((paths, FRACTIONS.size))
    weight = np.zeros(paths)
    for _ in range(flips):
        heads = rng.random(paths) < 0.5 * (1 + fraction)
        wealth += np.where(heads[:, None], np.log1p(FRACTIONS), np.log1p(-FRACTIONS))
        evidence = np.mean(np.exp(np.minimum(wealth, 600.0)), axis=1)
        first = (weight == 0) & (evidence >= 1 / alpha)
        weight[first] = 1 / evidence[first]
    estimate = weight.mean() / alpha
    exact = crossing_probability(0.5, 0.5, math.log(1 / alpha), flips) / alpha
    assert abs(estimate - exact) <= math.sqrt(math.log(2 / 1e-9) / (2 * paths))
    assert exact <= 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("facts", ["range", "variance", "both"])
def test_interval_covers_at_every_look(facts):
    """Level .05, 2,000 repetitions, four looks: the number of misses obeys the exact binomial bound."""
    rng = np.random.default_rng(10)
    lower, upper = (0.0, 1.0) if facts != "variance" else (None, None)
    variance = 0.125 if facts != "range" else None
    misses = 0
    for _ in range(REPETITIONS // 4):
        samples, sums, missed = rng.beta(0.5, 0.5, 400), Sums(0.4), False
        for start in range(0, 400, 100):
            sums = sums.add(samples[start : start + 100])
            low, high = confidence_sequence(sums, 0.05, lower, upper, variance)
            missed |= not low <= 0.5 <= high
        misses += missed
    assert misses <= stats.binom.isf(1e-9, REPETITIONS // 4, 0.05)


@pytest.mark.stat(delta=1e-9)
def test_interval_is_not_vacuous():
    """At level .05 and n = 4,000 the width is at most 8 standard errors, and a mean that is off by .1 is left out."""
    samples = np.random.default_rng(11).beta(0.5, 0.5, 4000)
    standard_error = math.sqrt(0.125 / 4000)
    for lower, upper, variance in ((0.0, 1.0, None), (None, None, 0.125), (0.0, 1.0, 0.125)):
        low, high = confidence_sequence(Sums(0.3).add(samples), 0.05, lower, upper, variance)
        assert high - low <= 8 * standard_error
        assert not low <= 0.6 <= high


def test_interval_sums_are_additive():
    samples = np.random.default_rng(12).random(300)
    parts, whole = Sums(0.5).add(samples[:100]) + Sums(0.5).add(samples[100:]), Sums(0.5).add(samples)
    assert parts.n == whole.n
    assert parts.first == pytest.approx(whole.first, rel=1e-12)
    assert parts.second == pytest.approx(whole.second, rel=1e-12)
    with pytest.raises(ValueError, match="center"):
        Sums(0.1) + Sums(0.2)


def test_one_side_without_fact_is_infinite():
    low, high = confidence_sequence(
        Sums(1.0).add(np.random.default_rng(13).exponential(1.0, 500)), 0.01, 0.0, None, None
    )
    assert 0 < low < 1.2
    assert high == math.inf


def test_kernel_matches_the_loop_used_here():
    samples = np.random.default_rng(14).random((3, 60))
    test = OneSidedTest.at_most(0.2, 0.0, None)
    for row in samples:
        peeked = any(test.log_e(test.step(row[:stop])) >= math.log(20) for stop in range(1, 61))
        assert peeked == bool(ever_crosses(row[None, :], 0.2, 0.0, 0.05)[0])
