"""Streaming summaries against NumPy on the whole sample."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenil_dynamics.blocks import block_moments
from zenil_dynamics.summaries import QUANTILE_LEVELS, BlockMoments, Gatherer, Summary


def moments(values):
    """Block moments of values (generations, replicates), by NumPy."""
    finite = np.isfinite(values)
    count = finite.sum(axis=1)
    clean = np.where(finite, values, 0)
    mean = clean.sum(axis=1) / np.maximum(count, 1)
    scatter = np.where(finite, (clean - mean[:, None]) ** 2, 0).sum(axis=1)
    return BlockMoments(count, mean, scatter, values.min(axis=1), values.max(axis=1))


def gathered(blocks, keep):
    """The summary of one quantity from blocks of values (generations, replicates)."""
    gatherer = Gatherer(1, blocks[0].shape[0], keep)
    for block in blocks:
        gatherer.merge(np.stack(moments(block))[:, None], block.shape[1], (block,))
    return gatherer.summary(0)


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5),
    st.integers(0, 2**32 - 1),
    st.integers(0, 12),
)
def test_any_cut_gives_the_moments_of_the_whole(sizes, seed, keep):
    rng = np.random.default_rng(seed)
    blocks = [rng.normal(loc=100, size=(3, size)) for size in sizes]
    whole = np.concatenate(blocks, axis=1)
    summary = gathered(blocks, min(keep, whole.shape[1]))
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
    summary = gathered([np.array([[value]]) for value in values], 3)
    np.testing.assert_equal(summary.mean[0], mean)
    assert summary.nonfinite[0] == pytest.approx(fraction)
    if fraction:
        assert np.isnan(summary.standard_error[0])


@pytest.mark.parametrize("num_valid", [256, 16, 1])
@pytest.mark.parametrize("damage", ["none", "inf", "-inf", "nan", "first inf", "all inf"])
def test_moments_on_the_device_are_those_of_the_valid_lanes(num_valid, damage):
    rng = np.random.default_rng(7)
    values = (1000 + rng.normal(size=(40, 256))).astype(np.float32)
    values[3] = 1 / 3
    if damage == "all inf":
        values[5] = np.inf
    elif damage != "none":
        values[5, 0 if damage.startswith("first") else num_valid // 2] = float(damage.removeprefix("first "))
    found = BlockMoments(*np.asarray(jax.jit(block_moments)(jnp.asarray(values), jnp.uint32(num_valid)), np.float64))
    wanted = moments(values[:, :num_valid].astype(np.float64))
    for name in ("finite", "minimum", "maximum"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), err_msg=name)
    # Deviations of size 5 from an origin near 1000: eight halvings of rounding, and that of the mean itself.
    np.testing.assert_allclose(found.mean, wanted.mean, rtol=2**-23)
    np.testing.assert_allclose(found.scatter, wanted.scatter, rtol=1e-5, atol=1e-6)
    assert found.scatter[3] == 0
    assert found.mean[3] == np.float32(1 / 3)


def test_quantiles_are_order_statistics():
    quantiles = Summary(100, moments(np.zeros((1, 1))), np.arange(1.0, 101.0)[None]).quantiles()
    assert {level: float(curve[0]) for level, curve in quantiles.items()} == {
        0.05: 5,
        0.25: 25,
        0.5: 50,
        0.75: 75,
        0.95: 95,
    }


@pytest.mark.parametrize("count", [1, 2, 3, 19, 20, 21, 4096])
def test_quantiles_are_those_of_numpy(count):
    values = np.random.default_rng(count).normal(size=(4, count)).astype(np.float32)
    values[1, count // 2] = np.inf
    values[2, count // 2] = np.nan
    values[3] = -np.inf
    ours = Summary(count, moments(values), values).quantiles()
    theirs = np.quantile(values, QUANTILE_LEVELS, axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(np.array(list(ours.values())), theirs)
