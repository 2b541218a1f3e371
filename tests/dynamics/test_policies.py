"""Measured against exact for data policies, ensembles and models of other targets, and the mutants that must be caught.

A mutant is a claim about another loop, held against the same run. Quantities of types are bounded and compared by the
empirical Bernstein bound; moments of normal models by medians of means, their variances bounded by `spread_bounds`.
"""

import functools

import jax
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds

DELTA = 2e-10
HORIZON = 3
UNIT = 2.0**-24
P, Q = zd.Categorical([0.5, 0.3, 0.15, 0.05]), zd.Categorical([0.1, 0.2, 0.3, 0.4])
SIZES, SHARES = [7, 5, 9], [0.4, 0.2, 0.6]
UNEQUAL = zd.Ensemble([0.8, 0.2])
APART = zd.Ensemble([0.8, 0.2], coupled=False)


def policy(update, shares=SHARES, sizes=SIZES, **options):
    """A categorical loop."""
    return zd.System(P, sizes, shares, update=update, **options)


FOUR = zd.estimate(num_samples=4)
TYPES = {
    "window": policy(zd.Window(2), initial=Q),
    "subsample": policy(zd.AccumulateSubsample(), mixing="stratified", initial=FOUR),
    "reuse": policy(zd.ReuseReal(4), 0.0, initial=FOUR),
    "weighted": policy(zd.Weighted(0.7), initial=Q),
    "debiased": policy(zd.Debiased(), [1.0, 0.0, 1.0]),
    "coupled": policy(zd.Replace(), mixing="stratified", initial=Q, ensemble=UNEQUAL),
    "uncoupled": policy(zd.Window(2), initial=Q, ensemble=APART),
}
TYPE_MUTANTS = {
    "window": {
        "longer window": policy(zd.Window(3), initial=Q),
        "no window": policy(zd.Replace(), initial=Q),
        "one draw too few": policy(zd.Window(2), sizes=[7, 5, 8], initial=Q),
        "sizes one generation late": policy(zd.Window(2), sizes=[5, 9, 7], initial=Q),
        "real share ignored": policy(zd.Window(2), 0.0, initial=Q),
    },
    "subsample": {
        "whole pool": policy(zd.Accumulate(), mixing="stratified", initial=FOUR),
        "no pool": policy(zd.Replace(), mixing="stratified", initial=FOUR),
        "pool without its first batch": policy(zd.AccumulateSubsample(), mixing="stratified"),
    },
    "reuse": {
        "fresh real data": policy(zd.Replace(), [4 / 7, 4 / 5, 4 / 9], mixing="stratified", initial=FOUR),
        "one real draw too few": policy(zd.ReuseReal(3), 0.0, initial=zd.estimate(num_samples=3)),
    },
    "weighted": {
        "weight by numbers": policy(zd.Replace(), mixing="stratified", initial=Q),
        "weight a twentieth too small": policy(zd.Weighted(0.665), initial=Q),
    },
    "debiased": {"synthetic draws counted": policy(zd.Accumulate(), [1.0, 0.0, 1.0])},
    "coupled": {
        "uncoupled": policy(zd.Replace(), mixing="stratified", initial=Q, ensemble=APART),
        "equal weights": policy(zd.Replace(), mixing="stratified", initial=Q, ensemble=zd.Ensemble(2)),
        "bernoulli": policy(zd.Replace(), initial=Q, ensemble=UNEQUAL),
        "real share ignored": policy(zd.Replace(), 0.0, initial=Q, ensemble=UNEQUAL),
    },
    "uncoupled": {"one lineage": policy(zd.Window(2), initial=Q, ensemble=zd.Ensemble(1, coupled=False))},
}
SAMPLE = 60_000


def prefixes(system):
    """Of the quantities: of the mixture, and of its members."""
    return ("", "member_") if system.ensemble is not None else ("",)


@functools.cache
def measured_types(name):
    system = TYPES[name]
    quantities = [f"{prefix}{of}" for prefix in prefixes(system) for of in ("diversity", "chi_square", "rare_mass")]
    return zd.simulate(
        system,
        num_generations=HORIZON,
        num_replicates=SAMPLE,
        key=jax.random.key(23),
        record=tuple(quantities),
    )


def type_disagreement(claimed, run):
    """Largest |measured - exact| in units of what DELTA allows."""
    spreads = {"diversity": 0.75, "chi_square": 20.0, "rare_mass": 1.0}
    worst, share = 0.0, DELTA / (len(run.mean) * (HORIZON + 1))
    for name, means in run.mean.items():
        if claimed.ensemble is None and name.startswith("member_"):
            continue
        exact, spread = zd.exact(claimed, name, HORIZON).values, spreads[name.removeprefix("member_")]
        for t in range(HORIZON + 1):
            allowed = bounds.empirical_bernstein(float(run.variance[name][t]), SAMPLE, share, spread)
            # Rounding below 64 units of the range, and three samplers a generation within 2^-20 of their law.
            rounding = (64 * UNIT + 3 * (t + 1) * 2.0**-20) * spread
            worst = max(worst, abs(means[t] - exact[t]) / (allowed + rounding))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", TYPES)
def test_categorical_policies_follow_their_oracles(name):
    assert type_disagreement(TYPES[name], measured_types(name)) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", TYPE_MUTANTS)
def test_wrong_categorical_policies_are_caught(name):
    """The smallest caught effects are one draw of nine at one generation, and a twentieth of a weight of .7."""
    for mutant, claimed in TYPE_MUTANTS[name].items():
        assert type_disagreement(claimed, measured_types(name)) > 1, mutant


