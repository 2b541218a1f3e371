from fractions import Fraction as F

import numpy as np
import pytest

from tests.oracles.reference import add_draws, as_array
from zenil_dynamics import oracles

TARGET = (F(2, 5), F(3, 5))
OTHER = (F(4, 5), F(1, 5))
SIZES, REALS, WEIGHT = (3, 4, 2), (1, 2, 1), F(3, 10)


def frequencies(probs, number):
    """Law of the share of the first type among draws."""
    return {F(counts[0], number): value for counts, value in add_draws({(0, 0): F(1)}, probs, number).items()}


def enumerate_weighted(start):
    """Laws of the first type's probability, by generation."""
    laws = [start]
    for size, real in zip(SIZES, REALS, strict=True):
        following = {}
        for share, value in laws[-1].items():
            for one, first in frequencies(TARGET, real).items():
                for other, second in frequencies((share, 1 - share), size - real).items():
                    model = WEIGHT * one + (1 - WEIGHT) * other
                    following[model] = following.get(model, 0) + value * first * second
        laws.append(following)
    return laws


STARTS = {
    "target": ({TARGET[0]: F(1)}, {}),
    "state": ({OTHER[0]: F(1)}, {"initial": (0.8, 0.16)}),
    "estimate": (frequencies(TARGET, 3), {"num_initial": 3}),
}


@pytest.mark.parametrize("start", STARTS)
def test_weighted_moments_are_those_of_an_enumeration(start):
    """The indicator of a type is a feature with two matched moments: mean q, variance q (1 - q)."""
    law, options = STARTS[start]
    laws = enumerate_weighted(law)
    squares = [sum(w * (q - TARGET[0]) ** 2 for q, w in law.items()) for law in laws]
    variances = [sum(w * q * (1 - q) for q, w in law.items()) for law in laws]
    found = oracles.weighted_moments(SIZES, REALS, float(WEIGHT), target_mean=0.4, target_variance=0.24, **options)
    np.testing.assert_allclose(found[0], as_array(squares), atol=1e-15)
    np.testing.assert_allclose(found[1], as_array(variances), atol=1e-15)


def test_weighting_by_numbers_is_a_stratified_loop():
    found = oracles.weighted_moments([6] * 4, 2, 1 / 3, initial=(0.7, 2.0))
    usual = oracles.gaussian_moments([6] * 4, 1 / 3, 2, mixing="stratified", initial=(0.7, 2.0))
    np.testing.assert_allclose(found[0], usual.mean_square, rtol=1e-14)
    np.testing.assert_allclose(found[1], usual.variance, rtol=1e-14)


def test_weights_need_both_parts():
    with pytest.raises(ValueError, match="`num_real` must be at least 1 and below N_t; got 4 of 4 at generation 1"):
        oracles.weighted_moments([6, 4], 4, 0.5)


@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
def test_memory_of_a_window_ends_at_replacement_and_accumulation(mixing):
    sizes, shares, reals = [3, 5, 2, 4], [0.2, 0.0, 0.5, 0.3], [1, 0, 1, 2]
    for window, update in ((1, "replace"), (4, "accumulate"), (9, "accumulate")):
        usual = oracles.mean_parameter_moments(
            sizes,
            shares,
            reals,
            family="normal",
            parameter=1.0,
            target_mean=0.0,
            initial=1.0,
            mixing=mixing,
            update=update,
        )
        found = oracles.window_memory_of_start(sizes, shares, window, reals, mixing=mixing)
        np.testing.assert_allclose(found, usual.mean, rtol=1e-14)


def test_memory_of_a_window_is_the_mean_of_its_batches():
    """By hand: k_3 = (N_1 k_1 + N_2 k_2 / 2) / (N_1 + N_2)."""
    found = oracles.window_memory_of_start([2, 3, 5], [0.5, 0.0, 0.5], 2)
    k1 = 0.5
    k2 = (2 * 0.5 + 3 * k1) / 5
    np.testing.assert_allclose(found, [1, k1, k2, (3 * k1 + 5 * k2 / 2) / 8], rtol=1e-15)
