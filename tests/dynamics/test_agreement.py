"""Measured against exact, over every combination of the registry, and the mutants that this must catch.

Quantities in a known range are compared by the empirical Bernstein bound. Gaussian moments have heavy tails: means and
variances are compared by medians of means with their exact variance, log-variances of closed loops by Chernoff's bound.
"""

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from tests.dynamics.registry import systems

SYSTEMS = dict(systems())
HORIZON = 3
DELTA = 1e-9
SAMPLE = 40_000


def simulated(system, num_replicates=SAMPLE, horizon=HORIZON, seed=11):
    """Every quantity is recorded, whatever a test looks at: then one compilation serves all tests of a structure."""
    return zd.simulate(
        system,
        num_generations=horizon,
        num_replicates=num_replicates,
        key=jax.random.key(seed),
        record=tuple(system.target.quantities),
        keep="replicates",
    )


def ranges(system):
    """Length of the interval that each bounded quantity of a categorical system lies in, with its name."""
    target = np.asarray(system.target.probs)
    support = target.shape[0]
    return {
        "entropy": np.log(support),
        "diversity": 1 - 1 / support,
        "support_size": support - 1.0,
        "rare_mass": 1.0,
        "missing_mass": 1.0,
        "total_variation": 1.0,
        "kl_to_target": np.log(1 / target.min()),
        "chi_square": 1 / target.min(),
    }


def disagreement(system, measured_system=None, delta=DELTA, num_replicates=SAMPLE):
    """Largest |measured - exact| in units of what `delta` allows, over bounded quantities and generations."""
    spreads = ranges(system)
    measured = simulated(measured_system or system, num_replicates)
    worst = 0.0
    share = delta / (len(spreads) * (HORIZON + 1))
    for name, spread in spreads.items():
        values, _ = zd.exact(system, name, HORIZON)
        slack = zd.numerical_slack(system, name, HORIZON)
        for t in range(HORIZON + 1):
            allowed = bounds.empirical_bernstein(float(measured.variance[name][t]), num_replicates, share, spread)
            worst = max(worst, abs(measured.mean[name][t] - values[t]) / (allowed + slack))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", [name for name in SYSTEMS if name.startswith("categorical")])
def test_categorical_systems_follow_their_oracles(name):
    assert disagreement(SYSTEMS[name]) <= 1


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_combination_records_everything(name):
    system = SYSTEMS[name]
    run = simulated(system, num_replicates=64)
    for quantity in system.target.quantities:
        assert run.mean[quantity].shape == (HORIZON + 1,)
        assert not np.isnan(run.replicates[quantity]).any()
        try:
            values, rung = zd.exact(system, quantity, HORIZON)
        except zd.NotReachable:
            continue
        assert rung in ("closed form", "moment recursion", "exact chain")
        assert values.shape == (HORIZON + 1,)
        slack = zd.numerical_slack(system, quantity, HORIZON)
        if np.isfinite(values[0]):
            assert abs(run.mean[quantity][0] - values[0]) <= slack
        else:
            assert np.isinf(run.mean[quantity][0])
        if "population" in name and np.isfinite(values).all():
            np.testing.assert_allclose(run.mean[quantity], values, rtol=1e-4, atol=slack + 1e-6)


START = zd.Categorical([0.1, 0.2, 0.3, 0.4])
TARGET = zd.Categorical([0.5, 0.3, 0.15, 0.05])
CATEGORICAL_MUTANTS = {
    "one draw too few": (zd.System(TARGET, 7), zd.System(TARGET, 6)),
    "one draw too many": (zd.System(TARGET, 7), zd.System(TARGET, 8)),
    "mixture weight 5 % too small": (
        zd.System(TARGET, 7, 0.4, initial=START),
        zd.System(TARGET, 7, 0.38, initial=START),
    ),
    "stratified for bernoulli": (
        zd.System(TARGET, 7, 0.4, initial=START),
        zd.System(TARGET, 7, 3 / 7, initial=START, mixing="stratified"),
    ),
    "pseudocount 5 % too small": (
        zd.System(TARGET, 7, fit=zd.Smoothed(pseudocount=1.0)),
        zd.System(TARGET, 7, fit=zd.Smoothed(pseudocount=0.95)),
    ),
    "replace for accumulate": (zd.System(TARGET, 7, update=zd.Accumulate()), zd.System(TARGET, 7)),
}


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", CATEGORICAL_MUTANTS)
def test_wrong_categorical_loops_are_caught(name):
    """The smallest caught effect is 5 % of a mixture weight of .4, at 40,000 replicates."""
    claimed, mutant = CATEGORICAL_MUTANTS[name]
    assert disagreement(claimed, mutant) > 1


