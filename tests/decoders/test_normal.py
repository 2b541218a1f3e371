"""Decoders on the line: normal laws that stay normal, and draws that do not."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

import zenil_dynamics as zd
from tests import bounds
from tests.decoders.registry import NORMAL
from zenil_dynamics.decoders.largest_normal import moments_of_largest

DELTA = 1e-9
"""Of each of 12 statistical tests."""

MEAN, VARIANCE = -1.5, 2.25


@pytest.mark.parametrize("name", NORMAL)
def test_normal_laws_stay_normal(name):
    case = NORMAL[name]
    expected = case.decoder(zd.Gaussian(mean=MEAN, variance=VARIANCE))
    assert isinstance(expected, zd.Gaussian)
    np.testing.assert_allclose((expected.mean, expected.variance), case.law(MEAN, VARIANCE), rtol=1e-6)


@pytest.mark.parametrize("name", [name for name in NORMAL if "reference" not in name])
def test_a_known_variance_changes_for_the_draws(name):
    state = zd.states.FixedVarianceGaussian(mean=MEAN, noise_variance=VARIANCE)
    case = NORMAL[name]
    case.decoder.check_state(state)
    decoded = case.decoder(state)
    np.testing.assert_allclose(decoded.first_moments, case.law(MEAN, VARIANCE), rtol=1e-6)


@pytest.mark.parametrize("num_candidates", [1, 2, 5, 1000, 10**6])
def test_moments_of_the_largest_normal(num_candidates):
    """Against adaptive quadrature of the density n phi Phi^(n-1), in logarithms."""

    def density(z):
        return num_candidates * np.exp(stats.norm.logpdf(z) + (num_candidates - 1) * stats.norm.logcdf(z))

    centre = stats.norm.isf(1 / (num_candidates + 1))
    first, second = (
        integrate.quad(lambda z, p=power: z**p * density(z), -12, 14, points=[centre], epsabs=1e-12, limit=500)[0]
        for power in (1, 2)
    )
    mean, variance = moments_of_largest(num_candidates)
    np.testing.assert_allclose(mean, first, atol=1e-9)
    np.testing.assert_allclose(variance, second - first**2, atol=1e-8)


def test_moments_of_the_largest_of_few_are_known():
    """1/sqrt(pi) and 1 - 1/pi for two; 3/(2 sqrt(pi)) for three."""
    np.testing.assert_allclose(moments_of_largest(2), (1 / np.sqrt(np.pi), 1 - 1 / np.pi), rtol=1e-12)
    np.testing.assert_allclose(moments_of_largest(3)[0], 1.5 / np.sqrt(np.pi), rtol=1e-12)
    np.testing.assert_allclose(moments_of_largest(2**31 - 1)[0], 6.2, atol=0.2)


def best_of(num_candidates, sign):
    """Distribution function of the largest (sign 1) or smallest of n draws of the model."""
    law = stats.norm(MEAN, np.sqrt(VARIANCE))
    if sign > 0:
        return lambda x: np.exp(num_candidates * law.logcdf(x))
    return lambda x: -np.expm1(num_candidates * law.logsf(x))


def nearest_of(num_candidates, centre):
    """Distribution function of the one of n draws that is nearest to `centre`, by integrating its density."""
    law = stats.norm(MEAN, np.sqrt(VARIANCE))

    def density(x):
        distance = np.abs(x - centre)
        further = law.sf(centre + distance) + law.cdf(centre - distance)
        return num_candidates * law.pdf(x) * further ** (num_candidates - 1)

    return tabulated(density, centre)


def preferred_of_two(slope):
    """Distribution function of the one of two draws chosen with odds e^(slope gap), by integrating twice."""
    law = stats.norm(MEAN, np.sqrt(VARIANCE))
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    rivals, chances = MEAN + np.sqrt(VARIANCE) * nodes, weights / weights.sum()

    def density(x):
        return 2 * law.pdf(x) * ((1 / (1 + np.exp(slope * (rivals[:, None] - x)))) * chances[:, None]).sum(axis=0)

    return tabulated(density, MEAN)


def tabulated(density, kink):
    """Distribution function of a density on the line, by the trapezoidal rule with a node at its kink."""
    spread = 12 * np.sqrt(VARIANCE)
    grid = kink + np.linspace(-spread, spread, 200_001)
    values = integrate.cumulative_trapezoid(density(grid), grid, initial=0.0)
    assert abs(values[-1] - 1) < 1e-6
    return lambda x: np.interp(x, grid, values)


ITEMS = {
    "largest": (zd.decoders.BestOfN(4, 0.7), best_of(4, 1), zd.decoders.BestOfN(5, 0.7)),
    "smallest": (zd.decoders.BestOfN(30, -0.7), best_of(30, -1), zd.decoders.BestOfN(33, -0.7)),
    "nearest": (
        zd.decoders.BestOfN(3, zd.decoders.Quadratic(centre=0.5, curvature=-2.0)),
        nearest_of(3, 0.5),
        zd.decoders.BestOfN(3, zd.decoders.Quadratic(centre=0.4, curvature=-2.0)),
    ),
    "preferred": (zd.decoders.Curation(1.2), preferred_of_two(1.2), zd.decoders.Curation(1.2, 3)),
}
SAMPLE = 2**17


def distance_to_law(source, cdf):
    """Largest distance of the empirical distribution function from the exact one."""
    values = np.sort(np.asarray(source.sample(SAMPLE, key=jax.random.key(21)), np.float64))
    exact, ranks = cdf(values), np.arange(SAMPLE + 1) / SAMPLE
    return max(np.max(ranks[1:] - exact), np.max(exact - ranks[:-1]))


ALLOWED = np.sqrt(np.log(2 / DELTA) / (2 * SAMPLE)) + 2.0**-18
"""Massart (1990): P(sup |F_n - F| > d) <= 2 exp(-2 n d^2). Samplers within 2^-20 a draw, float32 and tables: 2^-18."""


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", ITEMS)
def test_single_draws_have_their_law(name):
    decoder, cdf, _ = ITEMS[name]
    assert distance_to_law(decoder(zd.Gaussian(mean=MEAN, variance=VARIANCE)), cdf) <= ALLOWED


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", ITEMS)
def test_a_wrong_selection_is_caught(name):
    """The smallest caught effect is a shift of the favoured point by .1, or 10 % more candidates."""
    _, cdf, mutant = ITEMS[name]
    assert distance_to_law(mutant(zd.Gaussian(mean=MEAN, variance=VARIANCE)), cdf) > ALLOWED


@pytest.mark.parametrize("name", ITEMS)
def test_totals_are_what_was_asked_for(name):
    source = ITEMS[name][0](zd.Gaussian(mean=MEAN, variance=VARIANCE))
    drawn = jax.jit(lambda number: source.draw(number, key=jax.random.key(1)))
    assert [int(drawn(jnp.int32(number)).total) for number in (0, 1, 128, 129)] == [0, 1, 128, 129]
    assert jax.tree.structure(drawn(jnp.int32(3))) == jax.tree.structure(zd.Gaussian().empty)


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("num_candidates", [3])
def test_training_sets_have_the_expected_moments(num_candidates):
    """The mean of a set of largest draws, then of noisy ones; both against what `expected` promises."""
    sets, size = 4096, 200
    best = zd.decoders.BestOfN(num_candidates, 2.0)(zd.Gaussian(mean=MEAN, variance=VARIANCE))
    for source in (best, zd.decoders.Noise(0.5)(best)):
        expected = source.expected()
        draw = jax.jit(jax.vmap(lambda key, source=source: source.draw(jnp.int32(size), key=key)))
        moments = draw(jax.random.split(jax.random.key(5), sets))
        for values, truth, spread in (
            (moments.mean, expected.mean, expected.variance / size),
            # Var of a squared deviation is at most its fourth moment, below 3 v^2 for a maximum of normals.
            (moments.scatter / (size - 1), expected.variance, 3 * expected.variance**2 / size),
        ):
            estimate, distance = bounds.median_of_means(np.asarray(values), float(spread), DELTA / 4)
            assert abs(estimate - float(truth)) <= distance + 1e-5


@pytest.mark.stat(delta=DELTA)
def test_expected_moments_of_another_number_are_caught():
    """Three candidates for two shift the mean by .42 standard deviations."""
    sets, size = 4096, 200
    best = zd.decoders.BestOfN(2, 2.0)(zd.Gaussian(mean=MEAN, variance=VARIANCE))
    claimed = zd.decoders.BestOfN(3, 2.0)(zd.Gaussian(mean=MEAN, variance=VARIANCE)).expected()
    draw = jax.jit(jax.vmap(lambda key: best.draw(jnp.int32(size), key=key)))
    moments = draw(jax.random.split(jax.random.key(5), sets))
    estimate, distance = bounds.median_of_means(np.asarray(moments.mean), float(claimed.variance) / size, DELTA)
    assert abs(estimate - float(claimed.mean)) > distance


POINTS = np.array([-1.0, 0.5, 4.0])


def kernel_mixture(spread):
    """Distribution function of normal kernels around the points."""
    return lambda x: stats.norm.cdf((x[:, None] - POINTS) / spread).mean(axis=1)


@pytest.mark.stat(delta=DELTA)
def test_noise_on_points_is_a_wider_kernel():
    """Bandwidths .3 and .4 make .5."""
    state = zd.states.KernelDensity(POINTS, bandwidth=0.3, capacity=8)
    decoder = zd.decoders.Noise(0.4)
    decoder.check_state(state)
    assert distance_to_law(decoder(state), kernel_mixture(0.5)) <= ALLOWED
    drawn = decoder(state).draw(jnp.int32(5), key=jax.random.key(1))
    assert int(drawn.total) == 5
    assert jax.tree.map(jnp.shape, drawn) == jax.tree.map(jnp.shape, state.empty)


@pytest.mark.stat(delta=DELTA)
def test_a_kernel_without_its_noise_is_caught():
    state = zd.states.KernelDensity(POINTS, bandwidth=0.3, capacity=8)
    assert distance_to_law(zd.decoders.Noise(0.3)(state), kernel_mixture(0.5)) > ALLOWED


def test_families_of_numbers_can_be_selected_from():
    """The best of two Poisson draws is no Poisson draw, yet it has their statistics."""
    state = zd.states.Poisson(mean=4.0)
    decoder = zd.decoders.BestOfN(2, 1.0)
    decoder.check_state(state)
    items = np.asarray(decoder(state).sample(1000, key=jax.random.key(2)))
    assert (items == np.floor(items)).all()
    assert items.mean() > 4.0
    assert type(decoder(state).draw(jnp.int32(9), key=jax.random.key(2))) is type(state.empty)


@pytest.mark.parametrize(
    ("decoder", "scale", "added"),
    [
        (zd.decoders.Temperature(0.6), 0.6, 0.0),
        (zd.decoders.SamplingBias(0.7), 0.7, 0.0),
        (zd.decoders.Noise(0.5), 1.0, 0.25),
    ],
    ids=["temperature", "sampling-bias", "noise"],
)
def test_spread_changes_in_every_direction(decoder, scale, added):
    covariance = np.array([[2.0, 0.6], [0.6, 0.5]])
    state = zd.MultivariateGaussian([0.5, -1.5], covariance)
    decoder.check_state(state)
    decoded = decoder(state)
    factor = np.asarray(decoded.factor, np.float64)
    np.testing.assert_allclose(factor @ factor.T, scale * covariance + added * np.eye(2), rtol=1e-6)
    np.testing.assert_allclose(decoded.mean, state.mean, rtol=1e-7)
