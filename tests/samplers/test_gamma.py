"""Gamma and chi-square numbers: the quantile against the incomplete gamma function, small shapes by their law."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special, stats

from tests import bounds
from tests.samplers import fits, mutants, thresholds
from zenil_dynamics import samplers
from zenil_dynamics.samplers.gamma import MAX_ATTEMPTS, SMALLEST_INVERTED, proposal, quantile, relative_deviation
from zenil_dynamics.samplers.normal import from_random_word

NUM_DRAWS = 2**18
NUM_BINS = 16
SHAPES = [0.05, 0.5, 1.0, 1.5, 3.0, 7.999, 8.0, 49.5, 5e3]


def quantile_errors(function, dtype):
    """Errors in z of a quantile function over shapes from 8 to 10^5; beyond, scipy's own function loses digits."""
    shape = np.geomspace(SMALLEST_INVERTED, 1e5, 120)[:, None]
    z = np.broadcast_to(fits.Z, (120, fits.Z.size))
    with jax.enable_x64(dtype == np.float64):
        x = np.asarray(jax.jit(function)(jnp.asarray(z, dtype), jnp.asarray(np.broadcast_to(shape, z.shape), dtype)))
    lower, upper = special.gammainc(shape, x.astype(np.float64)), special.gammaincc(shape, x.astype(np.float64))
    return np.where(z < 0, special.ndtri(lower), -special.ndtri(upper)) - z, z, shape


def test_quantile_is_within_2_to_the_minus_22_in_total_variation():
    error, z, _ = quantile_errors(quantile, np.float64)
    assert fits.total_variation_of(error, z).max() < 2.0**-22
    assert np.max(np.abs(error) * stats.norm.pdf(z)) < 5e-8
    assert np.abs(error).max() < 2e-4


def test_quantile_in_float32_is_right_up_to_its_own_rounding():
    """x rounded to 24 bits is off by sqrt(shape) 2^-24 in z; eight such roundings are allowed (shape, cube, sums)."""
    error, _, shape = quantile_errors(quantile, np.float32)
    assert np.all(np.abs(error) <= 2e-4 + 8 * np.sqrt(shape) * 2.0**-24)


LARGE_SHAPES = [1e5, 1.5e6, 1e7, 1e9]


@pytest.mark.parametrize("shape", LARGE_SHAPES)
def test_quantile_of_large_shapes(shape):
    """float64 against Cornish and Fisher's series; float32 within its own rounding, up to shape 10^9."""
    exact, z = fits.exact_gamma_quantile(shape, fits.Z), fits.Z
    with jax.enable_x64(True):
        double = np.asarray(quantile(jnp.asarray(z), jnp.asarray(shape)))
    single = np.asarray(quantile(jnp.asarray(z, np.float32), jnp.full(z.shape, shape, np.float32)), np.float64)
    assert fits.total_variation_of((double - exact) / np.sqrt(shape), z) < 2.0**-24
    assert np.all(np.abs(single - exact) <= np.sqrt(shape) * (1e-6 + 8 * np.sqrt(shape) * 2.0**-24))


@jax.jit
def _deviation(word, shape):
    return relative_deviation(from_random_word(word), jnp.full(word.shape, shape))


@jax.jit
def _deviation_by_subtraction(word, shape):
    return quantile(from_random_word(word), jnp.full(word.shape, shape)) / shape - 1


def deviation_distance(function, shape):
    """Total variation from the gamma law of shape (1 + deviation), rounding averaged over neighbouring words."""

    def value_at(rank):
        return np.asarray(function(thresholds.word_of_rank(rank), np.float32(shape)), np.float64)

    error = thresholds.mean_deviation(value_at, lambda z: fits.exact_gamma_quantile(shape, z) / shape - 1)
    return fits.total_variation_of(error, thresholds.LEVELS)


