"""Product-limit curves: against SciPy, against plain proportions without censoring, and their laws."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zenil_dynamics import estimators

LAST = 9


@st.composite
def observations(draw):
    """Times in 0 .. 9 of 20 replicates, some of them censored."""
    times = draw(st.lists(st.integers(0, LAST), min_size=20, max_size=20))
    censored = draw(st.lists(st.booleans(), min_size=20, max_size=20))
    return np.array(times, np.int32), np.array(censored)


_CURVE = jax.jit(lambda times, censored: estimators.kaplan_meier(times, censored, num_generations=LAST))
_MEAN = jax.jit(estimators.restricted_mean_time)


@given(observations())
def test_curve_is_scipys_and_obeys_its_laws(observed):
    times, censored = observed
    curve = _CURVE(times, censored)
    sample = stats.CensoredData.right_censored(times.astype(np.float64), censored)
    expected = stats.ecdf(sample).sf.evaluate(np.arange(LAST + 1.0))
    np.testing.assert_allclose(curve.survival, expected, rtol=1e-5, atol=1e-6)
    assert np.all(np.diff(curve.survival) <= 0)
    assert np.all((0 <= curve.survival) & (curve.survival <= 1))
    assert np.all(np.isfinite(curve.standard_error))
    mean = _MEAN(curve)
    assert 0 <= float(mean.value) <= LAST
    assert float(mean.standard_error) >= 0


def test_greenwoods_error_is_that_of_scipys_interval():
    rng = np.random.default_rng(1)
    times, censored = rng.integers(0, 8, 50), rng.random(50) < 0.3
    curve = estimators.kaplan_meier(times, censored, num_generations=9)
    sample = stats.CensoredData.right_censored(times.astype(np.float64), censored)
    empirical = stats.ecdf(sample).sf
    level = 0.5  # wide intervals are clipped to [0, 1]
    interval = empirical.confidence_interval(level, method="linear")
    half = (interval.high.evaluate(np.arange(10.0)) - interval.low.evaluate(np.arange(10.0))) / 2
    expected = half / stats.norm.isf((1 - level) / 2)
    inside = (np.asarray(curve.survival) > 0.1) & (np.asarray(curve.survival) < 0.9)
    assert inside.sum() >= 4
    np.testing.assert_allclose(np.asarray(curve.standard_error)[inside], expected[inside], rtol=1e-4)


@given(st.lists(st.integers(0, 2 * LAST), min_size=20, max_size=20))
def test_without_early_censoring_everything_is_a_plain_proportion(lifetimes):
    lifetimes = np.array(lifetimes)
    curve = _CURVE(np.minimum(lifetimes, LAST).astype(np.int32), lifetimes > LAST)
    share = np.mean(lifetimes[:, None] > np.arange(LAST + 1), axis=0)
    np.testing.assert_allclose(curve.survival, share, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(curve.standard_error, np.sqrt(share * (1 - share) / 20), rtol=1e-4, atol=1e-6)
    mean = _MEAN(curve)
    seen = np.minimum(lifetimes, LAST)
    assert float(mean.value) == pytest.approx(seen.mean(), rel=1e-5)
    assert float(mean.standard_error) == pytest.approx(seen.std() / np.sqrt(20), rel=1e-4, abs=1e-6)


def test_censoring_by_hand():
    # One of four dies at 1, one is lost after it, one of the two that are left dies at 2.
    curve = estimators.kaplan_meier([1, 1, 2, 3], np.array([False, True, False, True]), num_generations=3)
    assert curve.num_at_risk.tolist() == [4, 4, 2, 1]
    assert curve.num_events.tolist() == [0, 1, 1, 0]
    np.testing.assert_allclose(curve.survival, [1, 3 / 4, 3 / 8, 3 / 8])
    variance = (3 / 8) ** 2 * (1 / (4 * 3) + 1 / (2 * 1))
    np.testing.assert_allclose(curve.standard_error[2:], np.sqrt(variance), rtol=1e-6)
    mean = estimators.restricted_mean_time(curve)
    assert float(mean.value) == pytest.approx(1 + 3 / 4 + 3 / 8)
    area_1, area_2 = 3 / 4 + 3 / 8, 3 / 8
    assert float(mean.standard_error) == pytest.approx(np.sqrt(area_1**2 / 12 + area_2**2 / 2))


def test_a_curve_stays_where_nobody_is_left():
    curve = estimators.kaplan_meier([1, 1], np.array([False, True]), num_generations=4)
    assert curve.survival.tolist() == [1, 0.5, 0.5, 0.5, 0.5]
    gone = estimators.kaplan_meier([1, 1], np.array([False, False]), num_generations=4)
    assert gone.survival.tolist() == [1, 0, 0, 0, 0]
    assert gone.standard_error.tolist() == [0, 0, 0, 0, 0]
    assert estimators.restricted_mean_time(gone) == (1, 0)


def test_hitting_times_go_in_as_they_are():
    paths = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    curve = estimators.kaplan_meier(*estimators.hitting_time(paths, 1.0, "up"), num_generations=2)
    np.testing.assert_allclose(curve.survival, [1, 2 / 3, 1 / 3])


@pytest.mark.parametrize("time", [-1, 5])
def test_times_beyond_the_horizon_leave_no_number(time):
    curve = estimators.kaplan_meier([1, time], np.array([False, False]), num_generations=4)
    assert np.all(np.isnan(curve.survival))
    assert np.all(np.isnan(curve.standard_error))


def test_bad_input():
    with pytest.raises(ValueError, match=r"must both have shape \(replicates,\); got \(2,\) and \(1,\)"):
        estimators.kaplan_meier([1, 2], np.array([True]), num_generations=3)
    with pytest.raises(ValueError, match="`times` must be integers and `censored` bool; got float.* and bool"):
        estimators.kaplan_meier([1.0], np.array([True]), num_generations=3)
    with pytest.raises(ValueError, match="`num_generations` must be a whole number of at least 0; got -1"):
        estimators.kaplan_meier([1], np.array([True]), num_generations=-1)
