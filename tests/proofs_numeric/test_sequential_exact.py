"""K1 and K5 judged without randomness: enumeration of paths, exact crossing probabilities by dynamic programming."""

import itertools
import math

import numpy as np
import pytest

from proofs_numeric.sequential import OneSidedTest, bounded_variance, log_mean_exp, log_sum_exp, lower_bounded, merge
from proofs_numeric.sequential.lower_bounded import FRACTIONS


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


@pytest.mark.parametrize(
    ("values", "weights"),
    [((-1.0, 3.0), (0.75, 0.25)), ((-0.2, 5.0), (25 / 26, 1 / 26)), ((-9.0, 1.0), (0.1, 0.9))],
)
def test_variance_bets_are_fair_or_worse(values, weights):
    """E of each K5 factor at most 1 for laws with mean at most 0 and the declared variance, by summation."""
    values, weights = np.array(values), np.array(weights) / np.sum(weights)
    mean = float(values @ weights)
    variance = float((values - mean) ** 2 @ weights)
    factors = np.stack([np.exp(bounded_variance.log_wealth(np.array([v]), max(mean, 0.0), variance)) for v in values])
    assert np.all(weights @ factors <= 1 + 1e-12)


def test_variance_that_is_too_small_is_caught():
    values, weights = np.array([-1.0, 3.0]), np.array([0.75, 0.25])
    factors = np.stack([np.exp(bounded_variance.log_wealth(np.array([v]), 0.0, 0.75)) for v in values])
    assert np.any(weights @ factors > 1)


def test_inequalities_behind_the_reported_interval():
    """log g(y) >= y - 0.1 y^2 and log1p(c x) >= c x - psi(c) x^2 on dense grids; 0.09 in place of 0.1 is caught."""
    y = np.concatenate([np.linspace(-60, 60, 240_001), np.geomspace(1e-6, 1e6, 10_001)])
    log_g = np.log(np.where(y >= -1, 1 + y + y * y / 2, 0.5))
    assert np.all(log_g - (y - 0.1 * y * y) >= -1e-15)
    assert np.any(log_g < y - 0.09 * y * y)
    x = np.concatenate([np.linspace(-1, 60, 20_001), np.geomspace(1e-6, 1e6, 2001)])
    for c in FRACTIONS:
        curvature = -math.log1p(-c) - c
        assert np.all(np.log1p(c * x) - (c * x - curvature * x * x) >= -1e-13)


def test_state_is_additive_and_blind_to_order():
    samples = np.random.default_rng(0).random(1000)
    for test in (OneSidedTest.at_most(0.4, 0.0, 0.2), OneSidedTest.at_least(0.6, 1.0, None)):
        whole = test.zero() + test.step(samples)
        parts = test.step(samples[700:]) + test.step(samples[:13]) + test.step(samples[13:700])
        np.testing.assert_allclose(parts, whole, rtol=1e-11)
        np.testing.assert_allclose(test.step(samples[::-1]), whole, rtol=1e-11)


def test_mirror_image():
    samples = np.random.default_rng(1).random(50)
    up, down = OneSidedTest.at_most(0.4, 0.0, 0.1), OneSidedTest.at_least(-0.4, 0.0, 0.1)
    np.testing.assert_array_equal(up.step(samples), down.step(-samples))


def test_degenerate_nulls():
    at_floor = OneSidedTest.at_most(0.0, 0.0, None)
    assert at_floor.log_e(at_floor.step(np.zeros(5))) == 0.0
    assert at_floor.log_e(at_floor.step(np.array([0.0, 1e-9]))) == math.inf
    constant = OneSidedTest.at_most(1.0, None, 0.0)
    assert constant.log_e(constant.step(np.array([1.0, 1.5]))) == math.inf


def test_no_tail_fact_no_evidence():
    test = OneSidedTest.at_most(0.0, None, None)
    assert not test.licensed
    assert test.log_e(test.zero() + test.step(np.full(9, 100.0))) == 0.0


def test_sample_below_the_lower_end_is_refused():
    with pytest.raises(ValueError, match="must not lie below"):
        lower_bounded.log_wealth(np.array([-0.1]), 0.5, 0.0)


def test_log_sums():
    assert log_sum_exp([0.0, 0.0]) == pytest.approx(math.log(2))
    assert log_sum_exp([]) == -math.inf
    assert log_mean_exp([1000.0, -math.inf]) == pytest.approx(1000 - math.log(2))
    assert log_sum_exp([math.inf, 0.0]) == math.inf


def test_merged_evidence_has_mean_one_when_each_does():
    """Two-point e-values 0 or 2, all 2^6 outcomes: the mean of the merged e-value is exactly 1."""
    merged = [
        merge([math.log(2) if up else -math.inf for up in path], 10) for path in itertools.product((0, 1), repeat=6)
    ]
    assert np.mean(np.exp(merged)) == pytest.approx(1.0, abs=1e-12)


def test_example_threshold_implies_claim_threshold():
    claim_threshold, max_examples = 27.6, 10_000
    assert merge([claim_threshold + math.log(2 * max_examples), *[-50.0] * 40], max_examples) >= claim_threshold


def test_product_pools_many_slightly_bad_examples():
    assert merge([3.0] * 40, 10_000) > 27.6 > merge([3.0] * 5, 10_000)


def test_merging_refuses_undeclared_examples():
    with pytest.raises(ValueError, match="at most 2 examples"):
        merge([0.0] * 3, 2)
