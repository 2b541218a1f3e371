"""The table kernel of two types: its table exactly, its chain against the exact one, its recorded values."""

import jax
import numpy as np
import pytest
from scipy.stats import binom

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics.kernels import choose
from zenil_dynamics.kernels.two_types import TwoTypes
from zenil_dynamics.samplers import alias

DELTA = 1e-9
SAMPLE = 40_000
HORIZON = 21
"""More generations than words are made for in one pass, and no multiple of it."""

TARGET = zd.Categorical([0.7, 0.3])
SYSTEMS = {
    "closed": zd.System(TARGET, 40, initial=zd.Categorical([0.25, 0.75])),
    "open": zd.System(TARGET, 40, 0.1, initial=zd.Categorical([0.25, 0.75])),
    "estimated": zd.System(TARGET, 40, 0.1, initial=zd.estimate(num_samples=40)),
    "fresh only": zd.System(TARGET, 40, 1.0),
    "few draws": zd.System(TARGET, 8, initial=zd.Categorical([0.25, 0.75])),
    "one draw": zd.System(TARGET, 1, 0.2),
    "a type that the target lacks": zd.System(zd.Categorical([1.0, 0.0]), 40, 0.1, initial=zd.Categorical([0.5, 0.5])),
}


def simulated(system, kernel="two-types", num_replicates=SAMPLE, **options):
    names = tuple(name for name in system.target.quantities if name != "successive_kl")
    options = {"record": names, "keep": "replicates", **options}
    return zd.simulate(
        system,
        num_generations=HORIZON,
        num_replicates=num_replicates,
        key=jax.random.key(3),
        kernel=kernel,
        **options,
    )


def masses(table, row):
    """Law of one row, in units of 2^-32, and its smallest number."""
    described = int(table.rows[row])
    bits, lowest, start = 7 + (described & 7), (described >> 3 & 0xFFF) * 4, (described >> 15) * 128
    entries = np.asarray(table.entries[start : start + (1 << bits)]).astype(np.int64)
    threshold, other = entries >> bits, entries & ((1 << bits) - 1)
    law = threshold.copy()
    np.add.at(law, other, (1 << (32 - bits)) - threshold)
    return lowest, law


@pytest.mark.parametrize("num_trials", [1, 2, 40, 127, 128, 500, 511, 512, 2048])
def test_binomial_rows_are_their_laws(num_trials):
    """Read off the table in integers: no draw, no statistics."""
    probabilities = np.concatenate([np.linspace(0, 1, 17), [1e-12, 1 / num_trials, 1 - 1e-9]])
    table = alias.binomial(num_trials, probabilities)
    for row, probability in enumerate(probabilities):
        lowest, law = masses(table, row)
        numbers = lowest + np.arange(law.size)
        expected = binom.pmf(numbers, num_trials, probability)
        assert law.sum() == 1 << 32
        assert not law[numbers > num_trials].any()
        outside = 1 - expected.sum()
        assert 0.5 * (np.abs(law / 2**32 - expected).sum() + outside) <= 2.0**-22


def test_a_table_of_one_draw_more_is_not_the_law():
    probability = 0.3
    lowest, law = masses(alias.binomial(41, [probability]), 0)
    expected = binom.pmf(lowest + np.arange(law.size), 40, probability)
    assert 0.5 * np.abs(law / 2**32 - expected).sum() > 1e-3


@pytest.mark.parametrize(
    ("num_trials", "probabilities"),
    [(0, [0.5]), (2049, [0.5]), (5, [1.5]), (5, [np.nan]), (5, []), (5, np.zeros(8193))],
)
def test_bad_laws_are_refused(num_trials, probabilities):
    with pytest.raises(ValueError, match="must"):
        alias.binomial(num_trials, probabilities)


def disagreement(claimed, measured):
    """Largest |measured - exact| over bounded quantities and generations, in units of what DELTA allows."""
    spreads = {"entropy": np.log(2), "diversity": 0.5, "support_size": 1.0, "missing_mass": 1.0, "total_variation": 1.0}
    run, worst = simulated(measured), 0.0
    share = DELTA / (len(spreads) * (HORIZON + 1))
    for name, spread in spreads.items():
        values, _ = zd.exact(claimed, name, HORIZON)
        slack = zd.numerical_slack(claimed, name, HORIZON)
        for t in range(HORIZON + 1):
            allowed = bounds.empirical_bernstein(float(run.variance[name][t]), SAMPLE, share, spread)
            worst = max(worst, abs(run.mean[name][t] - values[t]) / (allowed + slack))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_chain_follows_its_oracles(name):
    assert disagreement(SYSTEMS[name], SYSTEMS[name]) <= 1


