"""Two normal numbers from two words: each word's part by enumeration, both together by their joint law."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

from tests import bounds
from zenil_dynamics.samplers.gamma import cube_root_polynomials, quantile
from zenil_dynamics.samplers.normal import pair_from_random_bits, pair_from_random_words

NUM_PAIRS = 2**20
HALVES = np.unique(
    np.concatenate(
        [
            np.arange(4096),
            2**31 - 1 - np.arange(4096),
            np.linspace(0, 2**31 - 1, 400_000).astype(np.int64),
            np.geomspace(1, 2**31 - 1, 100_000).astype(np.int64),
            # Both sides of sqrt(1/2), where the logarithm changes its exponent.
            np.int64(2**30.5) + np.arange(-300, 300),
        ]
    )
)
pair = jax.jit(pair_from_random_words)


def exact_radius(half):
    """Root of -2 log((m + 1/2) 2^-31), by the complement where that has more digits."""
    tail = (half + 0.5) * 2.0**-31
    return np.sqrt(-2 * np.where(tail < 0.5, np.log(tail), np.log1p(-((2**31 - 1 - half) + 0.5) * 2.0**-31)))


@pytest.mark.parametrize("angle", [0, 123456789, 2**30, 2**31 + 5, 2**32 - 1])
def test_radius_and_angle_are_right_for_every_kind_of_word(angle):
    first, second = pair(jnp.asarray(2 * HALVES, jnp.uint32), jnp.full(HALVES.size, angle, jnp.uint32))
    turn = (np.array([angle << 2], np.uint64).astype(np.uint32).view(np.int32).astype(np.float64) + 2) * 2.0**-32
    cosine, sine = np.cos(np.pi / 2 * turn), np.sin(np.pi / 2 * turn)
    if angle & (1 << 30):
        cosine, sine = sine, cosine
    radius = exact_radius(HALVES) * (-1 if angle >> 31 else 1)
    assert np.max(np.abs(np.asarray(first) - radius * cosine) / np.abs(radius)) < 3e-7
    assert np.max(np.abs(np.asarray(second) - radius * sine) / np.abs(radius)) < 3e-7
    assert np.abs(radius).max() == pytest.approx(math.sqrt(64 * math.log(2)))


def test_angles_are_exactly_symmetric():
    """Every word has partners that turn the point by half a circle, and swap its coordinates."""
    angles = np.random.default_rng(1).integers(0, 2**30, 10_000).astype(np.uint32)
    radius = jnp.full(angles.size, 12345, jnp.uint32)
    first, second = (np.asarray(part) for part in pair(radius, jnp.asarray(angles)))
    turned = [np.asarray(part) for part in pair(radius, jnp.asarray(angles + np.uint32(2**31)))]
    swapped = [np.asarray(part) for part in pair(radius, jnp.asarray(angles + np.uint32(2**30)))]
    np.testing.assert_array_equal(turned, [-first, -second])
    np.testing.assert_array_equal(swapped, [second, first])


def evidence(first, second):
    """Log e-value of an 8 x 8 grid of equal cells, in units of what 1e-9 and 2^-20 of total variation allow."""
    rows = np.minimum((special.ndtr(np.asarray(first, np.float64)) * 8).astype(np.int64), 7)
    columns = np.minimum((special.ndtr(np.asarray(second, np.float64)) * 8).astype(np.int64), 7)
    probs = np.full(64, 1 / 64)
    allowed = bounds.log_evalue_threshold(1e-9) + bounds.law_allowance(NUM_PAIRS, 2.0**-20, probs)
    return bounds.log_evalue_multinomial(np.bincount(8 * rows + columns, minlength=64), probs) / allowed


def words(key, number):
    return tuple(jax.random.bits(jax.random.fold_in(key, i), (NUM_PAIRS,), jnp.uint32) for i in range(number))


@pytest.mark.stat(delta=1e-9)
def test_pairs_are_independent_normals(key):
    assert evidence(*pair(*words(key, 2))) < 1


@pytest.mark.stat(delta=1e-9)
def test_pairs_in_float64_are_independent_normals(key):
    with jax.enable_x64(True):
        radius_high, radius_low, angle_high, angle_low = words(key, 4)
        first, second = jax.jit(pair_from_random_bits)((radius_high, radius_low), (angle_high, angle_low))
    assert first.dtype == np.float64
    assert evidence(first, second) < 1


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda first, second: pair(first, first),
        lambda first, second: tuple(1.02 * part for part in pair(first, second)),
        lambda first, second: pair(first, second & np.uint32(0xBFFFFFFF)),
    ],
    ids=["one word for both", "two percent too wide", "no swap"],
)
def test_wrong_pairs_are_caught(spoil, key):
    assert evidence(*spoil(*words(key, 2))) > 1


@pytest.mark.parametrize("shape", [8.0, 8.5, 49.5, 1e4, 1e9])
def test_cubes_of_the_polynomials_are_gamma_quantiles(shape):
    z = np.linspace(-8.3, 8.3, 2001)
    row = cube_root_polynomials(np.array([shape]))[0]
    with jax.enable_x64(True):
        expected = np.asarray(quantile(jnp.asarray(z), jnp.float64(shape)))
    np.testing.assert_allclose(np.polyval(row[::-1], z) ** 3, expected, rtol=1e-12)
