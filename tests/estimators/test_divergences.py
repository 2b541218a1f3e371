"""Divergences of categorical states: formulas, inequalities, faces of the simplex, and digits near equality."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import rel_entr

from zenil_dynamics import estimators
from zenil_dynamics.estimators.base import relative_entropy_term

P = np.array([0.4, 0.3, 0.3, 0.0])
Q = np.array([0.0, 0.5, 0.5, 0.0])


def test_values_by_hand():
    assert float(estimators.kl_divergence(Q, P)) == pytest.approx(np.log(5 / 3), rel=1e-6)
    assert float(estimators.kl_divergence(P, Q)) == np.inf
    assert float(estimators.total_variation(Q, P)) == pytest.approx(0.4, rel=1e-6)
    assert float(estimators.chi_square(Q, P)) == pytest.approx(0.4 + 2 * 0.04 / 0.3, rel=1e-6)
    assert float(estimators.chi_square(P, Q)) == np.inf


@pytest.mark.parametrize("name", ["kl_divergence", "total_variation", "chi_square"])
def test_equal_states_are_at_distance_zero(name):
    assert float(getattr(estimators, name)(P, P)) == 0


def test_disjoint_states_are_at_total_variation_one():
    assert float(estimators.total_variation([1, 0], [0, 1])) == 1


# One trace for each support size and function.
_TOGETHER = jax.jit(
    lambda p, q: (
        estimators.kl_divergence(p, q),
        estimators.total_variation(p, q),
        estimators.total_variation(q, p),
        estimators.chi_square(p, q),
        estimators.entropy_plugin(p),
        estimators.diversity(p),
    )
)
SIZES = st.sampled_from([1, 2, 3, 10])
WEIGHTS = st.one_of(st.just(0.0), st.floats(1e-6, 1.0, allow_subnormal=False), st.just(0.5))


@st.composite
def simplex_pairs(draw):
    """Two points of one simplex, faces included; the second one sometimes close to the first."""
    size = draw(SIZES)
    first = np.array(draw(st.lists(WEIGHTS, min_size=size, max_size=size)))
    first[draw(st.integers(0, size - 1))] += 0.5
    if draw(st.booleans()):
        second = first * (1 + 1e-4 * np.array(draw(st.lists(st.floats(-1, 1), min_size=size, max_size=size))))
    else:
        second = np.array(draw(st.lists(WEIGHTS, min_size=size, max_size=size)))
        second[draw(st.integers(0, size - 1))] += 0.5
    return first / first.sum(), second / second.sum()


@settings(deadline=None, max_examples=200)
@given(simplex_pairs())
def test_invariants(pair):
    p, q = pair
    kl, tv, tv_swapped, chi, entropy, diversity = (float(value) for value in _TOGETHER(p, q))
    # Roundings of at most 11 terms of size 1, and of logarithms: below 100 units of 2^-24.
    slack = 100 * 2.0**-24
    assert 0 <= entropy <= np.log(p.size) + slack
    assert 0 <= diversity <= 1 - 1 / p.size + slack
    assert diversity <= entropy + slack  # 1 - q <= -log q
    assert tv == tv_swapped
    assert 0 <= tv <= 1 + slack
    # Near equality these are as small as tv^2, so that an absolute slack alone would say nothing.
    assert kl >= 2 * tv * tv * (1 - slack) - slack * tv  # Pinsker
    assert chi >= 4 * tv * tv * (1 - slack) - slack * tv  # Cauchy-Schwarz
    assert kl <= np.log1p(chi) * (1 + slack) + slack * np.sqrt(chi) + slack * slack  # Jensen
    assert kl >= 0
    exact = float(np.sum(rel_entr(p, q)))
    assert np.isinf(kl) == np.isinf(exact)
    if np.isfinite(exact):
        assert kl == pytest.approx(exact, rel=1e-5, abs=slack * (tv + slack))


def test_invariants_catch_the_naive_sum():
    # The mutant sum q log(q/p) goes negative near equality, which the law above forbids.
    rng = np.random.default_rng(0)
    naive = jax.jit(jax.vmap(lambda p, q: jnp.sum(p * jnp.log(p / q))))
    p = rng.dirichlet(np.ones(10), 200).astype(np.float32)
    q = (p * (1 + 1e-6 * rng.uniform(-1, 1, p.shape))).astype(np.float32)
    assert float(jnp.min(naive(p, q))) < 0
    assert float(jnp.min(jax.jit(jax.vmap(estimators.kl_divergence))(p, q))) >= 0


@pytest.mark.parametrize(("dtype", "roundoff"), [(np.float32, 2.0**-24), (np.float64, 2.0**-53)])
def test_term_is_accurate_at_all_distances(dtype, roundoff):
    # 44 roundings of the term itself, as proved in `estimators.slack`, against 60 digits.
    ratios = np.concatenate(
        [2.0 ** np.linspace(-30, 30, 41), 1 + 10.0 ** -np.arange(1, 15), 3 + np.linspace(-0.01, 0.01, 9)]
    )
    first = np.concatenate([np.full(ratios.shape, 0.3), 0.3 * ratios]).astype(dtype)
    second = np.concatenate([0.3 * ratios, np.full(ratios.shape, 0.3)]).astype(dtype)
    with jax.enable_x64(dtype == np.float64):
        terms = np.asarray(jax.jit(relative_entropy_term)(first, second))
    assert terms.dtype == dtype
    with mpmath.workdps(60):
        for p, q, term in zip(first, second, terms, strict=True):
            a, b = mpmath.mpf(float(p)), mpmath.mpf(float(q))
            exact = a * mpmath.log(a / b) - a + b
            assert abs(mpmath.mpf(float(term)) - exact) <= 44 * roundoff * exact


def test_small_squares_do_not_underflow():
    # (q - p)^2 / p = p = 1e-30 although (q - p)^2 = 1e-60 is below float32.
    assert float(estimators.chi_square([1.0, 0.0], [1.0, 1e-30])) == pytest.approx(1e-30, rel=1e-5)


_GRADIENTS = {
    name: jax.jit(jax.grad(getattr(estimators, name), argnums=(0, 1)))
    for name in ("kl_divergence", "total_variation", "chi_square")
}


@pytest.mark.parametrize("name", ["kl_divergence", "total_variation", "chi_square"])
@pytest.mark.parametrize(
    ("first", "second"),
    [(P, P), (Q, P), (P, Q), (Q, Q), ([0.5, 0.5 - 1e-25, 1e-25], [0.5, 0.5 - 1e-30, 1e-30]), ([1, 0], [0, 1])],
)
def test_gradients_are_never_nan(name, first, second):
    first, second = (jnp.asarray(probs, jnp.result_type(float)) for probs in (first, second))
    for gradient in _GRADIENTS[name](first, second):
        assert np.all(np.isfinite(gradient))


def test_gradients_inside_the_simplex():
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.25, 0.35, 0.4])
    by_p, by_q = jax.grad(estimators.kl_divergence, argnums=(0, 1))(jnp.asarray(p), jnp.asarray(q))
    np.testing.assert_allclose(by_p, np.log(p / q), rtol=1e-5)
    np.testing.assert_allclose(by_q, 1 - p / q, rtol=1e-5)
    by_p, by_q = jax.grad(estimators.chi_square, argnums=(0, 1))(jnp.asarray(p), jnp.asarray(q))
    np.testing.assert_allclose(by_p, 2 * (p - q) / q, rtol=1e-5)
    np.testing.assert_allclose(by_q, 1 - (p / q) ** 2, rtol=1e-5)


def test_nan_stays_nan():
    broken = jnp.array([jnp.nan, 0.5, 0.5])
    for name in ("kl_divergence", "total_variation", "chi_square"):
        assert jnp.isnan(getattr(estimators, name)(broken, jnp.array([0.0, 0.5, 0.5])))
        assert jnp.isnan(getattr(estimators, name)(broken, jnp.array([0.2, 0.4, 0.4])))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["kl_divergence", "total_variation", "chi_square"])
def test_dtype_follows_the_input_under_jit_and_vmap(name, dtype):
    with jax.enable_x64(dtype == np.float64):
        batch = jnp.stack([jnp.asarray(Q, dtype), jnp.asarray(P, dtype)])
        values = jax.jit(jax.vmap(getattr(estimators, name), in_axes=(0, None)))(batch, jnp.asarray(P, dtype))
        assert values.dtype == dtype
        assert values[1] == 0


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="`first` and `second` must have the same number of types; got 2 and 3"):
        estimators.kl_divergence(jnp.ones(2) / 2, jnp.ones(3) / 3)
    with pytest.raises(ValueError, match=r"`second` must have shape \(support,\); got shape \(1, 2\)"):
        estimators.total_variation(jnp.ones(2) / 2, jnp.ones((1, 2)) / 2)
    with pytest.raises(ValueError, match="`target`"):
        estimators.chi_square(jnp.ones(2) / 2, jnp.ones(()))
