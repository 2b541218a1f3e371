"""Estimators of Gaussian states: formulas, point masses, digits near equality."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zenil_dynamics import estimators

MEANS = st.floats(-3, 3, allow_subnormal=False, width=32)
VARIANCES = st.floats(2.0**-13, 16, allow_subnormal=False, width=32)


def test_entropy_agrees_with_scipy():
    for variance in (1e-6, 0.3, 1.0, 50.0):
        expected = float(stats.norm(scale=np.sqrt(variance)).entropy())
        assert float(estimators.differential_entropy(variance)) == pytest.approx(expected, rel=1e-5, abs=1e-5)
        assert float(estimators.log_variance(variance)) == pytest.approx(np.log(variance), rel=1e-5, abs=1e-6)


@settings(deadline=None, max_examples=200)
@given(MEANS, VARIANCES, MEANS, VARIANCES)
def test_formulas(m1, v1, m2, v2):
    kl = 0.5 * (v1 / v2 - 1 - np.log(v1 / v2) + (m1 - m2) ** 2 / v2)
    w2 = (m1 - m2) ** 2 + (np.sqrt(v1) - np.sqrt(v2)) ** 2
    # Near equality the float64 formulas above cancel to 1e-16 of their parts; float32 rounds v1 / v2 once more.
    ratio_error = 8 * 2.0**-24 * abs(v1 / v2 - 1) + 1e-14
    assert float(_KL(m1, v1, m2, v2)) == pytest.approx(kl, rel=1e-5, abs=ratio_error)
    assert float(_W2(m1, v1, m2, v2)) == pytest.approx(w2, rel=1e-5, abs=1e-14)
    assert float(_KL(m1, v1, m2, v2)) >= 0
    assert float(_W2(m1, v1, m2, v2)) == float(_W2(m2, v2, m1, v1))
    assert float(_KL(m1, v1, m1, v1)) == float(_W2(m1, v1, m1, v1)) == 0


_KL = jax.jit(estimators.kl_divergence_gaussian)
_W2 = jax.jit(estimators.wasserstein2_squared)


def test_wasserstein_is_the_square_of_the_distance():
    assert float(estimators.wasserstein2_squared(0.0, 4.0, 3.0, 1.0)) == 9 + 1


def test_close_variances_keep_their_digits():
    # r - 1 - log r = e^2/2 - e^3/3 + ... with e = 2^-12 exactly representable.
    e = 2.0**-12
    exact = 0.5 * (e - np.log1p(e))
    assert float(estimators.kl_divergence_gaussian(0.0, 1 + e, 0.0, 1.0)) == pytest.approx(exact, rel=1e-5)
    exact = (np.sqrt(1 + e) - 1) ** 2
    assert float(estimators.wasserstein2_squared(0.0, 1 + e, 0.0, 1.0)) == pytest.approx(exact, rel=1e-5)


def test_point_masses():
    assert float(estimators.log_variance(0.0)) == -np.inf
    assert float(estimators.differential_entropy(0.0)) == -np.inf
    assert float(estimators.kl_divergence_gaussian(0.0, 0.0, 0.0, 1.0)) == np.inf
    assert float(estimators.kl_divergence_gaussian(0.0, 1.0, 0.0, 0.0)) == np.inf
    assert float(estimators.kl_divergence_gaussian(0.0, 0.0, 1.0, 0.0)) == np.inf
    assert float(estimators.kl_divergence_gaussian(1.0, 0.0, 1.0, 0.0)) == 0
    assert float(estimators.wasserstein2_squared(1.0, 0.0, 3.0, 0.0)) == 4
    assert float(estimators.wasserstein2_squared(1.0, 0.0, 1.0, 4.0)) == 4


_GRADIENTS = {
    name: jax.jit(jax.grad(getattr(estimators, name), argnums=(0, 1, 2, 3)))
    for name in ("kl_divergence_gaussian", "wasserstein2_squared")
}


@pytest.mark.parametrize("name", ["kl_divergence_gaussian", "wasserstein2_squared"])
@pytest.mark.parametrize("v1", [0.0, 1.0])
@pytest.mark.parametrize("v2", [0.0, 1.0])
@pytest.mark.parametrize("m2", [0.0, 2.0])
def test_gradients_are_finite(name, v1, v2, m2):
    gradients = _GRADIENTS[name](0.0, v1, m2, v2)
    assert np.all(np.isfinite(gradients))


def test_gradients_by_hand():
    by_m1, by_v1, by_m2, by_v2 = _GRADIENTS["kl_divergence_gaussian"](1.0, 2.0, 0.5, 4.0)
    np.testing.assert_allclose([by_m1, by_m2], [0.125, -0.125], rtol=1e-5)
    np.testing.assert_allclose([by_v1, by_v2], [0.5 / 4 - 0.5 / 2, 0.5 / 4 - (2 + 0.25) / 32], rtol=1e-5)


def test_nan_stays_nan():
    for function in (_KL, _W2):
        for place in range(4):
            arguments = [0.5, 1.0, 0.0, 2.0]
            arguments[place] = np.nan
            assert jnp.isnan(function(*arguments))
    assert jnp.isnan(estimators.differential_entropy(np.nan))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_follows_the_input_under_jit_and_vmap(dtype):
    with jax.enable_x64(dtype == np.float64):
        means, variances = jnp.asarray([0.0, 1.0], dtype), jnp.asarray([1.0, 0.0], dtype)
        zero, one = jnp.asarray(0, dtype), jnp.asarray(1, dtype)
        for function in (estimators.kl_divergence_gaussian, estimators.wasserstein2_squared):
            values = jax.jit(jax.vmap(function, in_axes=(0, 0, None, None)))(means, variances, zero, one)
            assert values.dtype == dtype
            assert values[0] == 0
        assert jax.vmap(estimators.differential_entropy)(variances).dtype == dtype
        assert jax.vmap(estimators.log_variance)(variances).dtype == dtype
