"""Triangular factors and systems, against LAPACK in float64."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from zenil_dynamics import triangular

SHAPES = [(1, 1), (2, 5), (5, 2), (6, 6), (30, 10)]


@pytest.mark.parametrize("shape", SHAPES)
def test_factors_have_the_gram_matrix_of_the_rows(shape):
    rows = np.random.default_rng(shape).normal(size=shape)
    factor = np.asarray(jax.jit(triangular.upper_factor)(jnp.asarray(rows, jnp.float32)), np.float64)
    np.testing.assert_allclose(factor.T @ factor, rows.T @ rows, rtol=1e-4, atol=1e-4)
    np.testing.assert_array_equal(factor, np.triu(factor))
    assert np.all(np.diagonal(factor) >= 0)
    if shape[0] >= shape[1]:
        lapack = np.linalg.qr(rows, mode="r")
        np.testing.assert_allclose(factor, lapack * np.sign(np.diagonal(lapack))[:, None], rtol=1e-3, atol=1e-4)


def test_dependent_columns_leave_nothing():
    rows = jnp.asarray([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
    factor = triangular.upper_factor(rows)
    assert abs(float(factor[1, 1])) < 1e-5
    assert not np.any(np.isnan(triangular.upper_factor(jnp.zeros((3, 2)))))


@pytest.mark.parametrize("dim", [1, 3, 8])
def test_both_substitutions_solve(dim):
    rng = np.random.default_rng(dim)
    lower = np.tril(rng.normal(size=(dim, dim))) + 3 * np.eye(dim)
    right = rng.normal(size=(dim, 2))
    single = jnp.asarray(lower, jnp.float32), jnp.asarray(right, jnp.float32)
    np.testing.assert_allclose(triangular.solve_lower(*single), np.linalg.solve(lower, right), rtol=1e-4, atol=1e-5)
    upper = jnp.asarray(lower.T, jnp.float32), jnp.asarray(right, jnp.float32)
    np.testing.assert_allclose(triangular.solve_upper(*upper), np.linalg.solve(lower.T, right), rtol=1e-4, atol=1e-5)