def gaussian_disagreement(system, measured_system=None, delta=DELTA):
    """Largest |measured - exact| in units of what `delta` allows, for mean and variance under replacement."""
    table = system.table(HORIZON)
    start = system.initial
    moments = zd.oracles.gaussian_moments(
        *table,
        mixing=system.mixing,
        divisor="unbiased" if isinstance(system.fit, zd.Unbiased) else "mle",
        target_mean=float(system.target.mean),
        target_variance=float(system.target.variance),
        initial=None if start is None else (float(start.mean), float(start.variance)),
    )
    run = simulated(measured_system or system, num_replicates=400_000)
    centre = float(system.target.mean)
    cases = {
        "mean": (moments.mean, moments.mean_square - (moments.mean - centre) ** 2),
        "variance": (moments.variance, moments.variance_square - moments.variance**2),
    }
    worst = 0.0
    for name, (values, variances) in cases.items():
        slack = zd.numerical_slack(system, name, HORIZON)
        for t in range(1, HORIZON + 1):
            estimate, distance = bounds.median_of_means(
                run.replicates[name][:, t], float(variances[t]), delta / (2 * HORIZON)
            )
            worst = max(worst, abs(estimate - values[t]) / (distance + slack))
    return worst


GAUSSIAN = [name for name in SYSTEMS if name.startswith("gaussian") and "replace" in name]


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", GAUSSIAN)
def test_gaussian_systems_follow_their_oracles(name):
    assert gaussian_disagreement(SYSTEMS[name]) <= 1


P = zd.Gaussian(mean=-1.5, variance=2.25)
Q = zd.Gaussian(mean=0.5, variance=1.0)
GAUSSIAN_MUTANTS = {
    "N - 1 for N": (zd.System(P, 7), zd.System(P, 7, fit=zd.Unbiased())),
    "N for N - 1": (zd.System(P, 7, fit=zd.Unbiased()), zd.System(P, 7)),
    "one draw too few": (zd.System(P, 7), zd.System(P, 6)),
    "mixture weight 5 % too small": (zd.System(P, 7, 0.4, initial=Q), zd.System(P, 7, 0.38, initial=Q)),
}


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", GAUSSIAN_MUTANTS)
def test_wrong_gaussian_loops_are_caught(name):
    """The smallest caught effect is 5 % of a mixture weight of .4, at 400,000 replicates."""
    claimed, mutant = GAUSSIAN_MUTANTS[name]
    assert gaussian_disagreement(claimed, mutant) > 1


def log_variance_disagreement(claimed, measured_system, delta=DELTA):
    """|measured - exact| of the log-variance after some closed generations, in units of what `delta` allows.

    At N = 2 the variance may leave float32: below 1.2e-38 after 20 generations in one of 36,000 replicates, after 4 in
    fewer than one of 10^13.
    """
    horizon, size = (4 if int(claimed.table(1).num_samples[0]) == 2 else 20), 20_000
    values, _ = zd.exact(claimed, "log_variance", horizon)
    run = simulated(measured_system, num_replicates=size, horizon=horizon)
    degrees = claimed.table(horizon).num_samples - 1
    allowed = bounds.log_chi_square_mean(degrees, size, delta)
    slack = zd.numerical_slack(claimed, "log_variance", horizon)
    return abs(run.mean["log_variance"][-1] - values[-1]) / (allowed + slack)


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("num_samples", [2, 10, 18, 100, 10**6])
def test_log_variance_is_the_random_walk_of_chi_squares(num_samples):
    system = zd.System(P, num_samples)
    assert log_variance_disagreement(system, system) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("num_samples", [2, 10, 18, 100])
def test_a_wrong_divisor_is_caught_in_the_log_variance(num_samples):
    mutant = zd.System(P, num_samples, fit=zd.Unbiased())
    assert log_variance_disagreement(zd.System(P, num_samples), mutant) > 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("num_samples", [2, 7, 30, 10**6])
def test_one_gaussian_step_has_the_laws_of_normal_mean_and_scatter(num_samples):
    """Sums over replicates are normal and chi-square again, so that both bounds are exact tails."""
    size = 50_000
    run = simulated(zd.System(zd.Gaussian(), num_samples), num_replicates=size, horizon=1)
    allowed = bounds.normal_mean(size, DELTA / 2, 1 / num_samples) + zd.numerical_slack(
        zd.System(zd.Gaussian(), num_samples), "mean", 1
    )
    assert abs(float(run.mean["mean"][1])) <= allowed
    low, high = bounds.chi_square_mean(num_samples - 1, size, DELTA / 2)
    rounding = 1e-6 * num_samples
    assert low - rounding <= float(run.mean["variance"][1]) * num_samples <= high + rounding


@pytest.mark.stat(delta=DELTA)
def test_replicates_are_independent_of_each_other():
    """Neighbours of one block share nothing: their products have the variance of independent normals."""
    run = simulated(zd.System(zd.Gaussian(), 2), num_replicates=2**16, horizon=1)
    values = run.replicates["mean"][:, 1].astype(np.float64) * np.sqrt(2)
    correlation = float(np.mean(values[::2] * values[1::2]))
    # Products of independent standard normals are sub-exponential with parameters (2, 2) (Bernstein).
    pairs, logarithm = 2**15, np.log(2 / DELTA)
    assert abs(correlation) <= np.sqrt(2 * 2 * logarithm / pairs) + 2 * logarithm / pairs