# Normal models

R, S = zd.Gaussian(mean=-1.5, variance=1.0), zd.Gaussian(mean=-1.2, variance=1.0)
LINE_SIZES, LINE_HORIZON = [3, 2], 2
LINE_SAMPLE = 800_000


def line(update, shares=(0.4, 0.2), target=R, **options):
    """A loop of normal models."""
    return zd.System(target, LINE_SIZES, np.array(shares), update=update, **options)


INTERVAL, COUNTS = zd.UniformInterval(3.0), zd.Poisson(1.7)
MODEL = {"model": zd.Gaussian(), "initial": zd.Gaussian(mean=1.2, variance=1.0)}
OPENED = {"mixing": "stratified", "initial": zd.estimate(num_samples=2)}
LINES = {
    "window": line(zd.Window(2), **OPENED),
    "subsample": line(zd.AccumulateSubsample(), target=INTERVAL, **MODEL),
    "weighted": line(zd.Weighted(0.7), (1 / 3, 1 / 2), initial=S),
    "coupled": line(zd.Replace(), initial=S, ensemble=UNEQUAL),
    "of-uniform": line(zd.Replace(), target=INTERVAL, **MODEL),
    "of-poisson": line(zd.Accumulate(), target=COUNTS, mixing="stratified", **MODEL),
}
LINE_MUTANTS = {
    "window": {"wrong divisor": line(zd.Window(2), fit=zd.Unbiased(), **OPENED)},
    "subsample": {"whole pool": line(zd.Accumulate(), target=INTERVAL, **MODEL)},
    "weighted": {"weight by numbers": line(zd.Replace(), (1 / 3, 1 / 2), mixing="stratified", initial=S)},
    "coupled": {"one lineage": line(zd.Replace(), initial=S)},
    "of-uniform": {
        "wrong divisor": line(zd.Replace(), target=INTERVAL, fit=zd.Unbiased(), **MODEL),
        "variance of an interval twice as long": line(
            zd.Replace(), target=zd.Gaussian(1.5, 3.0), initial=MODEL["initial"]
        ),
        "real share ignored": line(zd.Replace(), (0.0, 0.0), target=INTERVAL, **MODEL),
    },
    "of-poisson": {"no pool": line(zd.Replace(), target=COUNTS, mixing="stratified", **MODEL)},
}


@functools.cache
def measured_lines(name):
    system = LINES[name]
    names = tuple(f"{prefix}{of}" for prefix in prefixes(system) for of in ("mean", "variance"))
    run = zd.simulate(
        system,
        num_generations=LINE_HORIZON,
        num_replicates=LINE_SAMPLE,
        key=jax.random.key(29),
        record=names,
        keep="replicates",
    )
    return run.replicates


def central_fourth_moment(target):
    """E (x - mean)^4 of a draw of the target."""
    if isinstance(target, zd.UniformInterval):
        return float(target.upper) ** 4 / 80
    if isinstance(target, zd.Poisson):
        return float(target.mean) + 3 * float(target.mean) ** 2
    return 3 * float(target.variance) ** 2


def centre_of(target):
    """Its mean."""
    return float(target.upper) / 2 if isinstance(target, zd.UniformInterval) else float(target.mean)


def spread_bounds(system):
    """Bounds on E ((mu_t - c)^2 + v_t)^2, c the target's mean, which no variance of a square or a variance exceeds.

    Under maximum likelihood (mu - c)^2 + v is the mean of (x - c)^2 over the training set, so that its mean square is
    at most E (x - c)^4 of its batches, the largest of which bounds any average (Jensen): with real share rho it is rho
    times that of the target and 1 - rho times at most 3 E ((mu - c)^2 + v)^2 of a normal model.
    """
    real, start = central_fourth_moment(system.target), system.initial
    given = isinstance(start, zd.Gaussian)
    opening = ((float(start.mean) - centre_of(system.target)) ** 2 + float(start.variance)) ** 2 if given else real
    found, batches = [opening], [] if given else [real]
    for size, share, number in zip(*system.table(LINE_HORIZON), strict=True):
        real_share = number / size if system.mixing == "stratified" else share
        if isinstance(system.update, zd.Weighted):
            real_share = float(system.update.weight)
        batches.append(real_share * real + (1 - real_share) * 3 * found[-1])
        found.append(max(batches))
    return found


def line_disagreement(claimed, system, values):
    """Largest |measured - exact| of means and variances in units of what DELTA allows."""
    worst, share = 0.0, DELTA / (len(values) * LINE_HORIZON)
    squares = spread_bounds(system)
    for name, sample in values.items():
        if claimed.ensemble is None and name.startswith("member_"):
            continue
        exact = zd.exact(claimed, name, LINE_HORIZON).values
        for t in range(1, LINE_HORIZON + 1):
            # E mu^2 is at most the root of E (mu^2 + v)^2.
            variance = squares[t] ** 0.5 if name.endswith("mean") else squares[t]
            estimate, distance = bounds.median_of_means(sample[:, t], variance, share)
            worst = max(worst, abs(estimate - exact[t]) / (distance + 1e-5))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", LINES)
def test_normal_models_follow_their_oracles(name):
    assert line_disagreement(LINES[name], LINES[name], measured_lines(name)) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", LINE_MUTANTS)
def test_wrong_normal_loops_are_caught(name):
    for mutant, claimed in LINE_MUTANTS[name].items():
        assert line_disagreement(claimed, LINES[name], measured_lines(name)) > 1, mutant
