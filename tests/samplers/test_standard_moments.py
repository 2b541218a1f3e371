"""Mean and scatter from one block of words: their laws, their independence, and the corners."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from tests import bounds
from zenil_dynamics import samplers

NUM_DRAWS = 2**18
CASES = [2, 5, 16, 17, 18, 100, 10_000]


@jax.jit
def draws(num_samples, keys):
    return jax.vmap(lambda key: samplers.standard_moments(num_samples, key=key))(keys)


def joint_counts(num_samples, key, spoil=lambda location, scatter: (location, scatter)):
    """Counts in a 4 x 4 grid of equal cells of the two distribution functions."""
    location, scatter = draws(jnp.int32(num_samples), jax.random.split(key, NUM_DRAWS))
    location, scatter = spoil(np.asarray(location, np.float64), np.asarray(scatter, np.float64))
    rows = np.minimum((special.ndtr(location) * 4).astype(np.int64), 3)
    columns = np.minimum((stats.chi2(num_samples - 1).cdf(scatter) * 4).astype(np.int64), 3)
    return np.bincount(4 * rows + columns, minlength=16)


def threshold(num_samples):
    """Float32 moves the edges by sqrt(N) 2^-24 of a standard deviation, beside 2^-20 of total variation."""
    allowance = bounds.law_allowance(NUM_DRAWS, 2.0**-20 + np.sqrt(num_samples) * 2.0**-24, np.full(16, 1 / 16))
    return bounds.log_evalue_threshold(1e-9 / len(CASES)) + allowance


@pytest.mark.stat(delta=1e-9)
def test_joint_law(key):
    """Twins: scatter of N instead of N - 1 degrees, and a scatter coupled to the mean."""
    for i, num_samples in enumerate(CASES):
        counts = joint_counts(num_samples, jax.random.fold_in(key, i))
        assert bounds.log_evalue_multinomial(counts, np.full(16, 1 / 16)) < threshold(num_samples), num_samples


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda location, scatter: (location, scatter * 100 / 99),
        lambda location, scatter: (location, np.where(location > 0, scatter * 1.01, scatter)),
    ],
)
def test_joint_law_catches(spoil, key):
    """Expected evidence above 150 against a threshold of 30."""
    counts = joint_counts(100, key, spoil)
    assert bounds.log_evalue_multinomial(counts, np.full(16, 1 / 16)) > threshold(100)


def test_one_sample_has_no_scatter():
    location, scatter = draws(jnp.int32(1), jax.random.split(jax.random.key(0), 100))
    assert np.all(np.asarray(scatter) == 0)
    assert len(np.unique(np.asarray(location))) == 100


def test_numbers_of_samples_may_differ_between_lanes():
    keys, numbers = jax.random.split(jax.random.key(5), 6), jnp.asarray([1, 2, 17, 18, 400, 3], jnp.int32)
    together = jax.jit(jax.vmap(lambda n, key: samplers.standard_moments(n, key=key)))(numbers, keys)
    for i, number in enumerate(numbers):
        alone = draws(number, jnp.broadcast_to(keys[i], (6,)))
        for part, whole in zip(alone, together, strict=True):
            assert np.allclose(part[0], whole[i], rtol=1e-6)


def test_float64():
    with jax.enable_x64(True):
        location, scatter = samplers.standard_moments(jnp.int32(100), key=jax.random.key(0))
        assert location.dtype == scatter.dtype == np.float64
