"""Estimators of one categorical state: formulas, bounds, and behaviour at the faces of the simplex."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from zenil_dynamics import estimators
from zenil_dynamics.validate import probabilities

P = np.array([0.4, 0.3, 0.2, 0.1, 0.0])
Q = np.array([0.0, 0.5, 0.25, 0.0, 0.25])


def test_values_by_hand():
    assert float(estimators.entropy_plugin(Q)) == pytest.approx(1.5 * np.log(2), rel=1e-6)
    assert float(estimators.diversity(Q)) == 1 - (0.25 + 2 * 0.0625)
    assert int(estimators.support_size(Q)) == 3
    assert float(estimators.rare_mass(Q, P, 0.25)) == 0.5
    assert float(estimators.missing_mass(Q, P)) == 0.5


def test_threshold_itself_is_not_rare():
    assert float(estimators.rare_mass(Q, P, 0.2)) == 0.25
    # A float64 threshold meets the same number in float32.
    assert float(estimators.rare_mass(Q, P, np.float64(0.1))) == 0.25


@pytest.mark.parametrize("support_size", [1, 2, 3, 100])
def test_uniform_reaches_the_upper_bounds(support_size):
    uniform = np.full(support_size, 1 / support_size)
    assert float(estimators.entropy_plugin(uniform)) == pytest.approx(np.log(support_size), rel=1e-5)
    assert float(estimators.diversity(uniform)) == pytest.approx(1 - 1 / support_size, rel=1e-5)
    assert int(estimators.support_size(uniform)) == support_size


@pytest.mark.parametrize("support_size", [1, 2, 3, 100])
def test_vertex_reaches_the_lower_bounds(support_size):
    vertex = np.eye(support_size)[0]
    assert float(estimators.entropy_plugin(vertex)) == 0
    assert float(estimators.diversity(vertex)) == 0
    assert int(estimators.support_size(vertex)) == 1


def test_diversity_keeps_its_digits_near_a_vertex():
    rest = np.float32(2.0**-20)
    near = np.array([1 - rest, rest], np.float32)
    assert float(estimators.diversity(near)) == pytest.approx(2 * float(rest) * (1 - float(rest)), rel=3e-7)


def test_nan_is_not_taken_for_an_absent_type():
    broken = jnp.array([jnp.nan, 0.5, 0.5])
    assert jnp.isnan(estimators.entropy_plugin(broken))
    assert jnp.isnan(estimators.diversity(broken))


@pytest.mark.parametrize("function", [estimators.entropy_plugin, estimators.diversity])
def test_gradients_are_finite_at_faces_and_right_inside(function):
    assert np.all(np.isfinite(jax.grad(function)(jnp.asarray(Q, jnp.result_type(float)))))
    inside = jnp.array([0.2, 0.3, 0.5])
    exact = -(np.log(inside) + 1) if function is estimators.entropy_plugin else 1 - 2 * np.asarray(inside)
    np.testing.assert_allclose(jax.grad(function)(inside), exact, rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_follows_the_input(dtype):
    with jax.enable_x64(dtype == np.float64):
        probs, target = jnp.asarray(Q, dtype), jnp.asarray(P, dtype)
        assert estimators.entropy_plugin(probs).dtype == dtype
        assert estimators.diversity(probs).dtype == dtype
        assert estimators.support_size(probs).dtype == np.int32
        assert estimators.rare_mass(probs, target, 0.1).dtype == dtype
        assert estimators.missing_mass(probs, target).dtype == dtype


def test_whole_numbers_become_floats():
    assert estimators.entropy_plugin([1, 0]).dtype == jnp.result_type(float)


def test_jit_and_vmap_agree_with_single_calls():
    batch = jnp.stack([probabilities(np.arange(5) == k, name="probs") for k in range(5)] + [jnp.asarray(Q)])
    together = jax.jit(jax.vmap(lambda probs: estimators.rare_mass(probs, P, 0.25)))(batch)
    assert together.tolist() == [float(estimators.rare_mass(probs, P, 0.25)) for probs in batch]
    entropies = jax.jit(jax.vmap(estimators.entropy_plugin))(batch)
    np.testing.assert_allclose(entropies, [estimators.entropy_plugin(probs) for probs in batch], rtol=1e-5)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_shape_is_checked_while_tracing(shape):
    for function in (estimators.entropy_plugin, estimators.diversity, estimators.support_size):
        with pytest.raises(ValueError, match=r"`probs` must have shape \(support,\); got shape .* Use jax.vmap"):
            jax.jit(function)(jnp.zeros(shape))


def test_different_numbers_of_types_are_refused():
    with pytest.raises(ValueError, match="`probs` and `target` must have the same number of types; got 2 and 3"):
        estimators.missing_mass(jnp.ones(2) / 2, jnp.ones(3) / 3)
