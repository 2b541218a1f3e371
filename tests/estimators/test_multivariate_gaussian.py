"""Estimators of multivariate Gaussians: against SciPy's matrix functions, one dimension, singular covariances, laws."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import linalg, stats

from zenil_dynamics import estimators

DIMENSIONS = (1, 2, 4)

# Compiled as a whole: operation by operation the tests would spend their time in compiling.
_LOG_DETERMINANT = jax.jit(estimators.log_determinant)
_W2 = jax.jit(estimators.wasserstein2_squared_multivariate)
_KL = jax.jit(estimators.kl_divergence_multivariate)


def covariance(rng, dim, rank=None):
    factor = rng.standard_normal((dim, dim + 2 if rank is None else rank))
    return factor @ factor.T / dim


def rotation(rng, dim):
    return np.linalg.qr(rng.standard_normal((dim, dim)))[0]


def pair(seed, dim):
    rng = np.random.default_rng(seed)
    means = rng.standard_normal((2, dim))
    return rng, (means[0], covariance(rng, dim), means[1], covariance(rng, dim))


@pytest.mark.parametrize("dim", [1, 2, 3, 7])
def test_agreement_with_scipys_matrix_functions(dim):
    _, (m1, c1, m2, c2) = pair(dim, dim)
    root = linalg.sqrtm(c1)
    bures = np.trace(c1 + c2 - 2 * np.real(linalg.sqrtm(root @ c2 @ root)))
    inverse = np.linalg.inv(c2)
    kl = 0.5 * (np.trace(inverse @ c1) - dim + (m1 - m2) @ inverse @ (m1 - m2))
    kl -= 0.5 * (np.linalg.slogdet(c1)[1] - np.linalg.slogdet(c2)[1])
    with jax.enable_x64(True):
        assert float(_LOG_DETERMINANT(c1)) == pytest.approx(np.linalg.slogdet(c1)[1], abs=1e-11)
        found = float(_W2(m1, c1, m2, c2))
        assert found == pytest.approx(np.sum((m1 - m2) ** 2) + bures, rel=1e-9)
        assert float(_KL(m1, c1, m2, c2)) == pytest.approx(kl, rel=1e-9)


def test_agreement_with_the_same_numbers_from_factors():
    _, (m1, c1, m2, c2) = pair(11, 3)
    one, other = np.linalg.cholesky(c1), np.linalg.cholesky(c2)
    with jax.enable_x64(True):
        found = _W2(m1, c1, m2, c2), _KL(m1, c1, m2, c2), _LOG_DETERMINANT(c1)
        expected = (
            estimators.wasserstein2_squared_of_factors(m1, one, m2, other),
            estimators.kl_divergence_of_factors(m1, one, m2, other),
            estimators.log_determinant_of_factor(one),
        )
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize(("v1", "v2"), [(2.0, 0.5), (1.0, 1.0), (1e-6, 3.0), (1 + 2.0**-12, 1.0)])
def test_one_dimension_is_the_scalar_estimator(v1, v2):
    scalar, matrix = (0.5, v1, -1.0, v2), ([0.5], [[v1]], [-1.0], [[v2]])
    w2, kl = estimators.wasserstein2_squared(*scalar), estimators.kl_divergence_gaussian(*scalar)
    assert float(_W2(*map(np.asarray, matrix))) == pytest.approx(float(w2), rel=1e-5)
    assert float(_KL(*map(np.asarray, matrix))) == pytest.approx(float(kl), rel=1e-5)
    assert float(_LOG_DETERMINANT(np.array([[v1]]))) == pytest.approx(float(estimators.log_variance(v1)), abs=1e-6)


def test_diagonal_covariances_add_up():
    v1, v2, m = np.array([1.0, 4.0, 0.25]), np.array([2.0, 1.0, 0.25]), np.array([1.0, 0.0, -1.0])
    found = _W2(m, np.diag(v1), 0 * m, np.diag(v2))
    assert float(found) == pytest.approx(2 + np.sum((np.sqrt(v1) - np.sqrt(v2)) ** 2), rel=1e-5)
    kl = sum(float(estimators.kl_divergence_gaussian(a, v, 0.0, w)) for a, v, w in zip(m, v1, v2, strict=True))
    assert float(_KL(m, np.diag(v1), 0 * m, np.diag(v2))) == pytest.approx(kl)


_ALL = jax.jit(
    lambda m1, c1, m2, c2: (
        estimators.log_determinant(c1),
        estimators.log_determinant(c2),
        estimators.wasserstein2_squared_multivariate(m1, c1, m2, c2),
        estimators.kl_divergence_multivariate(m1, c1, m2, c2),
    )
)


@given(st.integers(0, 2**32 - 1), st.sampled_from(DIMENSIONS), st.floats(0.125, 8))
def test_invariances(seed, dim, scale):
    # In float64: the laws are exact, and a random covariance may be too close to singular for float32.
    rng, (m1, c1, m2, c2) = pair(seed, dim)
    turn, shift, stretch = rotation(rng, dim), rng.standard_normal(dim), np.diag(rng.uniform(0.5, 2, dim))
    with jax.enable_x64(True):
        det_1, det_2, w2, kl = map(float, _ALL(m1, c1, m2, c2))
        moved = map(float, _ALL(turn @ m1 + shift, turn @ c1 @ turn.T, turn @ m2 + shift, turn @ c2 @ turn.T))
        np.testing.assert_allclose(list(moved), [det_1, det_2, w2, kl], rtol=1e-6, atol=1e-8)
        scaled = list(map(float, _ALL(scale * m1, scale**2 * c1, scale * m2, scale**2 * c2)))
        log_scale = 2 * dim * np.log(scale)
        expected = [det_1 + log_scale, det_2 + log_scale, scale**2 * w2, kl]
        np.testing.assert_allclose(scaled, expected, rtol=1e-6, atol=1e-8)
        # KL and differences of log-determinants follow every linear map.
        linear = stretch @ turn
        mapped = list(map(float, _ALL(linear @ m1, linear @ c1 @ linear.T, linear @ m2, linear @ c2 @ linear.T)))
        np.testing.assert_allclose([mapped[0] - mapped[1], mapped[3]], [det_1 - det_2, kl], rtol=1e-6, atol=1e-8)
        _, _, swapped, kl_back = map(float, _ALL(m2, c2, m1, c1))
        assert swapped == pytest.approx(w2, rel=1e-7, abs=1e-12)
        assert min(w2, kl, kl_back) >= 0
        # Talagrand's inequality for a Gaussian reference: W2^2 <= 2 lambda_max KL.
        assert w2 <= 2 * np.linalg.eigvalsh(c2)[-1] * kl * (1 + 1e-9) + 1e-12


@given(st.integers(0, 2**32 - 1), st.sampled_from(DIMENSIONS), st.sampled_from([None, 1]))
def test_triangle_inequality(seed, dim, rank):
    rng = np.random.default_rng(seed)
    means, covariances = rng.standard_normal((3, dim)), [covariance(rng, dim, rank) for _ in range(3)]
    with jax.enable_x64(True):
        sides = [
            np.sqrt(float(_W2(means[i], covariances[i], means[j], covariances[j]))) for i, j in ((0, 1), (1, 2), (0, 2))
        ]
    # Singular covariances: the root of a rounding error of 1e-15.
    assert sides[2] <= sides[0] + sides[1] + 1e-6


@pytest.mark.parametrize("dim", [2, 5])
def test_singular_covariances(dim):
    rng = np.random.default_rng(dim)
    turn, zero = rotation(rng, dim), np.zeros(dim)
    line, other = (np.outer(turn[:, k], turn[:, k]) for k in (0, 1))
    # Along one line the standard deviations 1 and 3 differ by 2; orthogonal lines add their variances; a point has 0.
    for first, second, expected in ((line, 9 * line, 4.0), (line, other, 2.0), (line, 0 * line, 1.0)):
        found = float(_W2(zero, first, zero, second))
        # An eigenvalue of 0 is rounded by less than dim^2 2^-24 of the largest, 9, and enters by its root.
        assert found == pytest.approx(expected, abs=4 * 3 * dim * 2.0**-12)
    full = covariance(rng, dim)
    root_along_line = (turn[:, 0] @ full @ turn[:, 0]) ** 0.5
    with jax.enable_x64(True):
        found = float(_W2(zero, line, zero, full))
    assert found == pytest.approx(1 + np.trace(full) - 2 * root_along_line, rel=1e-6)
    assert float(_LOG_DETERMINANT(line)) == -np.inf
    assert float(_LOG_DETERMINANT(0 * line)) == -np.inf
    assert np.isnan(float(_KL(zero, full, zero, 0 * line)))


def test_equal_distributions_are_at_distance_zero_and_close_ones_keep_their_digits():
    rng = np.random.default_rng(5)
    c = covariance(rng, 3).astype(np.float32)
    m, step = np.ones(3, np.float32), np.float32(2.0**-10)
    assert float(_KL(m, c, m, c)) == pytest.approx(0, abs=1e-12)
    # |A - B U| is a few roundings of the largest root: its square is of the order 2^-48.
    assert float(_W2(m, c, m, c)) < 100 * 2.0**-46 * np.trace(c)
    grown = (1 + step) * c
    w2 = (np.sqrt(1 + float(step)) - 1) ** 2 * np.trace(c.astype(np.float64))
    assert float(_W2(m, grown, m, c)) == pytest.approx(w2, rel=1e-2)
    kl = 1.5 * (float(step) - np.log1p(float(step)))
    assert float(_KL(m, grown, m, c)) == pytest.approx(kl, rel=1e-2)


def test_log_determinant_of_unequal_axes_keeps_its_digits():
    """Standard deviations from 1e-4 to 1e4: the small eigenvalues of the matrix itself would lose theirs."""
    scales = np.array([1.0, 1e-4, 1e4])
    correlation = np.array([[1, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 1]])
    matrix = (scales[:, None] * correlation * scales[None, :]).astype(np.float32)
    with mpmath.workdps(40):
        exact = float(mpmath.log(mpmath.det(mpmath.matrix(matrix.astype(np.float64).tolist()))))
    assert float(_LOG_DETERMINANT(matrix)) == pytest.approx(exact, abs=1e-5)
    naive = np.log(np.maximum(np.linalg.eigvalsh(matrix), 1e-38)).sum()
    assert abs(naive - exact) > 1e-3


def test_entropy_from_the_log_determinant_is_scipys():
    c = covariance(np.random.default_rng(2), 4)
    entropy = 0.5 * (4 * np.log(2 * np.pi * np.e) + float(_LOG_DETERMINANT(c)))
    assert entropy == pytest.approx(float(stats.multivariate_normal(cov=c).entropy()), abs=1e-4)


def test_nan_stays_nan():
    broken = np.array([[np.nan, 0.0], [0.0, 1.0]])
    zero, one = np.zeros(2), np.eye(2)
    assert np.isnan(_LOG_DETERMINANT(broken))
    for function in (_W2, _KL):
        assert np.isnan(function(zero, broken, zero, one))
        assert np.isnan(function(zero, one, zero, broken))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_follows_the_input_under_vmap(dtype):
    with jax.enable_x64(dtype == np.float64):
        batch = jnp.stack([jnp.eye(3, dtype=dtype), 2 * jnp.eye(3, dtype=dtype)])
        zero = jnp.zeros(3, dtype)
        for function in (_W2, _KL):
            values = jax.vmap(function, in_axes=(None, 0, None, None))(zero, batch, zero, batch[0])
            assert values.dtype == dtype
            assert float(values[0]) == pytest.approx(0, abs=1e-12)
        assert jax.vmap(_LOG_DETERMINANT)(batch).dtype == dtype


def test_bad_input():
    one, zero = np.eye(2), np.zeros(2)
    with pytest.raises(ValueError, match=r"`covariance` must have shape \(dim, dim\); got shape \(2,\)"):
        estimators.log_determinant(zero)
    with pytest.raises(ValueError, match=r"`first_covariance` and `second_covariance` must have the same shape"):
        estimators.wasserstein2_squared_multivariate(zero, one, zero, np.eye(3))
    with pytest.raises(ValueError, match=r"`second_mean` must have shape \(2,\) like the covariances; got \(3,\)"):
        estimators.kl_divergence_multivariate(zero, one, np.zeros(3), one)
