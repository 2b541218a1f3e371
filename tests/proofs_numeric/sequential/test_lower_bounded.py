"""K1 judged without randomness: enumeration of paths, exact crossing probabilities by dynamic programming."""

import math

import numpy as np
import pytest

from proofs_numeric.sequential import OneSidedTest
from proofs_numeric.sequential.lower_bounded import FRACTIONS, log_factors, log_wealth
from tests.bounds import hoeffding


def coin_log_evidence(num_flips, bound, sign=1.0):
    """Log e of K1 for every number of heads after `num_flips` flips; lower end 0.

    `sign=-1` is the wrong-sign mutant.
    """
    heads = np.arange(num_flips + 1)[:, None]
    up = np.log1p(sign * FRACTIONS * (1 - bound) / bound)
    down = np.log1p(-sign * FRACTIONS)
    logs = heads * up + (num_flips - heads) * down
    largest = logs.max(axis=1, keepdims=True)
    return (largest + np.log(np.mean(np.exp(logs - largest), axis=1, keepdims=True)))[:, 0]


def crossing_probability(success, bound, threshold, num_flips, sign=1.0):
    """P(log e >= threshold at some flip), exactly: the law of the number of heads, killed where evidence crosses."""
    alive, crossed = np.ones(1), 0.0
    for flips in range(1, num_flips + 1):
        alive = np.append(alive * (1 - success), 0.0) + np.append(0.0, alive * success)
        over = coin_log_evidence(flips, bound, sign) >= threshold
        crossed += alive[over].sum()
        alive[over] = 0.0
    return crossed


def expected_evidence(success, bound, num_flips, sign=1.0):
    heads = np.arange(num_flips + 1)
    log_law = [
        math.log(math.comb(num_flips, k)) + k * math.log(success) + (num_flips - k) * math.log1p(-success)
        for k in heads
    ]
    return math.fsum(np.exp(np.array(log_law) + coin_log_evidence(num_flips, bound, sign)))


def test_kernel_agrees_with_the_closed_form_for_coins():
    flips = np.array([1.0, 0, 0, 1, 1, 0, 1])
    test = OneSidedTest.at_most(0.3, 0.0, None)
    expected = coin_log_evidence(7, 0.3)[4]
    assert test.log_e(test.step(flips)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bound", [0.5, 0.1])
def test_mean_of_the_evidence_is_one_at_the_boundary_and_less_inside(bound):
    assert expected_evidence(bound, bound, 30) == pytest.approx(1.0, abs=1e-10)
    assert expected_evidence(0.7 * bound, bound, 30) < 1.0


def test_wrong_sign_is_caught_by_the_mean_of_the_evidence():
    assert expected_evidence(0.25, 0.5, 30, sign=-1.0) > 1.0


@pytest.mark.parametrize(("success", "alpha"), [(0.5, 0.05), (0.1, 0.05), (0.01, 0.05), (0.5, 1e-9)])
def test_false_alarms_under_peeking_after_every_sample_stay_below_alpha(success, alpha):
    probability = crossing_probability(success, success, math.log(1 / alpha), 2000)
    assert 0.05 * alpha < probability <= alpha


def test_threshold_that_is_too_low_is_caught():
    assert crossing_probability(0.5, 0.5, 0.5 * math.log(1 / 0.05), 2000) > 0.05


def test_power_against_the_benchmark_formula():
    """P(refuted by 1.6 n) >= .9 and by 0.3 n <= .1 for n = 2 log(1/alpha) (sigma/d)^2; effect .2 sigma."""
    alpha, distance = 1e-9, 0.1
    benchmark = int(2 * math.log(1 / alpha) * (0.5 / distance) ** 2)
    assert crossing_probability(0.5 + distance, 0.5, math.log(1 / alpha), int(1.6 * benchmark)) >= 0.9
    assert crossing_probability(0.5 + distance, 0.5, math.log(1 / alpha), int(0.3 * benchmark)) <= 0.1


def test_wrong_sign_has_no_power():
    assert crossing_probability(0.75, 0.5, math.log(1e9), 1000, sign=-1.0) < 1e-6


@pytest.mark.stat(delta=1e-9)
def test_importance_sampling_finds_the_exact_probability():
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
    assert abs(estimate - exact) <= hoeffding(paths, 1e-9, 1.0)
    assert exact <= 1


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 1000])
@pytest.mark.parametrize("largest", [1.0, 1e6, 1e29, 1e31, 1e300])
def test_factors_that_share_a_logarithm_multiply_as_they_do_alone(size, largest):
    """Eight products round to within 16 units each, and a sum of logarithms by no more than its terms."""
    samples = largest * np.random.default_rng(size).random(size) ** 40
    samples[::3] = 0.0  # The lower end, where most is lost.
    alone = log_factors(samples, 0.5, 0.0)
    together = log_wealth(samples, 0.5, 0.0)
    assert np.all(np.isfinite(together))
    roundoff = 2.0**-52 * (16 * size + size * np.sum(np.abs(alone), axis=1))
    assert np.all(np.abs(together - alone.sum(axis=1)) <= roundoff)


def test_nothing_hides_in_a_product():
    assert np.all(np.isnan(log_wealth(np.array([np.nan] + [0.5] * 15), 0.5, 0.0)))
    assert np.all(log_wealth(np.array([np.inf] + [0.5] * 15), 0.5, 0.0) == np.inf)
    with pytest.raises(ValueError, match="must not lie below 0.0"):
        log_wealth(np.array([-1e-9] + [0.5] * 15), 0.5, 0.0)
