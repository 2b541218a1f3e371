"""A table that is trained to the end is maximum likelihood: its loop is held against the oracles of `Categorical`.

Without a warm start a fit is a function of the counts alone, and there are finitely many of them: the largest distance
eps of a fit from the frequencies, in total absolute difference, is found by trying all. Two loops whose counts agree
draw again from laws that differ by eps / 2 in total variation at most, so that N draws agree but for a probability
N eps / 2. Over T generations expectations of a quantity in [0, 1] part by at most T N eps / 2, and by its change under
a move of eps, which is 2 eps for the diversity and the squared distance.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from tests.learned.registry import CONVERGED, HASTY, TABLE, TARGET, count_vectors, fitted_probs

N, HORIZON, SAMPLE, DELTA = 8, 4, 20_000, 1e-9
DIVERSITY = float(1 - np.sum(np.asarray(TARGET.probs) ** 2))
SHARES = {"closed": 0.0, "open": 0.3}


def squared_distance(state, target):
    """Sum of (q - p)^2, whose expectation is the variance between models where their mean is the target."""
    return jnp.sum((state.probs - jnp.asarray(target.probs, state.probs.dtype)) ** 2)


def system(fit, share, update=None):
    return zd.System(TARGET, N, share, fit=fit, initial=TABLE, update=update)


@functools.cache
def faces(hasty, loop):
    """Share of diversity lost within models and gained between them, by generation, with sample variances."""
    run = zd.simulate(
        system(HASTY if hasty else CONVERGED, SHARES[loop]),
        num_generations=HORIZON,
        num_replicates=SAMPLE,
        key=jax.random.key(31),
        record=("diversity", squared_distance),
        keep="replicates",
    )
    within = 1 - run.replicates["diversity"].astype(np.float64) / DIVERSITY
    between = run.replicates["squared_distance"].astype(np.float64) / DIVERSITY
    return within, between


def allowed_bias():
    """What training that is not quite finished can move an expectation, and the samplers' law and rounding."""
    counts = count_vectors(3, N)
    eps = float(np.abs(fitted_probs(CONVERGED, TABLE, counts) - counts / N).sum(axis=1).max())
    assert eps < 2e-6, "training has ended"
    slack = zd.numerical_slack(zd.System(TARGET, N), "diversity", HORIZON)
    return (HORIZON * N * eps / 2 + 2 * eps + 2 * slack) / DIVERSITY


def disagreement(hasty, loop):
    """Largest |measured - exact| over both faces and all generations, in units of what DELTA allows."""
    exact = zd.oracles.fixation_index(np.full(HORIZON, N), SHARES[loop])
    bias, worst = allowed_bias(), 0.0
    for values, spread in zip(faces(hasty, loop), (1.0, 2.0), strict=True):
        for t in range(1, HORIZON + 1):
            distance = bounds.empirical_bernstein(
                float(values[:, t].var()), SAMPLE, DELTA / (2 * HORIZON), spread / DIVERSITY
            )
            worst = max(worst, abs(values[:, t].mean() - exact[t]) / (distance + bias))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("loop", SHARES)
def test_a_table_trained_to_the_end_obeys_the_fixation_law(loop):
    assert disagreement(False, loop) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("loop", SHARES)
def test_three_steps_instead_of_many_are_caught(loop):
    """Three steps leave 0.1 or more of the distance to the frequencies, in total absolute difference."""
    assert disagreement(True, loop) > 1


@pytest.mark.stat(delta=DELTA)
def test_a_table_trained_to_the_end_accumulates_like_maximum_likelihood():
    run = zd.simulate(
        system(CONVERGED, 0.3, zd.Accumulate()),
        num_generations=2,
        num_replicates=SAMPLE,
        key=jax.random.key(32),
        record=("diversity",),
    )
    counts = count_vectors(3, 2 * N)
    eps = float(np.abs(fitted_probs(CONVERGED, TABLE, counts) - counts / (2 * N)).sum(axis=1).max())
    oracle = zd.System(TARGET, N, 0.3, update=zd.Accumulate())
    exact = zd.exact(oracle, "diversity", 2).values
    distance = bounds.empirical_bernstein(float(run.variance["diversity"][2]), SAMPLE, DELTA, 1.0)
    bias = HORIZON * N * eps + 2 * eps + zd.numerical_slack(oracle, "diversity", 2)
    assert bias < 1e-3
    assert abs(run.mean["diversity"][2] - exact[2]) <= distance + bias
    replaced = zd.oracles.fixation_index(np.full(2, N), 0.3)
    assert abs(run.mean["diversity"][2] - DIVERSITY * (1 - replaced[2])) > distance + bias, "replacement is told apart"
