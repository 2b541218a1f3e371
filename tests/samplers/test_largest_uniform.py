"""The largest of N uniform numbers and the gap above it: N from 0 to 2^31 - 1, each with its own digits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests import bounds
from tests.samplers import mutants
from zenil_dynamics import samplers
from zenil_dynamics.samplers.largest_uniform import from_exponential

NUM_DRAWS = 2**17
NUM_BINS = 16
LAW = [1, 2, 30, 10**4, 10**7, 2**31 - 1]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 2.0**-21), (np.float64, 1e-14)])
def test_both_results_have_their_digits(dtype, tolerance):
    """Relative errors for every N and exponential numbers from 1e-12 to 44.

    The gap is a function of E / N: an error of 2^-21 of it moves its law by at most 2^-21 / e in total variation where
    the error is a constant factor, and by less where it varies from word to word.
    """
    number = np.geomspace(1e-12, 44, 3001).astype(dtype)[:, None]
    num_samples = np.array([*range(1, 40), 10**3, 12345, 10**6, 10**9, 2**31 - 1], np.int32)
    with jax.enable_x64(dtype == np.float64):
        largest, gap = (
            np.asarray(x, np.float64) for x in jax.jit(from_exponential)(*np.broadcast_arrays(number, num_samples))
        )
    power = number.astype(np.float64) / num_samples
    assert np.all(np.abs(gap + np.expm1(-power)) <= tolerance * -np.expm1(-power))
    # x = exp(-E / N): an error of E / N is an error of x by as much, so its law is as close as that of E.
    assert np.all(np.abs(largest - np.exp(-power)) <= tolerance * (1 + power) * np.exp(-power))


@jax.jit(static_argnums=0)
def _draws(sampler, num_samples, key):
    return sampler(jnp.full(NUM_DRAWS, num_samples), key=key, dtype=jnp.float32)


def log_evidence(sampler, num_samples, key):
    """log e-value of equal bins of P(gap <= x) = 1 - (1 - x)^N, and its threshold."""
    gap = np.asarray(_draws(sampler, jnp.int32(num_samples), key)[1], np.float64)
    level = -np.expm1(num_samples * np.log1p(-np.minimum(gap, 1 - 1e-16)))
    counts = np.bincount(np.minimum((level * NUM_BINS).astype(np.int64), NUM_BINS - 1), minlength=NUM_BINS)
    probs = np.full(NUM_BINS, 1 / NUM_BINS)
    allowance = bounds.law_allowance(NUM_DRAWS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(counts, probs), bounds.log_evalue_threshold(1e-9 / len(LAW)) + allowance


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: one sample more (caught up to 30), 1 minus the float32 maximum (from 10^7 on)."""
    for i, num_samples in enumerate(LAW):
        evidence, threshold = log_evidence(samplers.largest_uniform, num_samples, jax.random.fold_in(key, i))
        assert evidence < threshold, num_samples


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "num_samples"),
    [
        *((mutants.largest_uniform_of_one_more, num_samples) for num_samples in LAW[:3]),
        *((mutants.largest_uniform_by_subtraction, num_samples) for num_samples in LAW[-2:]),
    ],
)
def test_law_catches(mutant, num_samples, key):
    """Expected evidence above 80 against a threshold below 35."""
    evidence, threshold = log_evidence(mutant, num_samples, key)
    assert evidence > threshold


def test_none_and_shapes():
    keys = jax.random.split(jax.random.key(0), 4)
    num_samples = jnp.asarray([0, -2, 1, 2**31 - 1])
    largest, gap = jax.jit(jax.vmap(lambda key: samplers.largest_uniform(num_samples, key=key)))(keys)
    assert (largest.shape, largest.dtype, gap.dtype) == ((4, 4), np.float32, np.float32)
    assert np.all(largest[:, :2] == 0)
    assert np.all(gap[:, :2] == 1)
    assert np.all((gap[:, 3] > 0) & (gap[:, 3] < 2.2e-8))  # at most 45.1 / (2^31 - 1)
    # One number: both are the same uniform one, from either end.
    assert np.allclose(largest[:, 2] + gap[:, 2], 1, atol=2.0**-23)
    scalar = samplers.largest_uniform(5, key=keys[0])
    assert scalar[0].shape == ()
    with jax.enable_x64(True):
        assert samplers.largest_uniform(jnp.asarray([5]), key=keys[0])[1].dtype == np.float64
