"""Wishart matrices: exact laws of functions of them, moments, and a second method, sums of outer products."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from tests import bounds
from zenil_dynamics import samplers

NUM_DRAWS = 2**16
NUM_BINS = 16
DIM = 3
ROOT = np.array([[1.5, 0.0, 0.0], [-0.4, 0.8, 0.0], [0.3, 1.1, 2.0]])
DEGREES = [2.5, 3.0, 7.0, 40.0, 1000.0]


@jax.jit
def factors(degrees, keys):
    return jax.vmap(lambda key: samplers.wishart_factor(degrees, DIM, key=key))(keys)


def matrices(degrees, key):
    """Wishart matrices of unit scale, float64 products of float32 factors."""
    factor = np.asarray(factors(jnp.float32(degrees), jax.random.split(key, NUM_DRAWS)), np.float64)
    return factor @ factor.swapaxes(1, 2)


def outer_products(degrees, key):
    """The definition: the scatter of `degrees` normal vectors."""
    generator = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    draws = generator.standard_normal((NUM_DRAWS, int(degrees), DIM))
    return draws.swapaxes(1, 2) @ draws


def distribution_functions(matrix, degrees):
    """Values that are uniform if and only if the function of the matrix named has its exact law."""
    diagonal = np.diagonal(matrix, axis1=1, axis2=2)
    minor = matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] ** 2
    last = np.linalg.det(matrix) / minor
    return {
        "first variance": stats.chi2(degrees).cdf(diagonal[:, 0]),
        "last variance": stats.chi2(degrees).cdf(diagonal[:, -1]),
        "trace": stats.chi2(degrees * DIM).cdf(diagonal.sum(axis=1)),
        "variance along (1, 1, 1)": stats.chi2(degrees).cdf(matrix.sum(axis=(1, 2)) / DIM),
        "root of the leading minor": stats.chi2(2 * degrees - 2).cdf(2 * np.sqrt(minor)),
        "last variance given the others": stats.chi2(degrees - DIM + 1).cdf(last),
        "regression of 1 on 0": special.ndtr(matrix[:, 1, 0] / np.sqrt(diagonal[:, 0])),
        "regression of 2 on 0": special.ndtr(matrix[:, 2, 0] / np.sqrt(diagonal[:, 0])),
        "regression of 1 on 2": special.ndtr(matrix[:, 1, 2] / np.sqrt(diagonal[:, 2])),
    }


def suspicion(matrix, degrees, delta):
    """Largest log e-value over the laws and over pairs of independent parts, in units of what `delta` allows."""
    laws = distribution_functions(matrix, degrees)
    counts = [
        np.bincount(np.minimum((u * NUM_BINS).astype(int), NUM_BINS - 1), minlength=NUM_BINS) for u in laws.values()
    ]
    # Independent: a regression and the variance that it is on, and what is left beyond both.
    for one, other in [
        ("regression of 1 on 0", "first variance"),
        ("regression of 1 on 0", "regression of 2 on 0"),
        ("root of the leading minor", "last variance given the others"),
    ]:
        cells = 4 * np.minimum((laws[one] * 4).astype(int), 3) + np.minimum((laws[other] * 4).astype(int), 3)
        counts.append(np.bincount(cells, minlength=NUM_BINS))
    probs = np.full(NUM_BINS, 1 / NUM_BINS)
    # Six draws enter a matrix; float32 moves a chi-square number by sqrt(n) 2^-24 of a standard deviation.
    allowance = bounds.law_allowance(NUM_DRAWS, 6 * (2.0**-20 + np.sqrt(degrees) * 2.0**-24), probs)
    allowed = bounds.log_evalue_threshold(delta / len(counts)) + allowance
    return max(bounds.log_evalue_multinomial(count, probs) for count in counts) / allowed


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("degrees", DEGREES)
def test_functions_of_the_matrix_have_their_exact_laws(degrees, key):
    assert suspicion(matrices(degrees, key), degrees, 1e-9) < 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("degrees", [3, 7])
def test_sums_of_outer_products_have_the_same_laws(degrees, key):
    assert suspicion(outer_products(degrees, key), degrees, 1e-9) < 1


def without_descending_degrees(factor, degrees, key):
    diagonal = np.sqrt(np.random.default_rng(7).chisquare(degrees, (NUM_DRAWS, DIM)))
    places = np.arange(DIM)
    factor[:, places, places] = diagonal
    return factor


def one_degree_less(factor, degrees, key):
    return np.array(factors(jnp.float32(degrees - 1), jax.random.split(key, NUM_DRAWS)), np.float64)


def diagonal_alone(factor, degrees, key):
    return factor * np.eye(DIM)


def chi_square_for_its_root(factor, degrees, key):
    return np.where(np.eye(DIM) > 0, factor**2 / np.sqrt(degrees), factor)


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize(
    "spoil", [without_descending_degrees, one_degree_less, diagonal_alone, chi_square_for_its_root]
)
def test_a_wrong_decomposition_is_caught(spoil, key):
    """The smallest is one degree of 40: a fortieth of every variance."""
    factor = np.array(factors(jnp.float32(40.0), jax.random.split(key, NUM_DRAWS)), np.float64)
    factor = spoil(factor, 40.0, key)
    assert suspicion(factor @ factor.swapaxes(1, 2), 40.0, 1e-9) > 1


def moment_suspicion(matrix, degrees, delta):
    """Means and variances of entries at scale L L^T = S: E W = n S, Var W_ij = n (S_ij^2 + S_ii S_jj).

    (W_ij - n S_ij)^2 has variance at most 2 + 12 / n in units of its squared mean: W_ij is a sum of n independent
    products of two normal numbers, each of excess kurtosis at most 12, which equal ones have.
    """
    scale = ROOT @ ROOT.T
    sizes = np.diag(scale)
    worst = 0.0
    for i in range(DIM):
        for j in range(i + 1):
            variance = degrees * (scale[i, j] ** 2 + sizes[i] * sizes[j])
            centred = matrix[:, i, j] - degrees * scale[i, j]
            for values, exact, spread in (
                (centred, 0.0, variance),
                (centred**2, variance, (2 + 12 / degrees) * variance**2),
            ):
                estimate, distance = bounds.median_of_means(values, spread, delta / (DIM * (DIM + 1)))
                worst = max(worst, abs(estimate - exact) / (distance + 1e-4 * np.sqrt(spread)))
    return worst


@jax.jit
def scaled(degrees, keys):
    return jax.vmap(lambda key: samplers.wishart(degrees, jnp.asarray(ROOT, jnp.float32), key=key))(keys)


@pytest.mark.stat(delta=1e-9)
def test_entries_have_their_means_and_variances(key):
    matrix = np.asarray(scaled(jnp.float32(9.0), jax.random.split(key, NUM_DRAWS)), np.float64)
    np.testing.assert_allclose(matrix, matrix.swapaxes(1, 2), rtol=1e-6)
    assert moment_suspicion(matrix, 9.0, 1e-9) < 1


@pytest.mark.stat(delta=1e-9)
def test_wrong_moments_are_caught(key):
    """One degree of nine, in a mean."""
    matrix = np.asarray(scaled(jnp.float32(8.0), jax.random.split(key, NUM_DRAWS)), np.float64)
    assert moment_suspicion(matrix, 9.0, 1e-9) > 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("degrees", [3, 12])
def test_log_determinant_is_a_sum_of_log_chi_squares(degrees, key):
    """And it is not that of one degree less, which is the twin."""
    for measured in (degrees, degrees + 1):
        factor = np.asarray(factors(jnp.float32(measured), jax.random.split(key, NUM_DRAWS)), np.float64)
        values = 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
        parts = degrees - np.arange(DIM)
        exact = float(np.sum(special.digamma(parts / 2) + np.log(2)))
        allowed = bounds.log_chi_square_mean(parts, NUM_DRAWS, 1e-9) + DIM * 1e-5
        assert (abs(values.mean() - exact) <= allowed) == (measured == degrees)


def test_a_smaller_matrix_is_the_leading_block_of_a_larger_one():
    key = jax.random.key(5)
    large = np.asarray(samplers.wishart_factor(20, 5, key=key))
    np.testing.assert_array_equal(np.triu(large, 1), 0)
    for dim in (1, 2, 4):
        np.testing.assert_allclose(samplers.wishart_factor(20, dim, key=key), large[:dim, :dim], rtol=1e-6)


def test_float64():
    with jax.enable_x64(True):
        key, root = jax.random.key(0), jnp.asarray(ROOT, jnp.float64)
        factor = samplers.wishart_factor(5, DIM, key=key)
        assert factor.dtype == np.float64
        expected = ROOT @ np.asarray(factor) @ np.asarray(factor).T @ ROOT.T
        np.testing.assert_allclose(samplers.wishart(5, root, key=key), expected, rtol=1e-12)
        assert samplers.wishart_factor(5, DIM, key=key, dtype=jnp.float32).dtype == np.float32


def test_a_large_dimension_and_many_degrees():
    factor = np.asarray(samplers.wishart_factor(10**6, 100, key=jax.random.key(1)))
    assert np.all(np.isfinite(factor))
    assert np.allclose(np.diag(factor), 1000, rtol=0.01)


@pytest.mark.parametrize("degrees", [0, 2, 2.0, float("nan")])
def test_too_few_degrees_are_refused(degrees):
    with pytest.raises(ValueError, match="`degrees_of_freedom` must be above dim - 1 = 2"):
        samplers.wishart_factor(degrees, 3, key=jax.random.key(0))


def test_too_few_traced_degrees_are_nan():
    factor = jax.jit(lambda n: samplers.wishart_factor(n, 3, key=jax.random.key(0)))(jnp.float32(2.0))
    assert np.isnan(np.diag(factor)).all()


def test_shapes_are_refused():
    with pytest.raises(ValueError, match="`dim` must be at least 1; got 0"):
        samplers.wishart_factor(3, 0, key=jax.random.key(0))
    with pytest.raises(ValueError, match=r"`scale_factor` must be a square matrix; got shape \(2, 3\)"):
        samplers.wishart(3, jnp.ones((2, 3)), key=jax.random.key(0))
