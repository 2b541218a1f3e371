"""Functionals of recorded paths: small cases by hand, loops written out, and laws."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zenil_dynamics import estimators

PATHS = arrays.arrays(np.float32, (4, 12), elements=st.integers(-3, 3).map(float))
VERTICES = arrays.arrays(np.int32, (3, 123), elements=st.integers(-1, 2))


def test_hitting_times_by_hand():
    values = np.array([[3.0, 2.0, 1.0, 2.0], [3.0, 3.0, 3.0, 3.0], [0.0, 5.0, 5.0, 5.0]])
    down = estimators.hitting_time(values, 1.0, "down")
    assert down.time.tolist() == [2, 3, 0]
    assert down.censored.tolist() == [False, True, False]
    up = estimators.hitting_time(values, 4, "up")
    assert up.time.tolist() == [3, 3, 1]
    assert up.censored.tolist() == [True, True, False]


def test_a_hit_at_the_last_generation_is_not_censored():
    found = estimators.hitting_time([0.0, 0.0, 1.0], 1.0, "up")
    assert (int(found.time), bool(found.censored)) == (2, False)


def test_the_level_itself_counts_in_the_dtype_of_the_values():
    # As float64 the level 0.1 lies below float32's 0.1 and would be passed a generation late from above.
    assert not estimators.hitting_time(np.float32([0.5, 0.1]), np.float64(0.1), "down").censored


def test_nan_hits_nothing():
    assert estimators.hitting_time([np.nan, 2.0, np.nan], 1.0, "up").time == 1
    assert estimators.hitting_time([np.nan, np.nan], 1.0, "down").censored


_HITTING = jax.jit(
    lambda values, level: (
        estimators.hitting_time(values, level, "up"),
        estimators.hitting_time(-values, -level, "down"),
        estimators.hitting_time(jnp.maximum.accumulate(values, axis=-1), level, "up"),
        estimators.hitting_time(values, level + 1, "up"),
    )
)


@given(PATHS, st.integers(-4, 4).map(float))
def test_hitting_times_are_those_of_a_loop_and_obey_their_laws(values, level):
    up, mirrored, of_maximum, higher = _HITTING(values, np.float32(level))
    for path, time, censored in zip(values, up.time, up.censored, strict=True):
        hits = [generation for generation, value in enumerate(path) if value >= level]
        assert (int(time), bool(censored)) == ((hits[0], False) if hits else (11, True))
    for other in (mirrored, of_maximum):
        np.testing.assert_array_equal(other.time, up.time)
        np.testing.assert_array_equal(other.censored, up.censored)
    assert np.all(higher.time >= up.time)
    assert np.all(higher.censored | ~up.censored)


def test_fixation_is_read_alike_from_both_records():
    probs = np.array([[0.5, 0.5, 0.0], [0.75, 0.25, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    sizes = [float(estimators.support_size(q)) for q in probs]
    diversities = [float(estimators.diversity(q)) for q in probs]
    assert estimators.fixation_time(sizes, "support_size") == (2, False)
    assert estimators.fixation_time(diversities, "diversity") == (2, False)
    assert estimators.fixation_time(sizes[:2], "support_size") == (1, True)


def test_extinction_is_measured_against_the_start():
    sizes = np.array([[4, 4, 5, 3], [4, 4, 4, 4], [2, 1, 2, 1]])
    found = estimators.first_extinction_time(sizes)
    assert found.time.tolist() == [3, 3, 1]
    assert found.censored.tolist() == [False, True, False]


def test_vertices():
    assert int(estimators.vertex_index([0.0, 0.0, 1.0])) == 2
    assert int(estimators.vertex_index([0.5, 0.0, 0.5])) == -1
    # All but one are absent: rounding of the last probability does not matter.
    assert int(estimators.vertex_index(np.float32([0.0, 1 - 2.0**-24]))) == 1
    assert estimators.vertex_index([1.0]).dtype == jnp.int32


def test_hops_by_hand():
    path = [-1, 0, -1, 0, 1, 1, -1, 2, -1, 2, 0]
    assert np.flatnonzero(estimators.hops(path)).tolist() == [4, 7, 10]
    assert int(estimators.num_hops(path)) == 3
    assert estimators.hops_per_decade(path).tolist() == [2, 1]
    assert int(estimators.num_hops([-1, -1])) == 0


def hops_of_a_loop(path):
    last, where = -1, []
    for generation, vertex in enumerate(path):
        if vertex >= 0:
            if last >= 0 and vertex != last:
                where.append(generation)
            last = vertex
    return where


_HOPS = jax.jit(
    lambda vertices: (
        estimators.hops(vertices),
        estimators.num_hops(vertices),
        estimators.hops_per_decade(vertices),
        estimators.num_hops(jnp.where(vertices >= 0, 2 - vertices, vertices)),
        estimators.num_hops(vertices.astype(jnp.float32)),
    )
)


@given(VERTICES)
def test_hops_are_those_of_a_loop_and_obey_their_laws(vertices):
    jumped, number, decades, renamed, of_floats = (np.asarray(found) for found in _HOPS(vertices))
    for path, row, count, per_decade in zip(vertices, jumped, number, decades, strict=True):
        where = hops_of_a_loop(path)
        assert np.flatnonzero(row).tolist() == where
        assert count == len(where)
        assert per_decade.tolist() == [sum(len(str(t)) == digits for t in where) for digits in (1, 2, 3)]
    np.testing.assert_array_equal(renamed, number)
    np.testing.assert_array_equal(of_floats, number)


@pytest.mark.parametrize(("last", "decades"), [(0, 0), (1, 1), (9, 1), (10, 2), (99, 2), (100, 3)])
def test_decades_end_where_digits_change(last, decades):
    counted = estimators.hops_per_decade(np.arange(last + 1) % 2)
    assert counted.shape == (decades,)
    assert int(jnp.sum(counted)) == last


def weighted_correlation(values, lag, weights):
    """Of all pairs, replicate r counted `weights[r]` times; NumPy's covariance with importance weights."""
    num_pairs = values.shape[1] - lag
    first, second = values[:, :num_pairs].ravel(), values[:, lag:].ravel()
    table = np.cov(first, second, aweights=np.repeat(weights, num_pairs), bias=True)
    return table[0, 1] / np.sqrt(table[0, 0] * table[1, 1])


