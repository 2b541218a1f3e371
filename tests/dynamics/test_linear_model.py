"""A regression that labels its own data."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds

KEY = jax.random.key(9)
WEIGHTS = np.array([0.5, -1.0, 2.0])


def reduced(design, labels):
    """Triangle and labels of a design, by the QR decomposition that the class never makes."""
    orthogonal, upper = np.linalg.qr(design, mode="complete")
    dim = design.shape[1]
    rows, seen = np.zeros((dim, dim)), np.zeros(dim)
    rank = min(design.shape)
    rows[:rank], seen[:rank] = upper[:rank], (orthogonal.T @ labels)[:rank]
    return zd.statistics.LeastSquares(
        jnp.int32(len(design)), jnp.asarray(rows, jnp.float32), jnp.asarray(seen, jnp.float32)
    )


@pytest.mark.parametrize("num_rows", [1, 2, 3, 7])
def test_the_fit_is_the_pseudo_inverse(num_rows):
    rng = np.random.default_rng(num_rows)
    design, labels = rng.normal(size=(num_rows, 3)), rng.normal(size=num_rows)
    fitted = zd.LinearModel(WEIGHTS).matched(reduced(design, labels))
    np.testing.assert_allclose(fitted.weights, np.linalg.pinv(design) @ labels, rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 2), (2, 2), (5, 1)])
def test_sums_are_fits_to_both_designs(first, second):
    rng = np.random.default_rng(10 * first + second)
    design, labels = rng.normal(size=(first + second, 3)), rng.normal(size=first + second)
    joint = reduced(design[:first], labels[:first]) + reduced(design[first:], labels[first:])
    fitted = zd.LinearModel(WEIGHTS).matched(joint)
    np.testing.assert_allclose(fitted.weights, np.linalg.pinv(design) @ labels, rtol=5e-4, atol=5e-5)


def test_infinitely_many_rows_leave_the_model_as_it_is():
    state = zd.LinearModel(WEIGHTS)
    np.testing.assert_allclose(state.matched(state.expected()).weights, WEIGHTS, rtol=1e-6)


def risks(num_samples, update, dim=3, noise=0.5, horizon=3, replicates=20_000):
    weights = np.linspace(1.0, 2.0, dim)
    system = zd.System(zd.LinearModel(weights, noise), num_samples, update=update)
    run = zd.simulate(
        system,
        num_generations=horizon,
        num_replicates=replicates,
        key=KEY,
        record=("excess_risk",),
        keep="replicates",
    )
    return run.replicates["excess_risk"], weights


def mean_square_of_trace(num_rows, dim):
    """E (tr W^-1)^2 of a Wishart matrix: moments of the inverse Wishart law (von Rosen 1988)."""
    unit = 1 / ((num_rows - dim) * (num_rows - dim - 1) * (num_rows - dim - 3))
    return (num_rows - dim - 2) * unit * dim**2 + 2 * unit * dim


def risk_variance_bound(sizes, dim, noise, mean):
    """Given the designs the error is normal, its covariance C <= sigma^2 sum_s H_s^-1, H_s the fits' Gram matrices.

    E |error|^4 <= 3 E (tr C)^2, and the root of E (tr sum_s H_s^-1)^2 is at most the sum of the roots (Minkowski).
    """
    return 3 * (noise * sum(np.sqrt(mean_square_of_trace(size, dim)) for size in sizes)) ** 2 - mean**2


@pytest.mark.stat(delta=2e-9)
@pytest.mark.parametrize(
    ("update", "oracle", "sizes"),
    [
        (zd.Replace(), zd.oracles.regression_risk_replace, (20, 20, 20)),
        (zd.Accumulate(), zd.oracles.regression_risk_accumulate, (20, 40, 60)),
    ],
    ids=["replace", "accumulate"],
)
def test_excess_risk_is_that_of_theory(update, oracle, sizes):
    values, _ = risks(20, update)
    exact = oracle([20] * 3, 3, 0.5)
    for generation in (1, 3):
        variance = risk_variance_bound(sizes[:generation], 3, 0.5, exact[generation])
        estimate, distance = bounds.median_of_means(values[:, generation], variance, 1e-9)
        assert abs(estimate - exact[generation]) < distance
    if isinstance(update, zd.Replace):  # One generation more or less would be seen.
        assert exact[3] - exact[2] > distance


@pytest.mark.stat(delta=2e-9)
def test_with_fewer_rows_than_features_the_model_shrinks_even_without_noise():
    dim, replicates = 6, 20_000
    weights = np.linspace(1.0, 2.0, dim)
    run = zd.simulate(
        zd.System(zd.LinearModel(weights, 0.0), 2),
        num_generations=3,
        num_replicates=replicates,
        key=KEY,
        record=("excess_risk", "squared_norm"),
        keep="replicates",
    )
    # The least-norm fit is a projection of the model on the rows: it never lengthens.
    norm = float(np.sum(weights**2))
    assert np.all(np.diff(run.replicates["squared_norm"], axis=1) < 1e-4 * norm)
    exact = zd.oracles.regression_risk_min_norm([2] * 3, dim, 0.0, norm)
    # Both vectors are within the target's norm, and so their distance within twice it.
    allowed = bounds.hoeffding(replicates, 1e-9, 4 * norm)
    for generation in (1, 3):
        assert abs(run.replicates["excess_risk"][:, generation].mean() - exact[generation]) < allowed
    assert exact[2] - exact[1] > allowed
