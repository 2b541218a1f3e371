"""States that are fitted to the draws themselves."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds

KEY = jax.random.key(5)


def mixture_log_likelihood(state, values):
    values = np.asarray(values, np.float64)[:, None]
    weights, means, variances = (np.asarray(part, np.float64) for part in (state.weights, state.means, state.variances))
    terms = weights * np.exp(-((values - means) ** 2) / (2 * variances)) / np.sqrt(2 * np.pi * variances)
    return float(np.sum(np.log(terms.sum(axis=1))))


@pytest.fixture(scope="module")
def sample():
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.normal(-2, 0.5, 60), rng.normal(1, 1.0, 140)])
    padded = np.concatenate([values, np.full(56, 1e6)]).astype(np.float32)  # Places that must not count.
    return values, zd.statistics.Particles(jnp.asarray(padded), jnp.int32(values.size))


def start(num_steps, **options):
    return zd.GaussianMixture([0.5, 0.5], [-1.0, 0.5], [1.0, 1.0], capacity=256, num_steps=num_steps, **options)


def test_every_step_raises_the_likelihood_and_keeps_the_mean(sample):
    values, particles = sample
    likelihoods = []
    for num_steps in (1, 2, 5, 40):
        fitted = start(num_steps).matched(particles)
        likelihoods.append(mixture_log_likelihood(fitted, values))
        np.testing.assert_allclose(fitted.first_moments[0], values.mean(), rtol=1e-4)
        np.testing.assert_allclose(np.sum(fitted.weights), 1, rtol=1e-5)
    assert mixture_log_likelihood(start(1), values) < likelihoods[0]
    assert np.all(np.diff(likelihoods) > -1e-3)


def test_a_converged_fit_is_the_maximum_of_an_independent_optimiser(sample):
    from scipy import optimize

    values, particles = sample
    fitted = start(300).matched(particles)

    def negative(theta):
        share = 1 / (1 + np.exp(-theta[0]))
        state = start(1)
        parts = [share, 1 - share], theta[1:3], np.exp(theta[3:5])
        for name, value in zip(("weights", "means", "variances"), parts, strict=True):
            object.__setattr__(state, name, np.asarray(value))
        return -mixture_log_likelihood(state, values)

    best = optimize.minimize(negative, [0.0, -1.0, 0.5, 0.0, 0.0], method="Nelder-Mead", options={"maxiter": 4000})
    assert abs(mixture_log_likelihood(fitted, values) + best.fun) < 1e-2


def test_a_component_that_shrinks_onto_one_draw_stops_at_the_floor():
    particles = zd.statistics.Particles(jnp.asarray([0.0, 5.0, 5.5, 6.0], jnp.float32), jnp.int32(4))
    state = zd.GaussianMixture([0.5, 0.5], [0.0, 5.5], [0.1, 1.0], capacity=4, variance_floor=0.01, num_steps=50)
    fitted = state.matched(particles)
    np.testing.assert_allclose(fitted.variances[0], 0.01, rtol=1e-5)
    np.testing.assert_allclose(fitted.weights[0], 0.25, rtol=1e-4)


def test_types_are_counted_as_a_dictionary_would():
    rng = np.random.default_rng(7)
    labels = rng.integers(0, 4, size=(12, 2)).astype(np.uint32)
    state = zd.InfiniteAlleles(16)
    state = state.matched(
        zd.statistics.Particles(jnp.asarray(np.concatenate([labels, np.full((4, 2), 9, np.uint32)])), jnp.int32(12))
    )
    homozygosity, types = state.homozygosity_and_types()
    _, counts = np.unique(labels, axis=0, return_counts=True)
    assert int(types) == counts.size
    np.testing.assert_allclose(homozygosity, np.sum((counts / 12) ** 2), rtol=1e-6)


def test_the_supply_has_all_types_and_repeats_none():
    homozygosity, types = zd.InfiniteAlleles(5).homozygosity_and_types()
    assert float(homozygosity) == 0
    assert np.isinf(types)
    drawn = zd.InfiniteAlleles(5).sample(50, key=KEY)
    assert np.unique(np.asarray(drawn), axis=0).shape[0] == 50


@pytest.mark.stat(delta=4e-9)
def test_infinite_alleles_have_the_diversity_and_types_of_theory():
    size, share, horizon, replicates = 6, 0.25, 4, 20_000
    run = zd.simulate(
        zd.System(zd.InfiniteAlleles(size), size, share),
        num_generations=horizon,
        num_replicates=replicates,
        key=KEY,
        record=("diversity", "num_types"),
    )
    diversity = zd.oracles.expected_diversity_infinite_alleles([size] * horizon, [share] * horizon)
    allowed = bounds.hoeffding(replicates, 1e-9, 1.0)
    # Two generations are judged, at two quantities each.
    for generation in (2, horizon):
        assert abs(run.mean["diversity"][generation] - diversity[generation]) < allowed
        # A mutation rate without the first generation's novelty would have less by more than that.
    assert abs(diversity[2] - diversity[horizon]) > allowed
    types = zd.oracles.expected_types_infinite_alleles([size] * horizon, [share] * horizon)
    for generation in (2, horizon):
        assert abs(run.mean["num_types"][generation] - types[generation]) < (size - 1) * allowed


@pytest.mark.stat(delta=2e-9)
def test_a_bootstrap_loses_variance_like_any_empirical_measure():
    """A target in [0, 1] and bandwidth 0: variances are bounded, so that their means concentrate."""
    size, horizon, replicates = 8, 3, 20_000
    system = zd.System(
        zd.UniformInterval(1.0),
        size,
        model=zd.KernelDensity(bandwidth=0.0, capacity=size),
        initial=zd.estimate(size),
    )
    run = zd.simulate(system, num_generations=horizon, num_replicates=replicates, key=KEY, record=("variance",))
    exact = (1 - 1 / size) ** np.arange(1, horizon + 2) / 12
    allowed = bounds.hoeffding(replicates, 1e-9, 0.25)
    assert abs(run.mean["variance"][0] - exact[0]) < allowed
    assert abs(run.mean["variance"][horizon] - exact[horizon]) < allowed
    assert abs(exact[horizon - 1] - exact[horizon]) > allowed