@pytest.mark.parametrize("shape", [8.0, 30.0, 1e3, *LARGE_SHAPES])
def test_relative_deviation_is_within_2_to_the_minus_21(shape):
    assert deviation_distance(_deviation, shape) < 2.0**-21


def test_relative_deviation_measure_catches_a_subtraction():
    assert deviation_distance(_deviation_by_subtraction, 1e5) > 2.0**-14


@jax.jit
def _proposal(word, d, c):
    return proposal(from_random_word(word), d, c)


def rejection_distance(shape, factor=1.0):
    """Total variation from the gamma law of what float32 accepts: of the law of z, and of d v as a function of z.

    Over 2^19 equally spaced words. The second is averaged over 64 equally likely intervals of z; one at either end,
    where z is unbounded, is left out.
    """
    shape = float(np.float32(shape))
    rank = np.arange(2**12, 2**32, 2**13)
    z, d = special.ndtri((rank + 0.5) / 2**32), shape - 1 / 3
    root = 1 + z / np.sqrt(9 * d)
    v = np.where(root > 0, root, 1) ** 3
    exact = np.where(root > 0, np.exp(z * z / 2 + d * (1 - v + np.log(v))), 0)
    single_d = np.float32(shape) - np.float32(1 / 3)
    single = _proposal(thresholds.word_of_rank(rank), single_d, np.float32(factor) / np.sqrt(9 * single_d))
    single_v, accepted = np.asarray(single[0], np.float64), np.minimum(np.exp(np.asarray(single[1], np.float64)), 1)
    moved = (float(single_d) * single_v - d * v)[root > 0] / (np.sqrt(d) * root[root > 0] ** 2)
    moved = np.array([part.mean() for part in np.array_split(moved, 64)])[1:-1]
    middle = np.array([part.mean() for part in np.array_split(z[root > 0], 64)])[1:-1]
    return 0.5 * np.abs(accepted / accepted.sum() - exact / exact.sum()).sum(), fits.total_variation_of(moved, middle)


@pytest.mark.parametrize("shape", [1.0, 1.01, 1.5, 3.0, 7.99])
def test_rejection_in_float32_is_within_2_to_the_minus_21(shape):
    assert sum(rejection_distance(shape)) < 2.0**-21


def test_rejection_measure_catches_a_factor_of_one_in_a_hundred_thousand():
    assert min(rejection_distance(3.0, 1.00001)) > 2.0**-20


def test_quantile_measure_catches_wilson_and_hilferty_alone():
    def uncorrected(z, shape):
        s = 1 / jnp.sqrt(shape)
        return shape * (1 - s**2 / 9 + s / 3 * z) ** 3

    error, z, _ = quantile_errors(uncorrected, np.float64)
    assert np.nanmax(fits.total_variation_of(error, z)) > 2.0**-11


def test_quantile_is_monotone_in_z():
    z = jnp.linspace(-6.3, 6.3, 20_001)
    for shape in (8.0, 49.5, 1e4):
        assert np.all(np.diff(np.asarray(quantile(z, jnp.float32(shape)))) >= 0)


@pytest.mark.parametrize("shape", [1.0, 1.2, 2.0, 4.0, 7.9])
def test_an_attempt_is_accepted_with_probability_above_95_percent(shape):
    """The cap: what is accepted is Z with density exp(-z^2 / 2 + h(z)), h <= 0, by quadrature."""
    d = shape - 1 / 3
    c = 1 / np.sqrt(9 * d)

    def accepted(z):
        v = (1 + c * z) ** 3
        return stats.norm.pdf(z) * np.exp(z * z / 2 + d * (1 - v + np.log(v)))

    assert integrate.quad(accepted, -1 / c + 1e-12, 12)[0] > 0.95
    assert 0.05**MAX_ATTEMPTS < 2.0**-24


@jax.jit(static_argnums=0)
def _draws(sampler, shape, key):
    return sampler(jnp.full(NUM_DRAWS, shape), key=key)


