"""Uniform whole numbers: their law is that of 64 bits, which the arithmetic of whole numbers shows exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import bounds
from zenil_dynamics import random, samplers

KEY = jax.random.key(17)


@pytest.mark.parametrize("limit", [1, 2, 3, 1000, 2**31 - 1])
def test_they_are_the_words_times_the_limit(limit):
    first, second = (np.asarray(words, np.uint64) for words in random.pairs(KEY, (2000,)))
    drawn = np.asarray(samplers.uniform_integers(jnp.int32(limit), (2000,), key=KEY))
    exact = [((int(a) << 32 | int(b)) * limit) >> 64 for a, b in zip(first, second, strict=True)]
    assert drawn.dtype == np.int32
    np.testing.assert_array_equal(drawn, exact)
    assert 0 <= drawn.min() <= drawn.max() < limit


@pytest.mark.stat(delta=1e-9)
def test_all_values_are_equally_likely():
    counts = np.bincount(np.asarray(samplers.uniform_integers(jnp.int32(7), (70_000,), key=KEY)), minlength=7)
    assert bounds.log_evalue_multinomial(counts, np.full(7, 1 / 7)) < bounds.log_evalue_threshold(1e-9)


def test_a_limit_one_too_small_is_caught():
    counts = np.bincount(np.asarray(samplers.uniform_integers(jnp.int32(6), (70_000,), key=KEY)), minlength=7)
    assert bounds.log_evalue_multinomial(counts, np.full(7, 1 / 7)) > bounds.log_evalue_threshold(1e-9)


def test_nothing_to_choose_from_is_the_first_place():
    assert int(samplers.uniform_integers(jnp.int32(0), key=KEY)) == 0
