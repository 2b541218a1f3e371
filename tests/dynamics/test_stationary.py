"""Perfect samples of the stationary law, against its second moment and the chain of two types."""

import jax
import numpy as np
import pytest
from scipy import stats

import zenil_dynamics as zd
from tests import bounds

DELTA = 1e-9
SAMPLE = 40_000

P = zd.Categorical([0.5, 0.3, 0.15, 0.05])
OPEN = zd.schedules.power_law(scale=0.4, exponent=0.5)


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize(("num_samples", "fraction"), [(1, 0.5), (9, 0.02), (200, 0.3)])
def test_stationary_chi_square_is_the_stationary_fixation_index(num_samples, fraction):
    """E chi^2 = (K - 1) c*, c* = 1 / (1 + (N - 1) alpha (2 - alpha))."""
    system = zd.System(P, num_samples, fraction)
    run = zd.stationary(system, num_replicates=SAMPLE, key=jax.random.key(3), record=("chi_square", "diversity"))
    index = 1 / (1 + (num_samples - 1) * fraction * (2 - fraction))
    allowed = bounds.empirical_bernstein(float(run.variance["chi_square"][0]), SAMPLE, DELTA, 20.0)
    assert abs(run.mean["chi_square"][0] - 3 * index) <= allowed + zd.numerical_slack(system, "chi_square", 1)
    assert "stationary" in run.kernel
    assert run.generations.tolist() == [0]


def first_prob(state, target):
    return state.probs[0]


def stationary_count_law(num_samples, fraction, prob, num_real=None):
    """Solve pi = pi M for the count of one of two types."""
    counts = np.arange(num_samples + 1)
    model = counts / num_samples
    if num_real is None:
        rows = stats.binom.pmf(counts, num_samples, (fraction * prob + (1 - fraction) * model)[:, None])
    else:
        fresh = stats.binom.pmf(np.arange(num_real + 1), num_real, prob)
        own = num_samples - num_real
        rows = np.stack([np.convolve(fresh, stats.binom.pmf(np.arange(own + 1), own, p)) for p in model])
    system = np.vstack([rows.T - np.eye(num_samples + 1), np.ones(num_samples + 1)])
    return np.linalg.lstsq(system, np.append(np.zeros(num_samples + 1), 1.0), rcond=None)[0]


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize(("mixing", "num_real"), [("bernoulli", None), ("stratified", 2)])
def test_the_stationary_law_of_two_types_is_that_of_the_chain(mixing, num_real):
    system = zd.System(zd.Categorical([0.3, 0.7]), 8, 0.25, mixing=mixing)
    run = zd.stationary(system, num_replicates=100_000, key=jax.random.key(4), record=(first_prob,), keep="replicates")
    counts = np.bincount(np.round(run.replicates["first_prob"][:, 0] * 8).astype(int), minlength=9)
    law = stationary_count_law(8, 0.25, 0.3, num_real)
    threshold = bounds.log_evalue_threshold(DELTA) + bounds.law_allowance(100_000, 2.0**-30, law)
    assert bounds.log_evalue_multinomial(counts, law) < threshold
    wrong = stationary_count_law(8, 0.23, 0.3) if num_real is None else stationary_count_law(8, 0.25, 0.3)
    assert bounds.log_evalue_multinomial(counts, wrong) > threshold


@pytest.mark.parametrize(
    ("system", "message"),
    [
        (zd.System(P, 7), "`exogenous_fraction` must be positive for a stationary law"),
        (zd.System(P, 7, 0.01, mixing="stratified"), "must be positive for a stationary law"),
        (zd.System(P, 7, OPEN), "`exogenous_fraction` must be one number for a stationary law; got the schedule power"),
        (zd.System(P, zd.schedules.parse("table:1,2"), 0.1), "`num_samples` must be one number"),
        (zd.System(P, 7, 1e-9), "must let every lineage end within"),
        (zd.System(zd.Gaussian(), 7, 0.1), "has no stationary sampler because it draws types"),
        (zd.System(P, 7, 0.1, ensemble=zd.Ensemble(2)), "`ensemble` must be None for a stationary law"),
    ],
)
def test_no_stationary_law(system, message):
    with pytest.raises(ValueError, match=message):
        zd.stationary(system, num_replicates=3, key=jax.random.key(0), record=("entropy",))


def test_a_stationary_run_has_no_generation_before():
    with pytest.raises(ValueError, match="compares two generations"):
        zd.stationary(zd.System(P, 7, 0.1), num_replicates=3, key=jax.random.key(0), record=("successive_kl",))


def test_pseudocounts_alone_have_a_stationary_law():
    system = zd.System(P, 5, fit=zd.Smoothed(0.2))
    run = zd.stationary(system, num_replicates=100, key=jax.random.key(0), record=("support_size",), keep="replicates")
    assert np.all(run.replicates["support_size"] == 4)
