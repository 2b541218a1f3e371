"""Normal distributions through a factor of the covariance: against those through the covariance itself, and SciPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from zenil_dynamics import estimators

DIMS = (1, 2, 3, 6)


def law(seed, dim, rank=None):
    rng = np.random.default_rng(seed)
    factor = np.tril(rng.normal(size=(dim, dim)))
    if rank is not None:
        factor[:, rank:] = 0
    return rng.normal(size=dim).astype(np.float32), factor.astype(np.float32)


@given(seed=st.integers(0, 2**31), dim=st.sampled_from(DIMS))
def test_log_determinant(seed, dim):
    _, factor = law(seed, dim)
    wide = factor.astype(np.float64)
    expected = np.linalg.slogdet(wide @ wide.T)[1]
    np.testing.assert_allclose(estimators.log_determinant_of_factor(factor), expected, rtol=1e-4, atol=1e-4)


def test_a_degenerate_law_has_no_volume_and_no_finite_divergence():
    (mean, factor), (_, flat) = law(1, 3), law(2, 3, rank=2)
    assert estimators.log_determinant_of_factor(flat) == -np.inf
    assert estimators.kl_divergence_of_factors(mean, flat, mean, factor) == np.inf
    assert estimators.kl_divergence_of_factors(mean, factor, mean, flat) == np.inf


@pytest.mark.parametrize("dim", DIMS)
def test_divergence_is_that_of_the_covariances(dim):
    (mean, factor), (other_mean, other) = law(3, dim), law(4, dim)
    other = other + 2 * np.eye(dim, dtype=np.float32)  # Conditioned well enough for a covariance in float32.
    measured = estimators.kl_divergence_of_factors(mean, factor, other_mean, other)
    one, two = factor.astype(np.float64) @ factor.T, other.astype(np.float64) @ other.T
    inverse, shift = np.linalg.inv(two), other_mean - mean
    expected = np.trace(inverse @ one) - dim + shift @ inverse @ shift
    expected = (expected + np.linalg.slogdet(two)[1] - np.linalg.slogdet(one)[1]) / 2
    np.testing.assert_allclose(measured, expected, rtol=2e-5)


@pytest.mark.parametrize("rank", [None, 1])
@pytest.mark.parametrize("dim", DIMS)
def test_wasserstein_distance_is_that_of_the_covariances(dim, rank):
    (mean, factor), (other_mean, other) = law(5, dim, rank), law(6, dim)
    measured = estimators.wasserstein2_squared_of_factors(mean, factor, other_mean, other)
    one, two = (np.asarray(f, np.float64) @ np.asarray(f, np.float64).T for f in (factor, other))
    root = scipy.linalg.sqrtm(two)
    cross = np.linalg.eigvalsh(root @ one @ root)
    expected = np.sum((mean - other_mean) ** 2) + np.trace(one + two) - 2 * np.sum(np.sqrt(np.maximum(cross, 0)))
    np.testing.assert_allclose(measured, expected, rtol=1e-4, atol=1e-4)


def test_wasserstein_distance_to_itself_is_zero():
    mean, factor = law(7, 4)
    turned = factor @ scipy.linalg.qr(np.random.default_rng(8).normal(size=(4, 4)))[0].astype(np.float32)
    # A direction that counts as absent has at most dim roundoffs of the largest variance, once for either law.
    allowed = 2 * 4 * float(np.finfo(np.float32).eps) * float(np.sum(factor**2))
    assert float(estimators.wasserstein2_squared_of_factors(mean, factor, mean, factor)) < allowed
    assert float(estimators.wasserstein2_squared_of_factors(mean, factor, mean, turned)) < allowed


def test_both_laws_may_be_points():
    zeros = jnp.zeros((2, 2))
    distance = jax.jit(estimators.wasserstein2_squared_of_factors)(jnp.zeros(2), zeros, jnp.ones(2), zeros)
    assert float(distance) == 2.0
