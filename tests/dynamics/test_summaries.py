"""Streaming summaries against NumPy on the whole sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenil_dynamics.summaries import BlockMoments, Summary


def moments(values):
    """Block moments of values (generations, replicates), by NumPy."""
    finite = np.isfinite(values)
    count = finite.sum(axis=1)
    clean = np.where(finite, values, 0)
    mean = clean.sum(axis=1) / np.maximum(count, 1)
    scatter = np.where(finite, (clean - mean[:, None]) ** 2, 0).sum(axis=1)
    return BlockMoments(count, mean, scatter, values.min(axis=1), values.max(axis=1))


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(0, 2**32 - 1),
    st.integers(0, 12),
)
def test_any_cut_gives_the_moments_of_the_whole(sizes, seed, keep):
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(loc=100, size=(3, size)) for size in sizes]
    summary = Summary(3, keep)
    for block in blocks:
        summary.merge(moments(block), block.shape[1], block)
    whole = np.concatenate(blocks, axis=1)
    np.testing.assert_allclose(summary.mean, whole.mean(axis=1), rtol=1e-13)
    if whole.shape[1] > 1:
        np.testing.assert_allclose(summary.variance, whole.var(axis=1, ddof=1), rtol=1e-9)
    np.testing.assert_array_equal(summary.minimum, whole.min(axis=1))
    np.testing.assert_array_equal(summary.maximum, whole.max(axis=1))
    np.testing.assert_array_equal(summary.values(), whole.T[:keep])


@pytest.mark.parametrize(
    ("values", "mean", "fraction"),
    [
        ([1.0, 2.0, 6.0], 3.0, 0.0),
        ([1.0, np.inf, 2.0], np.inf, 1 / 3),
        ([-np.inf, 1.0, 2.0], -np.inf, 1 / 3),
        ([-np.inf, np.inf, 2.0], np.nan, 2 / 3),
        ([np.nan, 1.0, 1.0], np.nan, 1 / 3),
        ([np.inf, np.inf, np.inf], np.inf, 1.0),
    ],
)
def test_values_that_are_not_finite_are_counted_and_decide_the_mean(values, mean, fraction):
    summary = Summary(1, 3)
    for value in values:
        summary.merge(moments(np.array([[value]])), 1, np.array([[value]]))
    np.testing.assert_equal(summary.mean[0], mean)
    assert summary.nonfinite[0] == pytest.approx(fraction)
    if fraction:
        assert np.isnan(summary.standard_error[0])


def test_quantiles_are_order_statistics():
    summary = Summary(1, 100)
    values = np.arange(1.0, 101.0)[None]
    summary.merge(moments(values), 100, values)
    quantiles = summary.quantiles()
    assert {level: float(curve[0]) for level, curve in quantiles.items()} == {
        0.05: 5,
        0.25: 25,
        0.5: 50,
        0.75: 75,
        0.95: 95,
    }
