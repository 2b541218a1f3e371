"""The backward kernel: its law against oracles, enumeration, chains and the forward kernel, and mutants of it."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import zenil_dynamics as zd
from tests import bounds
from zenil_dynamics import blocks
from zenil_dynamics.kernels import choose
from zenil_dynamics.kernels.backward import LARGEST_NUM_GENERATIONS, LARGEST_NUM_LINEAGES, Backward
from zenil_dynamics.kernels.coalescent.fixed_point import Bits48, scaled
from zenil_dynamics.kernels.coalescent.genealogy import Found, Genealogy
from zenil_dynamics.kernels.coalescent.type_law import TypeLaw

DELTA = 1e-9
HORIZON = 4
SAMPLE = 40_000
NAMES = ("diversity", "entropy", "support_size", "missing_mass", "rare_mass", "total_variation", "chi_square")

P = zd.Categorical([0.5, 0.3, 0.15, 0.05])
START = zd.Categorical([0.1, 0.2, 0.3, 0.4])
OPEN = zd.schedules.power_law(scale=0.4, exponent=0.5)


def grid():
    """Every mixing, kind of start and fit; N up and down, alpha constant and falling."""
    table = zd.schedules.parse("table:5,17,2,9")
    starts = {"target": None, "state": START, "estimate": zd.estimate(num_samples=6)}
    for start, initial in starts.items():
        yield f"closed-{start}", zd.System(P, table, initial=initial)
        for mixing in ("bernoulli", "stratified"):
            yield f"{mixing}-{start}", zd.System(P, table, OPEN, mixing=mixing, initial=initial)
    for mixing in ("bernoulli", "stratified"):
        options = {"fit": zd.Smoothed(0.3), "initial": starts["estimate"], "mixing": mixing}
        yield f"{mixing}-smoothed-estimate", zd.System(P, table, OPEN, **options)
    yield "smoothed-closed", zd.System(P, 7, fit=zd.Smoothed(0.3))
    yield "constant-closed", zd.System(P, 7, initial=START)
    yield "constant-bernoulli", zd.System(P, 7, 0.3, initial=START)
    yield "constant-stratified", zd.System(P, 7, 0.3, initial=START, mixing="stratified")


SYSTEMS = dict(grid())


def terminal(system, num_replicates=SAMPLE, horizon=HORIZON, kernel="backward", record=NAMES, seed=5, **options):
    return zd.simulate(
        system,
        num_generations=horizon,
        num_replicates=num_replicates,
        key=jax.random.key(seed),
        record=record,
        keep="replicates",
        terminal_only=True,
        kernel=kernel,
        **options,
    )


def ranges(target):
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


def disagreement(system, kernel="backward", delta=DELTA, horizon=HORIZON, names=None):
    """Largest |measured - exact| at T in units of what `delta` allows, over quantities in a known range."""
    spreads = ranges(np.asarray(system.target.probs))
    spreads = {name: spreads[name] for name in names or spreads}
    run = terminal(system, kernel=kernel, horizon=horizon, record=tuple(spreads))
    worst = 0.0
    for name, spread in spreads.items():
        exact = zd.exact(system, name, horizon).values[-1]
        slack = zd.numerical_slack(system, name, horizon)
        allowed = bounds.empirical_bernstein(float(run.variance[name][0]), SAMPLE, delta / len(spreads), spread)
        worst = max(worst, abs(run.mean[name][0] - exact) / (allowed + slack))
    return worst


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", SYSTEMS)
def test_expectations_at_the_last_generation_are_exact(name):
    assert disagreement(SYSTEMS[name]) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
def test_training_sets_may_have_any_size_before_the_last(mixing):
    """Numbers of more than 16 and up to 31 bits; the last set alone is limited."""
    system = zd.System(P, zd.schedules.parse("table:2147483647,70000,40,9"), 0.1, mixing=mixing, initial=START)
    assert disagreement(system, names=("diversity", "chi_square", "rare_mass")) <= 1


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("num_samples", [1, 20])
def test_diversity_varies_as_it_should(num_samples):
    system = zd.System(P, num_samples, initial=START)
    values = terminal(system, record=("diversity",)).replicates["diversity"][:, 0].astype(np.float64)
    mean = zd.exact(system, "diversity", HORIZON).values[-1]
    variance = zd.oracles.diversity_variance(P.probs, system.table(HORIZON).num_samples, initial=START.probs)[-1]
    squares = (values - mean) ** 2
    allowed = bounds.empirical_bernstein(float(squares.var()), SAMPLE, DELTA, 1.0)
    assert abs(squares.mean() - variance) <= allowed + 2 * zd.numerical_slack(system, "diversity", HORIZON)


# The whole law


def code(state, target):
    """Every state of at most 9 draws and 3 types as a number of its own: its frequencies in sixtieths, base 61."""
    sixtieths = jnp.round(state.probs * 60)
    return jnp.dot(sixtieths, jnp.array([1.0, 61.0, 3721.0], sixtieths.dtype))


LAWS = {
    "closed": (zd.System(zd.Categorical([0.6, 0.3, 0.1]), 4), {}),
    "bernoulli": (zd.System(zd.Categorical([0.6, 0.3, 0.1]), zd.schedules.parse("table:3,5,2,4"), 0.35), {}),
    "stratified": (
        zd.System(zd.Categorical([0.6, 0.0, 0.4]), zd.schedules.parse("table:4,3,5,4"), 0.4, mixing="stratified"),
        {"mixing": "stratified"},
    ),
    "estimated": (
        zd.System(zd.Categorical([0.6, 0.3, 0.1]), 4, 0.2, initial=zd.estimate(num_samples=3)),
        {"num_initial": 3},
    ),
    "started": (
        zd.System(zd.Categorical([0.6, 0.3, 0.1]), 5, OPEN, initial=zd.Categorical([0.1, 0.1, 0.8])),
        {"initial": [0.1, 0.1, 0.8]},
    ),
}


def log_evidence(name, kernel="backward", num_replicates=200_000):
    """Evidence against the enumerated law of Q_T, and its threshold at DELTA."""
    system, options = LAWS[name]
    table = system.table(HORIZON)
    law = zd.oracles.enumerate_laws(
        np.asarray(system.target.probs).tolist(), *(column.tolist() for column in table), rational=False, **options
    )[HORIZON]
    codes = np.array([np.dot(np.round(np.array(state) * 60), [1, 61, 3721]) for state in law.probs])
    values = terminal(system, num_replicates, kernel=kernel, record=(code,)).replicates["code"][:, 0]
    counts = np.array([np.sum(values == one) for one in codes])
    assert counts.sum() == num_replicates, "a state that the chain cannot reach"
    probs = np.array(law.weights, np.float64)
    allowance = bounds.law_allowance(num_replicates, 2.0**-30, probs[probs > 1e-12])
    return bounds.log_evalue_multinomial(counts, probs), bounds.log_evalue_threshold(DELTA) + allowance


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", LAWS)
def test_the_law_of_the_last_state_is_the_enumerated_one(name):
    evidence, threshold = log_evidence(name)
    assert evidence < threshold


@pytest.mark.stat(delta=DELTA)
def test_both_kernels_agree_jointly():
    """Means of quantities and of their products, at sizes that no enumeration reaches."""
    num_types = 12
    system = zd.System(zd.Categorical.zipf(num_types), 60, OPEN, mixing="stratified")
    names = ("diversity", "entropy", "missing_mass")
    scale = {"diversity": 1.0, "entropy": np.log(num_types), "missing_mass": 1.0}
    samples = []
    for kernel, seed in (("backward", 1), ("forward", 2)):
        run = terminal(system, 20_000, horizon=6, kernel=kernel, record=names, seed=seed)
        parts = [run.replicates[name][:, 0].astype(np.float64) / scale[name] for name in names]
        samples.append(np.stack([*parts, *(one * other for one in parts for other in parts)]))
    share = DELTA / (2 * len(samples[0]))
    for one, other in zip(*samples, strict=True):
        allowed = sum(bounds.empirical_bernstein(float(part.var()), part.size, share, 1.0) for part in (one, other))
        assert abs(one.mean() - other.mean()) <= allowed


# Mutants


def kernel_of(system, horizon=HORIZON):
    return Backward.of(system, system.table(horizon), ())


def altered(name, **columns):
    """The kernel of a system with other columns of its schedule."""
    kernel = kernel_of(SYSTEMS[name])
    generations = kernel.genealogy.generations
    new = generations._replace(**{field: change(getattr(generations, field)) for field, change in columns.items()})
    return eqx.tree_at(lambda kernel: kernel.genealogy.generations, kernel, new)


def scaled_threshold(factor):
    return lambda bits: bits._replace(high=(bits.high * factor).astype(np.uint32))


MUTANTS = {
    "one parent too many": ("constant-closed", {"num_parents": lambda column: column + np.uint32(1)}),
    "one parent too few": ("constant-closed", {"num_parents": lambda column: column - np.uint32(column > 0)}),
    "alpha 5 % too small": ("constant-bernoulli", {"fresh": scaled_threshold(0.95)}),
    "pseudocounts 10 % too small": ("smoothed-closed", {"smoothed": scaled_threshold(0.9)}),
    "one real draw too many": ("constant-stratified", {"num_real": lambda column: column + np.int32(1)}),
    "parents of another generation": (
        "closed-state",
        {"num_parents": lambda column: np.concatenate([column[:1], column[2:], column[1:2]])},
    ),
}


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize("name", MUTANTS)
def test_wrong_schedules_are_caught(name):
    """The smallest caught effect is 5 % of an exogenous fraction of .3, at 40,000 replicates."""
    system, columns = MUTANTS[name]
    assert disagreement(SYSTEMS[system], altered(system, **columns)) > 1


def test_a_merger_that_loses_a_weight_is_caught(monkeypatch):
    place = Genealogy._place

    def losing(self, row, before, after, lineage, *chosen):
        found, where = place(self, row, before, after, lineage, *chosen)
        merged = (lineage < before.living) & (found.living == after.living)
        return found, jnp.where(merged, self.capacity - 1, where)

    monkeypatch.setattr(blocks, "_PROGRAMS", {})
    monkeypatch.setattr(Genealogy, "_place", losing)
    assert not np.all(totals(zd.System(P, 7, initial=START)) == 7)


@pytest.mark.stat(delta=DELTA)
def test_a_parent_that_is_always_new_is_caught(monkeypatch):
    """Without mergers the last state is N independent draws of Q_0."""

    def never_merging(self, row, before, after, lineage, *chosen):
        there = (lineage < before.living).astype(jnp.int32)
        return Found(after.living + there, after.fresh, after.smoothed), jnp.where(there, after.living, 0)

    monkeypatch.setattr(blocks, "_PROGRAMS", {})
    monkeypatch.setattr(Genealogy, "_place", never_merging)
    evidence, threshold = log_evidence("closed")
    assert evidence > threshold


# Degenerate cases and promises


def total_count(state, target):
    """Sum of the counts if they are whole numbers of `N = 7` draws, else nan."""
    counts = state.probs * 7
    whole = jnp.all(jnp.abs(counts - jnp.round(counts)) < 1e-4)
    return jnp.where(whole, jnp.sum(jnp.round(counts)), jnp.nan)


def impossible_mass(state, target):
    return jnp.sum(jnp.where(jnp.asarray(target.probs) > 0, 0.0, state.probs))


def totals(system, num_replicates=300):
    # Probabilities are counts over their own sum: where a weight is lost, they are not whole sevenths any more.
    return terminal(system, num_replicates, record=(total_count,)).replicates["total_count"]


@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
@pytest.mark.parametrize("fraction", [0.0, 0.3, 1.0])
def test_counts_sum_to_the_last_number_of_draws(fraction, mixing):
    system = zd.System(P, zd.schedules.parse("table:3,50,1,7"), fraction, mixing=mixing, initial=START)
    assert np.all(totals(system) == 7)


@pytest.mark.parametrize("mixing", ["bernoulli", "stratified"])
@pytest.mark.parametrize("fraction", [0.0, 0.4, 1.0])
def test_impossible_types_are_never_drawn(fraction, mixing):
    system = zd.System(zd.Categorical([0.0, 0.7, 0.0, 0.3, 0.0]), 20, fraction, mixing=mixing)
    run = terminal(system, 2000, record=(impossible_mass, "support_size"))
    assert np.all(run.replicates["impossible_mass"] == 0)
    assert np.all(run.replicates["support_size"] <= 2)


@pytest.mark.parametrize("horizon", [0, 1, 2, 3])
def test_one_draw_and_one_type(horizon):
    one_draw = terminal(zd.System(P, 1, 0.2), 500, horizon=horizon, record=("support_size",))
    assert np.all(one_draw.replicates["support_size"] == (1 if horizon else 4))
    one_type = terminal(zd.System(zd.Categorical([1.0]), 9, 0.2), 50, horizon=horizon, record=("diversity",))
    assert np.all(one_type.replicates["diversity"] == 0)


@pytest.mark.parametrize("initial", [START, zd.estimate(num_samples=6)], ids=["state", "estimate"])
def test_no_generation_is_the_initial_state(initial):
    system = zd.System(P, 7, 0.2, initial=initial)
    backward, forward = (
        terminal(system, 64, horizon=0, kernel=kernel, record=("entropy",)) for kernel in ("backward", "forward")
    )
    np.testing.assert_array_equal(backward.replicates["entropy"], forward.replicates["entropy"])


def test_only_fresh_draws_forget_the_start():
    far, near = (
        terminal(zd.System(P, 50, 1.0, initial=initial), 200, record=("entropy",)).replicates["entropy"]
        for initial in (zd.Categorical([0.0, 0.0, 0.0, 1.0]), START)
    )
    np.testing.assert_array_equal(far, near)


def test_a_closed_loop_of_many_generations_is_absorbed():
    run = terminal(zd.System(P, 20), 64, horizon=20_000, record=("support_size",))
    assert np.all(run.replicates["support_size"] == 1)


def test_a_replicate_is_the_same_bits_in_any_run_and_block():
    name = "stratified-smoothed-estimate"
    whole = terminal(SYSTEMS[name], 700, record=("support_size", "diversity"))
    for options in ({"num_replicates": 1}, {"num_replicates": 300}, {"num_replicates": 700, "chunk_size": 256}):
        part = terminal(SYSTEMS[name], record=("support_size", "diversity"), **options)
        for quantity in ("support_size", "diversity"):
            expected = whole.replicates[quantity][: options["num_replicates"]]
            np.testing.assert_array_equal(part.replicates[quantity], expected)
    narrow = terminal(SYSTEMS[name], 700, record=("support_size", "diversity"), block_size=16)
    np.testing.assert_array_equal(narrow.replicates["support_size"], whole.replicates["support_size"])


# Parts


@pytest.mark.parametrize(("wide", "largest"), [(False, 2**16 - 1), (True, 2**31 - 1)])
def test_multiplying_48_bits_is_exact(wide, largest):
    rng = np.random.default_rng(0)
    size = rng.integers(1, largest + 1, 5000).astype(np.uint32)
    high, low = (rng.integers(0, 2**width, 5000).astype(np.uint32) for width in (32, 16))
    size[:10], high[:20], low[:20] = largest, 2**32 - 1, 2**16 - 1
    whole, fraction = scaled(Bits48(high, low), size, wide=wide)
    products = [((int(h) << 16) | int(rest)) * int(s) for h, rest, s in zip(high, low, size, strict=True)]
    assert np.asarray(whole).tolist() == [product >> 48 for product in products]
    wanted = np.array([(product >> 16) & 0xFFFFFFFF for product in products])
    np.testing.assert_array_equal(np.asarray(fraction), wanted)


@pytest.mark.parametrize(
    "probs", [[0.0, 0.7, 0.0, 0.3, 0.0], [1.0], [1e-14, 1 - 1e-14, 0.0], zd.Categorical.zipf(1000).probs]
)
def test_a_table_of_types_has_their_law(probs):
    law, probs = TypeLaw.of(np.asarray(probs, np.float64)), np.asarray(probs, np.float64)
    own = law.alias == np.arange(probs.size)
    kept = np.where(own, 1.0, law.threshold / 2.0**32) / probs.size
    table = kept + np.bincount(law.alias, 1 / probs.size - kept, minlength=probs.size)
    assert np.abs(table - probs).sum() / 2 <= 2.0**-33 + 1e-15
    assert np.all(table[probs == 0] == 0)


# The choice


def chosen(system, names=("entropy",), horizon=100, terminal_only=True, kernel="auto"):
    return choose(system, system.table(horizon), names, terminal_only=terminal_only, kernel=kernel)


def test_auto_takes_it_where_it_pays():
    many_types = zd.System(zd.Categorical.zipf(300), 500)
    assert isinstance(chosen(many_types), Backward)
    assert not isinstance(chosen(many_types, terminal_only=False), Backward)
    assert not isinstance(chosen(many_types, names=("successive_kl",)), Backward)
    assert not isinstance(chosen(zd.System(zd.Categorical.uniform(2), 10**6)), Backward)
    assert not isinstance(chosen(zd.System(zd.Gaussian(), 10)), Backward)
    run = terminal(many_types, 64, horizon=30, kernel="auto", record=("entropy",))
    assert run.kernel.startswith("backward genealogy")


@pytest.mark.parametrize(
    ("system", "options", "message"),
    [
        (zd.System(P, 7), {"terminal_only": False}, "it computes the state at T alone"),
        (zd.System(P, 7), {"names": ("successive_kl",)}, "'successive_kl' compares with generation T - 1"),
        (zd.System(zd.Gaussian(), 7), {}, "the state is not categorical"),
        (zd.System(P, 7, update=zd.Accumulate()), {}, "it needs the update Replace"),
        (zd.System(P, LARGEST_NUM_LINEAGES + 1), {}, "fitted to more than 1048576 draws"),
        (zd.System(P, 7), {"horizon": LARGEST_NUM_GENERATIONS + 1}, "addresses at most 16777214 generations"),
    ],
)
def test_what_it_cannot_compute_is_refused_in_one_line(system, options, message):
    with pytest.raises(ValueError, match=f"`kernel`: 'backward' cannot compute this run because .*{message}") as caught:
        chosen(system, kernel="backward", **options)
    assert "\n" not in str(caught.value)


def test_a_block_beyond_32_bits_is_refused():
    with pytest.raises(ValueError, match="`block_size` is too large for this kernel"):
        terminal(zd.System(P, LARGEST_NUM_LINEAGES, 0.5), 3, horizon=1, record=("entropy",), block_size=1024)
