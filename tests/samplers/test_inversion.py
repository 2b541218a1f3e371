"""The search from zero: its exact law, by bisection of the compiled kernel, over means from 1e-8 to 64."""

import itertools

import numpy as np
import pytest
from scipy import stats

from tests.samplers import mutants
from tests.samplers.thresholds import search_law
from zenil_dynamics.samplers import inversion

MEANS = [1e-8, 1e-4, 0.1, 1.0, 4.0, 10.0, 18.0, 30.0, 45.0, 63.9]
PROBS = [0.5, 0.4999, 0.3, 0.1, 1e-2, 1e-4, 1e-7]
TINY = list(itertools.product([1, 2, 3, 4, 5, 7, 8, 301], [0.5, 0.25, 0.1, 1e-3, 1e-9]))


def cases():
    """Trials and float32 odds; the probability that these odds mean exactly."""
    pairs = [(round(mean / prob), prob) for mean, prob in itertools.product(MEANS, PROBS) if mean / prob >= 1]
    pairs = [(trials, prob) for trials, prob in [*pairs, *TINY] if trials * prob < 64 and trials < 2**31]
    trials, prob = map(np.array, zip(*pairs, strict=True))
    odds = (prob / (1 - prob)).astype(np.float32)
    return trials, odds, odds.astype(np.float64) / (1 + odds.astype(np.float64))


def distance(search=inversion.count_from_words):
    """Total variation from the binomial law, per case, of what the passes draw together: one pass, normalised."""
    trials, odds, prob = cases()
    law, left_over = search_law(trials, odds, inversion.STEPS[-1], search)
    exact = stats.binom.pmf(np.arange(law.shape[1]), trials[:, None], prob[:, None])
    normalised = law / law.sum(1, keepdims=True)
    return 0.5 * (np.abs(normalised - exact).sum(1) + 1 - exact.sum(1)), left_over, normalised, exact


@pytest.fixture(scope="module")
def measured():
    return distance()


def test_total_variation_is_below_2_to_the_minus_21(measured):
    total_variation = measured[0]
    assert len(total_variation) > 80
    assert total_variation.max() < 2.0**-21


def test_a_pass_leaves_over_little_but_something(measured):
    """Something: else the masses add up to more than the uniform has, and the largest results are cut off."""
    left_over = measured[1]
    assert left_over.min() > 2.0**-22
    assert left_over.max() < 2.0**-15


def test_rare_results_keep_their_probability(measured):
    """pmf(k) between 1e-8 and 1e-4 is met within 2^-30, not within the 2^-24 of float32."""
    _, _, law, exact = measured
    rare = (exact > 1e-8) & (exact < 1e-4)
    assert rare.sum() > 500
    assert np.all(np.abs(law - exact)[rare] < 1e-5 * exact[rare] + 2.0**-30)


@pytest.mark.parametrize("steps", inversion.STEPS[:-1])
def test_shorter_searches_draw_the_same(steps):
    """The words decide, not how far a neighbour makes the search go."""
    trials, odds, _ = cases()
    short, _ = search_law(trials, odds, steps)
    long, _ = search_law(trials, odds, inversion.STEPS[-1])
    assert np.array_equal(short, long[:, :steps])


def test_mean_limits_leave_over_one_lane_in_ten_thousand():
    for mean, steps in zip(inversion.MEAN_LIMITS, inversion.STEPS, strict=True):
        assert stats.poisson.sf(steps - 1, mean) < 1e-4


def test_cut_off_is_below_2_to_the_minus_21():
    for prob in (0.5, 0.1, 1e-3, 1e-6):
        assert stats.binom.sf(inversion.STEPS[-1] - 1, round(inversion.LARGEST_MEAN / prob), prob) < 2.0**-21


def test_the_measure_catches_a_lost_factor():
    assert distance(mutants.search_with_lost_factor)[0].max() > 2.0**-10
