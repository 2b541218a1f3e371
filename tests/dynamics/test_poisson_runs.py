"""Runs on conditioned Poisson tables: recorded means against oracles, fixation, moving types, bits, refusals."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.kernels import choose, poisson_lanes
from zenil_dynamics.kernels.additive import QUANTITIES
from zenil_dynamics.kernels.poisson import ConditionedPoisson
from zenil_dynamics.system import Estimate

DELTA = 1e-9
SAMPLE = 40_000
HORIZON = 12

# Recorded means against the oracles

RECORD = tuple(QUANTITIES)
GRID = {
    "eight types, closed": zd.System(zd.Categorical.zipf(8), 7, rare_threshold=0.1),
    "eight types, closed, sample": zd.System(zd.Categorical.zipf(8), 7, initial=zd.estimate(7)),
    "hardly open": zd.System(zd.Categorical.zipf(8), 7, 0.01, initial=zd.Categorical.uniform(8), rare_threshold=0.1),
    "half open": zd.System(zd.Categorical.zipf(8), 7, 0.5, initial=zd.Categorical.uniform(8), rare_threshold=0.1),
    "fresh draws alone": zd.System(zd.Categorical.zipf(8), 7, 1.0, initial=zd.Categorical.uniform(8)),
    "one draw": zd.System(zd.Categorical.zipf(8), 1, rare_threshold=0.1),
    "150 types, closed": zd.System(zd.Categorical.zipf(150), 60, rare_threshold=0.01),
    "150 types, open": zd.System(zd.Categorical.zipf(150), 60, 0.2, rare_threshold=0.01),
    "above 1024, closed": zd.System(zd.Categorical([0.7, 0.2, 0.05, 0.03, 0.0198, 0.0002]), 1500, rare_threshold=0.1),
    "above 1024, open": zd.System(
        zd.Categorical([0.75, 0.2, 0.03, 0.0198, 0.0002]),
        3000,
        0.05,
        initial=zd.Categorical.uniform(5),
        rare_threshold=0.1,
    ),
}
GENERATIONS = 4


@functools.cache
def measured(name):
    return zd.simulate(
        GRID[name],
        num_generations=GENERATIONS,
        num_replicates=SAMPLE,
        key=jax.random.key(3),
        record=RECORD,
        keep="replicates",
        kernel="poisson",
    )


def disagreement(system, run):
    """Largest |measured - exact| in units of what DELTA allows: all means, and the variance of a closed diversity."""
    support = system.target.support_size
    spreads = {"entropy": np.log(support), "diversity": 1.0, "support_size": support - 1.0}
    share = DELTA / ((len(RECORD) + 1) * (GENERATIONS + 1))
    ratios = []
    for name in RECORD:
        values, _ = zd.exact(system, name, GENERATIONS)
        slack = zd.numerical_slack(system, name, GENERATIONS, block_size=run.block_size)
        for t in range(GENERATIONS + 1):
            variance, spread = float(run.variance[name][t]), spreads.get(name, 1.0)
            allowed = bounds.empirical_bernstein(variance, SAMPLE, share, spread)
            ratios.append(abs(run.mean[name][t] - values[t]) / (allowed + slack))
    if system.table(1).exogenous_fraction[0] == 0:
        mean, _ = zd.exact(system, "diversity", GENERATIONS)
        first = system.initial.num_samples if isinstance(system.initial, Estimate) else None
        table = system.table(GENERATIONS)
        exact = zd.oracles.diversity_variance(system.target.probs, table.num_samples, num_initial=first)
        squares = (run.replicates["diversity"].astype(np.float64) - mean) ** 2
        slack = 4 * zd.numerical_slack(system, "diversity", GENERATIONS, block_size=run.block_size)
        for t in range(GENERATIONS + 1):
            allowed = bounds.empirical_bernstein(float(squares[:, t].var()), SAMPLE, share, 1.0)
            ratios.append(abs(squares[:, t].mean() - exact[t]) / (allowed + slack))
    return max(ratios)


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", GRID)
def test_what_is_recorded_follows_the_oracles(name):
    assert "Poisson" in measured(name).kernel
    assert disagreement(GRID[name], measured(name)) < 1


@pytest.mark.stat(delta=DELTA / 10)
def test_other_systems_do_not_pass_for_it():
    """Shares of .5 for .01, and seven draws for one, at 40,000 replicates."""
    assert disagreement(GRID["hardly open"], measured("half open")) > 1
    assert disagreement(GRID["eight types, closed"], measured("one draw")) > 1


@pytest.mark.stat(delta=DELTA)
def test_the_survivor_is_a_type_with_its_first_share():
    """Fixation: after 300 generations of seven draws, P(not absorbed) < 7 (6/7)^300 < 2^-60."""
    target = np.asarray(zd.Categorical.zipf(8).probs, np.float64)
    thresholds = (target[1:] + target[:-1]) / 2
    for threshold in thresholds[[0, 3, 6]]:
        system = zd.System(zd.Categorical.zipf(8), 7, rare_threshold=threshold)
        run = zd.simulate(
            system,
            num_generations=300,
            num_replicates=SAMPLE,
            key=jax.random.key(4),
            record=("rare_mass",),
            keep="replicates",
            terminal_only=True,
            kernel="poisson",
        )
        survived = run.replicates["rare_mass"][:, -1]
        assert np.all((survived == 0) | (survived == 1))
        low, high = bounds.binomial_interval(SAMPLE, target[target < threshold].sum(), DELTA / 3)
        slack = SAMPLE * zd.numerical_slack(system, "rare_mass", 300)
        assert low - slack <= survived.sum() <= high + slack


gather_living = poisson_lanes.gather_living


def nothing(state, observed):
    return jnp.zeros(())


def last_living_type_dropped(state, ended):
    moved = gather_living(state, ended)
    rows = jnp.arange(state.counts.shape[0])[:, None]
    last = (rows == state.living[None] - 1) & (rows != moved.head[None])
    return moved._replace(counts=jnp.where(last & (moved.used < state.used), 0, moved.counts))


def labels_left_behind(state, ended):
    return gather_living(state, ended)._replace(labels=state.labels)


COMPACTED = zd.System(zd.Categorical.zipf(48), 20, rare_threshold=0.03)


def rare_mass_is_off(mutant, monkeypatch):
    """Martingale test: the mean of the rare types' share never changes without fresh draws."""
    if mutant is not None:
        monkeypatch.setattr(poisson_lanes, "gather_living", mutant)
    kernel = ConditionedPoisson.of(COMPACTED, COMPACTED.table(HORIZON), ("rare_mass", "support_size"))
    run = jax.jit(
        lambda kernel, replicates, words: kernel(
            (nothing, nothing), replicates, key=jax.random.wrap_key_data(words), terminal_only=False
        )
    )
    rare, living = run(kernel, jnp.arange(SAMPLE, dtype=jnp.uint32), jax.random.key_data(jax.random.key(7)))
    assert np.asarray(living)[1].max() <= 20
    assert np.asarray(living)[-1].max() < 16 or mutant is not None
    last = np.asarray(rare, np.float64)[-1]
    target = np.asarray(zd.Categorical.zipf(48).probs, np.float64)
    exact = float(target[target < 0.03].sum())
    allowed = bounds.empirical_bernstein(float(last.var()), SAMPLE, DELTA, 1.0)
    return abs(last.mean() - exact) > allowed + zd.numerical_slack(COMPACTED, "rare_mass", HORIZON, block_size=SAMPLE)