def log_evidence(sampler, shape, key, law=stats.gamma):
    """log e-value of equal bins of the exact distribution function, and its threshold at 1e-9 / len(SHAPES).

    float32 moves the ends of bins by sqrt(shape) 2^-23 of a standard deviation, half of that in probability.
    """
    drawn = np.asarray(_draws(sampler, jnp.float32(shape), key), np.float64)
    level = law(float(np.float32(shape))).cdf(drawn)
    counts = np.bincount(np.minimum((level * NUM_BINS).astype(np.int64), NUM_BINS - 1), minlength=NUM_BINS)
    probs = np.full(NUM_BINS, 1 / NUM_BINS)
    allowance = bounds.law_allowance(NUM_DRAWS, 2.0**-20 + np.sqrt(shape) * 2.0**-24, probs)
    return bounds.log_evalue_multinomial(counts, probs), bounds.log_evalue_threshold(1e-9 / len(SHAPES)) + allowance


@pytest.mark.stat(delta=1e-9)
def test_law(key):
    """Twins: no correction (caught up to shape 8), no boost (below 1), one degree of freedom more (up to 99)."""
    for i, shape in enumerate(SHAPES):
        evidence, threshold = log_evidence(samplers.gamma, shape, jax.random.fold_in(key, i))
        assert evidence < threshold, shape


@pytest.mark.stat(delta=1e-10)
@pytest.mark.parametrize(
    ("mutant", "shape", "law"),
    [
        (mutants.gamma_by_wilson_and_hilferty, 1.0, stats.gamma),
        (mutants.gamma_without_boost, 0.5, stats.gamma),
        (mutants.chi_square_with_one_degree_more, 3.0, stats.chi2),
        (mutants.chi_square_with_one_degree_more, 99.0, stats.chi2),
    ],
)
def test_law_catches(mutant, shape, law, key):
    """Expected evidence above 300 against a threshold below 40."""
    evidence, threshold = log_evidence(mutant, shape, key, law)
    assert evidence > threshold


def test_zero_is_exact_and_tiny_shapes_underflow_to_it():
    shape = jnp.asarray([0.0, -1.0, 1e-3, 0.5, 8.0, 1e6])
    draw = jax.jit(jax.vmap(lambda key: samplers.gamma(shape, key=key)))
    drawn = np.asarray(draw(jax.random.split(jax.random.key(0), 500)))
    assert np.all(drawn[:, :2] == 0)
    assert np.all(np.isfinite(drawn))
    assert np.all(drawn[:, 3:] > 0)
    # P(G < 1e-38) = P(U^1000 < 1e-38) = 0.916 at shape 1e-3
    assert 0.8 < np.mean(drawn[:, 2] == 0) < 1


def test_every_positive_shape_may_be_traced():
    """Shapes over 39 orders of magnitude; 40 standard deviations, which only a wrong regime can leave."""
    shape = np.geomspace(1e-30, 1e9, 4000).astype(np.float32)
    draw = jax.jit(jax.vmap(lambda shape, key: samplers.gamma(shape, key=key)))
    drawn = np.asarray(draw(shape, jax.random.split(jax.random.key(1), 4000)), np.float64)
    assert np.all(np.isfinite(drawn))
    assert np.all(np.abs(drawn - shape) < 40 * np.sqrt(shape) + 20)
    assert np.all(drawn[shape >= 1] > 0)


def test_chi_square_is_twice_a_gamma_number():
    degrees, key = jnp.asarray([0.0, 1.0, 16.0, 99.0]), jax.random.key(3)
    assert np.array_equal(samplers.chi_square(degrees, key=key), 2 * samplers.gamma(degrees / 2, key=key))


def test_float64():
    with jax.enable_x64(True):
        drawn = samplers.chi_square(jnp.asarray([0.0, 0.5, 3.0, 99.0]), key=jax.random.key(0))
        assert drawn.dtype == np.float64
        assert np.all(np.asarray(drawn)[1:] > 0)
        assert np.asarray(drawn)[0] == 0
