"""Exponential numbers from 64 bits: right at both ends, down to events of probability 2^-64."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import samplers
from zenil_dynamics.samplers.exponential import from_word_pairs

NUM_DRAWS = 2**17
NUM_BINS = 16


@jax.jit(static_argnums=2)
def _of_words(first, second, dtype):
    return from_word_pairs(first, second, dtype)


@jax.jit(static_argnums=2)
def _of_one_word(first, second, dtype):
    return -jnp.log(first.astype(dtype) * 2.0**-32 + 2.0**-33)


def of_integer(integer, dtype=np.float32, function=_of_words):
    """Kernel and exact -log U at U = (integer + 1/2) 2^-64; the integers are Python's."""
    first = np.array([value >> 32 for value in integer], np.uint32)
    second = np.array([value & 0xFFFFFFFF for value in integer], np.uint32)
    below = np.array([value * 2.0**-64 + 2.0**-65 for value in integer])
    above = np.array([(2**64 - 1 - value) * 2.0**-64 + 2.0**-65 for value in integer])
    exact = np.where(below < 0.5, -np.log(below), -np.log1p(-np.minimum(above, 0.5)))
    with jax.enable_x64(dtype == np.float64):
        return np.asarray(function(first, second, np.dtype(dtype)), np.float64), exact


def at_every_scale():
    low = sorted({0, *(round(2**exponent) for exponent in np.linspace(0, 63, 2000))})
    return [*low, *(2**64 - 1 - value for value in reversed(low))]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 3e-7), (np.float64, 3e-14)])
def test_every_scale_has_its_digits(dtype, tolerance):
    drawn, exact = of_integer(at_every_scale(), dtype)
    assert exact.min() < 1e-19
    assert exact.max() > 44
    assert np.all(np.abs(drawn - exact) <= tolerance * exact)


def test_one_word_would_have_none_near_one():
    drawn, exact = of_integer([2**64 - 2**30], function=_of_one_word)
    assert np.all(np.abs(drawn - exact) > 0.9 * exact)


def law_distance(function):
    """Total variation, 1/2 integral |d (U error)|, rounding averaged over 4096 neighbouring words."""
    levels = (np.arange(1, 200) / 200 * 2**32).astype(np.int64)
    seconds = np.random.default_rng(0).integers(0, 2**32, 4096)
    integer = [(int(level) + i << 32) + int(second) for level in levels for i, second in enumerate(seconds)]
    drawn, exact = of_integer(integer, function=function)
    error = (drawn - exact).reshape(len(levels), -1).mean(1)
    return 0.5 * np.abs(np.diff(levels / 2**32 * error, prepend=0.0, append=0.0)).sum()


def test_law_is_within_2_to_the_minus_21():
    assert law_distance(_of_words) < 2.0**-21


def test_measure_catches_a_scale_of_one_in_a_hundred_thousand():
    assert law_distance(lambda *words: _of_words(*words) * 1.00001) > 2.0**-19


def test_numbers_never_rise_with_the_words():
    near_the_middle = [2**63 + int(step) for step in np.linspace(-(2**36), 2**36, 4001)]
    for integer in (at_every_scale(), near_the_middle):
        assert np.all(np.diff(of_integer(integer)[0]) <= 0)


@jax.jit(static_argnums=0)
def _draws(sampler, key):
    return sampler((NUM_DRAWS,), key=key, dtype=jnp.float32)


def log_evidence(sampler, key):
    level = np.exp(-np.asarray(_draws(sampler, key), np.float64))
    counts = np.bincount(np.minimum((level * NUM_BINS).astype(np.int64), NUM_BINS - 1), minlength=NUM_BINS)
    probs = np.full(NUM_BINS, 1 / NUM_BINS)
    allowance = bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(counts, probs), bounds.log_evalue_threshold(1e-9) + allowance


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twin: a mean larger by 5 %."""
    evidence, threshold = log_evidence(samplers.exponential, key)
    assert evidence < threshold


@pytest.mark.stat(delta=1e-10)
def test_law_catches(key):
    evidence, threshold = log_evidence(mutants.exponential_of_five_percent_more, key)
    assert evidence > threshold


def test_shapes_and_dtypes():
    key = jax.random.key(0)
    assert samplers.exponential(key=key).shape == ()
    drawn = samplers.exponential((3, 2), key=key)
    assert (drawn.shape, drawn.dtype) == ((3, 2), np.float32)
    with jax.enable_x64(True):
        double = samplers.exponential((3, 2), key=key)
        assert double.dtype == np.float64
        assert np.allclose(double, drawn, rtol=3e-7)
    with pytest.raises(ValueError, match="`dtype` must be float32 or float64"):
        samplers.exponential(key=key, dtype=jnp.int32)