@pytest.mark.stat(delta=DELTA)
def test_moving_types_together_changes_no_law(monkeypatch):
    assert not rare_mass_is_off(None, monkeypatch)


@pytest.mark.stat(delta=DELTA / 10)
@pytest.mark.parametrize("mutant", [last_living_type_dropped, labels_left_behind])
def test_wrong_moves_are_caught(mutant, monkeypatch):
    assert rare_mass_is_off(mutant, monkeypatch)


# Bits

BITS = ("eight types, closed", "half open")


def replicates(name, number, **options):
    run = zd.simulate(
        GRID[name],
        num_generations=GENERATIONS,
        num_replicates=number,
        key=jax.random.key(3),
        record=RECORD,
        keep="replicates",
        kernel="poisson",
        **options,
    )
    return np.stack([run.replicates[quantity] for quantity in RECORD])


@pytest.mark.parametrize("name", BITS)
def test_more_replicates_and_other_chunks_change_no_bit(name):
    whole = np.stack([measured(name).replicates[quantity] for quantity in RECORD])
    for number in (1, 7, 64, 500, 2048):
        np.testing.assert_array_equal(replicates(name, number), whole[:, :number])
    for chunk in (1, 300, 5000):
        np.testing.assert_array_equal(replicates(name, 2048, chunk_size=chunk), whole[:, :2048])