@pytest.mark.parametrize("lag", [0, 1, 5, 19])
def test_autocorrelation_is_numpys_and_its_error_the_infinitesimal_jackknife(lag):
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.standard_normal((30, 20)), axis=1)
    with jax.enable_x64(True):
        found = estimators.autocorrelation(values, lag)
    ones, step = np.ones(30), 1e-5
    assert float(found.value) == pytest.approx(weighted_correlation(values, lag, ones), rel=1e-12)
    # The influence of a replicate is the derivative with respect to its weight, here a central difference.
    slopes = [
        weighted_correlation(values, lag, ones + step * unit) - weighted_correlation(values, lag, ones - step * unit)
        for unit in np.eye(30)
    ]
    influence = 30 * np.array(slopes) / (2 * step)
    expected = np.sqrt(np.sum(influence**2) / (30 * 29))
    # The difference quotient errs by step^2 and by rounding / step.
    assert float(found.standard_error) == pytest.approx(expected, rel=1e-6, abs=1e-9)


_AUTOCORRELATION = jax.jit(estimators.autocorrelation, static_argnums=1)


@given(arrays.arrays(np.float32, (5, 8), elements=st.floats(-4, 4, width=16)), st.sampled_from([0, 1, 3]))
def test_autocorrelation_obeys_its_laws(values, lag):
    first, second = values[:, : 8 - lag], values[:, lag:]
    # In float32 the spread of nearly equal values is rounding.
    assume(min(np.std(first.astype(np.float64)), np.std(second.astype(np.float64))) >= 1e-2)
    found = _AUTOCORRELATION(values, lag)
    assert abs(float(found.value)) <= 1 + 1e-5
    assert float(found.standard_error) >= 0
    if lag == 0:
        assert float(found.value) == pytest.approx(1, abs=1e-5)
        assert float(found.standard_error) == pytest.approx(0, abs=1e-5)
    # Powers of two and a reversal of sign change no bit but the sign's; the order of replicates only rounding.
    scaled = _AUTOCORRELATION(-2 * values, lag)
    assert scaled == found
    turned = _AUTOCORRELATION(values[::-1].copy(), lag)
    np.testing.assert_allclose(turned, found, rtol=1e-4, atol=1e-5)


def test_values_that_do_not_vary_have_no_correlation():
    assert np.isnan(estimators.autocorrelation(np.ones((3, 4)), 1).value)


def test_bad_input():
    with pytest.raises(ValueError, match="`direction` must be 'up' or 'down'; got 'sideways'"):
        estimators.hitting_time([1.0], 0.0, "sideways")
    with pytest.raises(ValueError, match=r"`level` must be one number; got shape \(2,\). Use jax.vmap"):
        estimators.hitting_time([1.0], [0.0, 1.0], "up")
    with pytest.raises(ValueError, match=r"`values` must have shape \(..., generations\); got shape \(2, 0\)"):
        estimators.hitting_time(np.zeros((2, 0)), 0.0, "up")
    with pytest.raises(ValueError, match="`record` must be 'support_size' or 'diversity'; got 'entropy'"):
        estimators.fixation_time([1.0], "entropy")
    for function, name in ((estimators.hops, "vertices"), (estimators.first_extinction_time, "support_size")):
        with pytest.raises(ValueError, match=rf"`{name}` must have shape \(..., generations\); got shape \(\)"):
            function(1)
    with pytest.raises(ValueError, match=r"`values` must have shape \(replicates, generations\) with 2 replicates"):
        estimators.autocorrelation(np.zeros((1, 5)), 1)
    for lag in (-1, 5, 1.0, True):
        with pytest.raises(ValueError, match=r"`lag` must be a whole number of generations in \[0, 4\]"):
            estimators.autocorrelation(np.zeros((2, 5)), lag)
