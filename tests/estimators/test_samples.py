"""Maximum mean discrepancy: exact small cases, distances of means, permutations as the meaning of unbiased, laws."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import cdist

from zenil_dynamics import estimators

POINTS = arrays.arrays(np.float32, (5, 2), elements=st.floats(-2, 2, width=16))
WEIGHTS = arrays.arrays(np.float32, 5, elements=st.integers(1, 8).map(float))


def linear(x, y):
    return jnp.sum(x * y)


def gaussian(x, y):
    return jnp.exp(-0.5 * jnp.sum((x - y) ** 2))


def same(x, y):
    return (x == y).astype(jnp.float32)


def test_values_by_hand():
    first, second = np.array([0.0, 2.0]), np.array([1.0, 1.0, 4.0])
    # Linear kernel: the squared distance of the means 1 and 2.
    assert float(estimators.mmd_squared(first, second, linear, unbiased=False)) == pytest.approx(1, abs=1e-6)
    # Without the diagonals: 0 + (1 + 4 + 4) / 3 - 2 * 2.
    assert float(estimators.mmd_squared(first, second, linear, unbiased=True)) == pytest.approx(3 - 4, abs=1e-6)
    weighted = estimators.mmd_squared(first, second, linear, unbiased=False, first_weights=[1, 3])
    assert float(weighted) == pytest.approx(0.25, abs=1e-6)


def test_agreement_with_a_reference_from_distances():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((7, 3)), rng.standard_normal((4, 3)) + 0.3
    v, w = rng.dirichlet(np.ones(7)), rng.dirichlet(np.ones(4))
    everything, signed = np.concatenate([first, second]), np.concatenate([v, -w])
    gram = np.exp(-0.5 * cdist(everything, everything, "sqeuclidean"))
    biased = signed @ gram @ signed
    off = gram * (1 - np.eye(11))
    sides = (v @ off[:7, :7] @ v) / (1 - v @ v) + (w @ off[7:, 7:] @ w) / (1 - w @ w)
    unbiased = sides - 2 * v @ gram[:7, 7:] @ w
    with jax.enable_x64(True):
        options = {"first_weights": v, "second_weights": w}
        found = estimators.mmd_squared(first, second, gaussian, unbiased=False, **options)
        assert float(found) == pytest.approx(biased, rel=1e-12)
        found = estimators.mmd_squared(first, second, gaussian, unbiased=True, **options)
        assert float(found) == pytest.approx(unbiased, rel=1e-12)


def test_unbiased_means_unbiased():
    """All samples of two points from each of two laws, weighted by their probability: the mean is the truth."""
    types, p, q = np.array([0.0, 1.0, 3.0]), np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.1, 0.8])
    samples = list(itertools.product(range(3), repeat=4))
    batch = jnp.asarray(types[np.array(samples)])
    chances = np.array([p[a] * p[b] * q[c] * q[d] for a, b, c, d in samples])
    weights = {"first_weights": jnp.array([0.25, 0.75])}
    truth = float(estimators.mmd_squared_of_laws(p, q, types, gaussian))
    for options in ({}, weights):

        def estimate(points, unbiased, options=options):
            return estimators.mmd_squared(points[:2], points[2:], gaussian, unbiased=unbiased, **options)

        means = [chances @ np.asarray(jax.vmap(lambda row, u=u: estimate(row, u))(batch)) for u in (True, False)]
        assert means[0] == pytest.approx(truth, abs=1e-6)
        assert means[1] > truth + 0.1


_BOTH = jax.jit(
    lambda x, y, v, w: [
        (
            estimators.mmd_squared(a, b, gaussian, unbiased=unbiased, first_weights=s, second_weights=t),
            estimators.mmd_squared(a + 1, b + 1, gaussian, unbiased=unbiased, first_weights=3 * s, second_weights=t),
        )
        for unbiased in (False, True)
        for a, b, s, t in ((x, y, v, w), (y, x, w, v), (x[::-1], y, v[::-1], w))
    ]
)


@given(POINTS, POINTS, WEIGHTS, WEIGHTS)
def test_laws_of_samples(x, y, v, w):
    # Sums of kernel values in [0, 1] with weights that sum to 1: a few dozen roundings of 2^-24 each.
    slack = 1e-5
    values = np.array(_BOTH(x, y, v, w)).reshape(2, 3, 2)
    biased, unbiased = values
    assert np.all(biased >= -slack)
    assert np.all(biased <= 2 + slack)
    np.testing.assert_allclose(biased, biased[0, 0], atol=slack)  # order, sides, shifts and scale of weights
    np.testing.assert_allclose(unbiased, unbiased[0, 0], atol=slack)
    assert unbiased[0, 0] <= biased[0, 0] + slack  # k <= 1 on the diagonal


def test_equal_samples_are_at_distance_zero():
    points = np.random.default_rng(1).standard_normal((6, 2))
    assert float(estimators.mmd_squared(points, points, gaussian, unbiased=False)) == pytest.approx(0, abs=1e-6)


def test_laws_on_points():
    p, q, points = np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.25, 0.5]), np.array([0, 3, 7])
    assert float(estimators.mmd_squared_of_laws(p, q, points, same)) == pytest.approx(2 / 16 + 1 / 4)
    moved = np.sum((p - q) * points) ** 2
    # Points and kernel of whole numbers.
    assert float(estimators.mmd_squared_of_laws(p, q, points, linear)) == pytest.approx(moved, rel=1e-5)
    assert float(estimators.mmd_squared_of_laws(p, p, points, same)) == 0
    # A law is the weighted sample of its own types.
    points = points.astype(np.float32)
    as_sample = estimators.mmd_squared(points, points, gaussian, unbiased=False, first_weights=p, second_weights=q)
    assert float(as_sample) == pytest.approx(float(estimators.mmd_squared_of_laws(p, q, points, gaussian)), abs=1e-6)


def test_bad_input():
    points = np.zeros((3, 2))
    with pytest.raises(ValueError, match=r"must have shapes \(points, \*event\) with the same event; got \(3, 2\)"):
        estimators.mmd_squared(points, np.zeros((3, 1)), linear, unbiased=False)
    with pytest.raises(ValueError, match="`unbiased` needs two points on each side; got 3 and 1. Give more points"):
        estimators.mmd_squared(points, points[:1], linear, unbiased=True)
    with pytest.raises(ValueError, match=r"`second_weights` must have shape \(3,\), one weight a point; got .*\(2,\)"):
        estimators.mmd_squared(points, points, linear, unbiased=False, second_weights=[1, 1])
    with pytest.raises(ValueError, match="`kernel` must return one number for two points; got ShapeDtypeStruct"):
        estimators.mmd_squared(points, points, lambda x, y: x * y, unbiased=False)
    with pytest.raises(ValueError, match=r"`points` must have shape \(support, \*event\) with 2 types; got .*\(3, 2\)"):
        estimators.mmd_squared_of_laws([0.5, 0.5], [1, 0], points, linear)