MUTANTS = {
    "one draw too few": ("few draws", zd.System(TARGET, 7, initial=zd.Categorical([0.25, 0.75]))),
    "mixture weight 5 % too small": ("open", zd.System(TARGET, 40, 0.095, initial=zd.Categorical([0.25, 0.75]))),
    "the sample behind the first model forgotten": ("estimated", zd.System(TARGET, 40, 0.1)),
}


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", MUTANTS)
def test_wrong_chains_are_caught(name):
    claimed, mutant = MUTANTS[name]
    assert disagreement(SYSTEMS[claimed], mutant) > 1


@pytest.mark.stat(delta=DELTA)
def test_successive_generations_have_words_of_their_own():
    """At alpha = 1 generations are independent: their correlation is that of bounded martingale differences."""
    run = simulated(SYSTEMS["fresh only"])
    shares = run.replicates["total_variation"].astype(np.float64)
    for early, late in [(1, 2), (2, 3), (16, 17), (1, 17)]:
        products = (shares[:, early] - shares[:, early].mean()) * (shares[:, late] - shares[:, late].mean())
        # 4 comparisons; the products lie in [-1, 1] and centring by means costs at most 2 / sample.
        allowed = bounds.empirical_bernstein(float(products.var()), SAMPLE, DELTA / 4, 2.0) + 2 / SAMPLE
        assert abs(products.mean()) <= allowed


@pytest.mark.parametrize("name", SYSTEMS)
def test_recorded_values_are_those_of_states(name):
    """Every quantity is a function of the count, which the diversity and the share of the first type determine."""
    system = SYSTEMS[name]
    run = simulated(
        system, num_replicates=300, record=(*(q for q in system.target.quantities if q != "successive_kl"), first)
    )
    counts = np.rint(run.replicates["first"].astype(np.float64) * float(system.table(1).num_samples[0]))
    shares = counts / float(system.table(1).num_samples[0])
    start = 0 if isinstance(system.initial, zd.Estimate) else 1
    np.testing.assert_allclose(run.replicates["first"][:, start:], shares[:, start:], atol=1e-7)
    np.testing.assert_allclose(
        run.replicates["diversity"][:, start:], (2 * shares * (1 - shares))[:, start:], atol=1e-6
    )


def first(state, target):
    return state.probs[0]


@pytest.mark.parametrize("num_replicates", [1, 7, 500])
def test_replicates_are_addressed(num_replicates):
    whole = simulated(SYSTEMS["open"], num_replicates=700)
    part = simulated(SYSTEMS["open"], num_replicates=num_replicates, chunk_size=100)
    np.testing.assert_array_equal(part.replicates["entropy"], whole.replicates["entropy"][:num_replicates])


@pytest.mark.parametrize("name", ["open", "estimated"])
def test_the_last_generation_alone_is_the_same(name):
    whole = simulated(SYSTEMS[name], num_replicates=300)
    last = simulated(SYSTEMS[name], num_replicates=300, terminal_only=True)
    np.testing.assert_array_equal(last.replicates["entropy"][:, 0], whole.replicates["entropy"][:, -1])


REFUSED = {
    "three types": (zd.System(zd.Categorical.uniform(3), 10), "not two types"),
    "gaussian": (zd.System(zd.Gaussian(), 10), "not categorical"),
    "accumulate": (zd.System(TARGET, 10, update=zd.Accumulate()), "update Replace"),
    "stratified": (zd.System(TARGET, 10, 0.5, mixing="stratified"), "stratified"),
    "growing": (zd.System(TARGET, zd.schedules.power_law(scale=10, exponent=-1.0)), "schedule varies"),
    "large": (zd.System(TARGET, 4096), "end at N = 2048"),
    "another initial size": (zd.System(TARGET, 10, initial=zd.estimate(num_samples=11)), "another size"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_compute_is_refused_with_a_reason(name):
    system, reason = REFUSED[name]
    record = ("entropy",) if "gaussian" not in name else ("mean",)
    with pytest.raises(ValueError, match=reason):
        choose(system, system.table(3), record, terminal_only=False, kernel="two-types")
    assert not isinstance(choose(system, system.table(3), record, terminal_only=False), TwoTypes)