class Interruption:
    """Stops a run as Ctrl-C would, after so many replicates."""

    def __init__(self, after):
        self.after = after

    def __call__(self, done, total):
        if done >= self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("name", BITS)
def test_a_resumed_run_is_the_same_bits(name, tmp_path):
    whole = np.stack([measured(name).replicates[quantity] for quantity in RECORD])
    with pytest.raises(KeyboardInterrupt):
        replicates(name, 3000, chunk_size=256, checkpoint=tmp_path, progress=Interruption(700))
    resumed = replicates(name, 3000, chunk_size=256, checkpoint=tmp_path)
    np.testing.assert_array_equal(resumed, whole[:, :3000])


def test_wider_blocks_change_no_counts():
    """Types move together when the fullest of a replicate's neighbours lets them, and no count depends on it."""
    kernel = ConditionedPoisson.of(COMPACTED, COMPACTED.table(HORIZON), ("support_size", "diversity"))
    words = jax.random.key_data(jax.random.key(5))

    @jax.jit
    def run(indices):
        return kernel((nothing, nothing), indices, key=jax.random.wrap_key_data(words), terminal_only=False)

    support, diversity = run(jnp.arange(64, dtype=jnp.uint32))
    assert len(np.unique(diversity[1])) > 10
    for width in (256, 1024):
        wide_support, wide_diversity = run(jnp.arange(width, dtype=jnp.uint32))
        np.testing.assert_array_equal(wide_support[:, :64], support)
        # Two orders of a compensated sum of at most 20 terms below 1 differ by few units in the last place.
        np.testing.assert_allclose(wide_diversity[:, :64], diversity, rtol=0, atol=2.0**-22)


# Refusals


def test_what_it_cannot_compute_is_refused_with_the_reason():
    target = zd.Categorical.zipf(4)
    refusals = {
        "the state is not categorical": zd.System(zd.Gaussian(), 7),
        "it needs the update Replace": zd.System(target, 7, update=zd.Accumulate()),
        "and the fit MaximumLikelihood": zd.System(target, 7, fit=zd.Smoothed(pseudocount=1.0)),
        "for one N and one alpha": zd.System(target, 7, zd.schedules.power_law(scale=0.4, exponent=0.5)),
        "the mixing is stratified": zd.System(target, 7, 0.3, mixing="stratified"),
        "its tables end at N = 16384": zd.System(target, 16385),
        "tables end at N = 16384 and 8192 types": zd.System(zd.Categorical.uniform(8193), 7),
        "the initial sample has another size": zd.System(target, 7, initial=zd.estimate(8)),
    }
    for reason, system in refusals.items():
        name = "mean" if isinstance(system.target, zd.Gaussian) else "diversity"
        arguments = {"num_generations": 3, "num_replicates": 5, "key": jax.random.key(0), "record": (name,)}
        with pytest.raises(ValueError, match=f"`kernel`: 'poisson' cannot compute this run because .*{reason}"):
            zd.simulate(system, **arguments, kernel="poisson")
        assert choose(system, system.table(3), (name,), terminal_only=False).name != "poisson"
    arguments = {"num_replicates": 5, "key": jax.random.key(0), "kernel": "poisson"}
    with pytest.raises(ValueError, match="there is no generation to draw"):
        zd.simulate(zd.System(target, 7), num_generations=0, record=("diversity",), **arguments)
    with pytest.raises(ValueError, match="'kl_to_target' is none of them"):
        zd.simulate(zd.System(target, 7), num_generations=3, record=("kl_to_target",), **arguments)


def test_double_precision_is_refused():
    system = zd.System(zd.Categorical.zipf(4), 7)
    with jax.enable_x64(True):
        with pytest.raises(ValueError, match="'poisson' cannot compute this run because .* x64 is on"):
            choose(system, system.table(3), ("diversity",), terminal_only=False, kernel="poisson")
        assert choose(system, system.table(3), ("diversity",), terminal_only=False).name != "poisson"


def entropy(state, target):
    """A user's own quantity under the name of another one."""
    return state.probs[0] * 0 + 42.0


def test_a_users_function_is_never_taken_for_a_quantity_of_the_same_name():
    system = zd.System(zd.Categorical.zipf(4), 7)
    arguments = {"num_generations": 3, "num_replicates": 5, "key": jax.random.key(0), "record": (entropy,)}
    assert zd.simulate(system, **arguments).mean["entropy"].tolist() == [42.0] * 4
    with pytest.raises(ValueError, match="'poisson' cannot compute this run"):
        zd.simulate(system, **arguments, kernel="poisson")
