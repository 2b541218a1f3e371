"""The domain sweep: one e-process for all examples, a tree that sees corners, and how much of the domain is covered."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from proofs_numeric.claims import Variant
from proofs_numeric.cli.verdict_words import refutation_lines, remarks
from proofs_numeric.compiled import CompiledEach
from proofs_numeric.declare import claim
from proofs_numeric.engine import run_claim
from proofs_numeric.search import coverage
from proofs_numeric.search import domain_sweep as module
from proofs_numeric.search import searcher as search
from proofs_numeric.search.domain_sweep import Sweep, sweep_domain
from proofs_numeric.search.uniform_examples import UniformExamples
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status
from tests.proofs_numeric.claims import ROOT, UNIT, coin_claim, small_budget

AXIS = tuple(range(16))


def chance(a, b):
    """Success at an example: .7 in a corner of 4 of 256 examples, .4 elsewhere; .403 on average."""
    return jnp.where((a < 2) & (b < 2), 0.7, 0.4)


def each(thetas, key, size):
    return jax.random.bernoulli(key, chance(thetas["a"], thetas["b"]), (size,)).astype(jnp.float32)


def one(theta, key, size):
    shape = {name: np.full(size, theta[name]) for name in ("a", "b")}
    return each(shape, key, size)


def corner_claim(**changes):
    """E X <= .5: false in the corner, true on average."""
    fields = {
        "relation": "<=",
        "domain": {"a": AXIS[::-1], "b": AXIS[::-1]},
        "sample": one,
        "sample_each": each,
        "bound": lambda theta: 0.5,
        "tail": UNIT,
        "delta": 0.1,
        "expected": "REFUTED",
    }
    return coin_claim(**fields | changes)


def swept(claim, **changes):
    return sweep_domain(claim, small_budget(**{"n_max": 2**16} | changes).part(swept=True), ROOT)


# What it finds --------------------------------------------------------------------------------------------------------


@pytest.mark.stat(delta=1e-9)
def test_a_violated_corner_is_found_over_the_whole_domain():
    """65,536 replicates, 1,024 of them in the corner, at .08 nats each: 84 nats of 28.3, and the tree pays a few."""
    result = swept(corner_claim(), n_max=2**18)
    assert result.refuted
    assert result.coverage is None
    assert all(theta["a"] < 2 and theta["b"] < 2 for theta in result.region)


@pytest.mark.stat(delta=1e-9)
def test_a_sweep_without_a_tree_misses_the_corner(monkeypatch):
    """Mutant: one cell, that is the mean over the domain, .405 against .5."""
    monkeypatch.setattr(module, "NUM_CELLS", 1)
    assert not swept(corner_claim(), n_max=2**18).refuted


@pytest.mark.stat(delta=1e-9)
def test_the_claim_is_refuted_where_the_sweep_points():
    """Four random examples of 256 miss the corner; the sweep says where to look."""
    budget = small_budget(num_examples=2, n_max=2**18)
    verdict = run_claim(corner_claim(), budget, root=ROOT)
    assert verdict.status is Status.REFUTED
    assert {verdict.counterexample.theta["a"], verdict.counterexample.theta["b"]} <= {0, 1}
    assert verdict.counterexample.confirmed
    without = run_claim(corner_claim(sample_each=None), budget, root=ROOT)
    assert without.status is not Status.REFUTED


def test_a_domain_refuted_as_a_whole_needs_no_single_example(monkeypatch):
    """The search behind the sweep finds nothing: the sweep has its own half of the error probability."""
    found = Sweep(refuted=True, log_e=50.0, n=1000, region=({"a": 3, "b": 3},))
    monkeypatch.setattr(search, "sweep_domain", lambda *rest, **options: found)
    verdict = run_claim(corner_claim(sample=fair, bound=lambda theta: 0.6), small_budget(), root=ROOT)
    assert verdict.status is Status.REFUTED
    assert verdict.log10_e == pytest.approx((50 - math.log(2)) / math.log(10))
    assert verdict.counterexample is None
    assert verdict.closest is not None
    assert any("over the domain as a whole" in line for line in refutation_lines(verdict))


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize(
    ("relation", "bound", "refuted"),
    [("<=", 0.75, False), (">=", 0.3, False), (">=", 0.45, True), ("==", 0.4, True), ("==", 0.55, True)],
)
def test_both_directions(relation, bound, refuted):
    claim = corner_claim(relation=relation, bound=lambda theta: bound)
    assert swept(claim, n_max=2**18).refuted is refuted


# Null -----------------------------------------------------------------------------------------------------------------


def fair(thetas, key, size):
    return jax.random.bernoulli(key, 0.5, (size,)).astype(jnp.float32)


def alarms(repetitions=400):
    """Sweeps of a claim at equality everywhere, looked at after each of 8 batches of 64, at level .05."""
    budget = small_budget(alpha_suite=0.05, max_claims=1, max_examples=100, n_max=2048)
    return sum(
        sweep_domain(
            corner_claim(id=f"fair-{i}", sample=fair, sample_each=fair, batch_size=64, delta=0), budget, ROOT
        ).refuted
        for i in range(repetitions)
    )


@pytest.mark.stat(delta=1e-9)
def test_false_alarms_at_five_percent():
    assert alarms() <= stats.binom.isf(1e-9, 400, 0.05)


@pytest.mark.stat(delta=1e-9)
def test_cells_chosen_after_the_draw_are_caught(monkeypatch):
    """Mutant: the position of a replicate depends on what it drew, so that a cell collects successes."""
    honest = module.standardised
    drawn = []

    def remember(relation, samples, numbers):
        drawn.append(samples)
        return honest(relation, samples, numbers)

    monkeypatch.setattr(module, "standardised", remember)
    monkeypatch.setattr(UniformExamples, "positions", lambda self, rows, num_cells: 0.5 * drawn[-1])
    assert alarms(40) > stats.binom.isf(1e-9, 40, 0.05)


def test_the_error_budget_is_split_in_two():
    budget = small_budget()
    part = budget.part(swept=True)
    assert part.log_claim_threshold == pytest.approx(budget.log_claim_threshold + math.log(2))
    assert part.log_example_threshold == pytest.approx(budget.log_example_threshold + math.log(2))
    assert budget.part(swept=False) is budget
    # The report shows the mean of both parts: where either reaches its threshold, the mean reaches that of the claim.
    verdict = run_claim(corner_claim(), budget, root=ROOT)
    assert verdict.threshold == pytest.approx(budget.log_claim_threshold / math.log(10))
    assert verdict.status is Status.REFUTED
    assert verdict.log10_e >= verdict.threshold


# Coverage -------------------------------------------------------------------------------------------------------------


def partly(share):
    """Success .8 on a share of the first axis, else .4."""
    number = round(share * len(AXIS))

    def sample(thetas, key, size):
        return jax.random.bernoulli(key, jnp.where(thetas["a"] < number, 0.8, 0.4), (size,)).astype(jnp.float32)

    return sample


@pytest.mark.stat(delta=1e-9)
def test_a_true_claim_is_covered():
    """All 256 examples supported: 1 - beta^(1/256), corrected for support in error."""
    result = swept(corner_claim(sample_each=partly(0.0), delta=0.3), n_max=2**18)
    share, delta, error = result.coverage
    assert share == pytest.approx((1 - 1e-3 ** (1 / 256)) / (1 - 1e-3))
    assert (delta, error) == (0.3, 1e-3)


@pytest.mark.stat(delta=1e-9)
@pytest.mark.parametrize("share", [1 / 16, 1 / 4])
def test_coverage_never_falls_below_what_is_violated(share):
    """A sixteenth or a quarter of the domain violates by .3: the limit of Clopper and Pearson, at error 1e-9."""
    budget = small_budget(n_max=2**18, beta=1e-9).part(swept=True)
    claim = corner_claim(sample_each=partly(share), delta=0.3)
    _, limit = coverage.coverage(claim, budget, ROOT, lambda: False)
    assert limit is not None
    assert share <= limit[0] < 1


def test_coverage_from_support_that_is_given_away_is_caught(monkeypatch):
    """Mutant: every example is supported, whatever it draws; a quarter of the domain is violated."""
    monkeypatch.setattr(coverage, "_against_violation", lambda relation, samples, numbers: [np.ones_like(samples)])
    budget = small_budget(n_max=2**18, beta=1e-9).part(swept=True)
    _, limit = coverage.coverage(corner_claim(sample_each=partly(0.25), delta=0.3), budget, ROOT, lambda: False)
    assert limit[0] < 0.25


def test_coverage_needs_a_margin_a_range_and_a_slack():
    for changes in ({"delta": 0}, {"tail": Tail(lower=0.0)}, {"slack": None}):
        result = swept(corner_claim(sample_each=partly(0.0), **changes))
        assert not result.refuted
        assert result.coverage is None


@pytest.mark.stat(delta=1e-9)
def test_coverage_is_said():
    claim = corner_claim(sample=partly(0.0), sample_each=partly(0.0), delta=0.3)
    verdict = run_claim(claim, small_budget(n_max=2**18), root=ROOT)
    assert verdict.status is Status.SUPPORTED
    assert "at most 2.7 % of the domain" in verdict.coverage
    assert verdict.coverage in remarks(verdict)[0]


# Contract -------------------------------------------------------------------------------------------------------------


def test_positions_are_boxes_of_the_domain():
    domain = UniformExamples(corner_claim(domain={"a": tuple(range(4)), "c": (0,), "b": tuple(range(4))}), ROOT, "test")
    rows = np.array([[a, 0, b] for a in range(4) for b in range(4)])
    positions = domain.positions(rows, 256)
    assert np.all((positions >= 0) & (positions < 1))
    quarters = np.floor(4 * positions).astype(int)
    assert np.array_equal(quarters, 2 * (rows[:, 0] >= 2) + (rows[:, 2] >= 2))
    assert len(set(np.floor(16 * positions))) == 16


def test_sweeps_repeat_with_their_root():
    assert swept(corner_claim()) == swept(corner_claim())
    assert swept(corner_claim()) != sweep_domain(corner_claim(), small_budget(n_max=2**16).part(swept=True), "c0ffee")


def test_assumptions_hold_for_every_replicate():
    seen = []

    def sample(thetas, key, size):
        seen.append(np.min(np.asarray(thetas["a"])))
        return each(thetas, key, size)

    assert not swept(corner_claim(sample_each=sample, where=lambda theta: theta["a"] >= 2)).refuted
    assert min(seen) == 2
    assert swept(corner_claim(where=lambda theta: theta["a"] + theta["b"] == 100)) is None


def test_bounds_and_ranges_may_differ_between_examples():
    """X in [0, a + 1], constant at (a + 1)/2."""

    def sample(thetas, key, size):
        return jnp.asarray((thetas["a"] + 1) / 2)

    changes = {"sample_each": sample, "tail": lambda theta: Tail(lower=0.0, upper=theta["a"] + 1.0)}
    assert not swept(corner_claim(bound=lambda theta: (theta["a"] + 1) / 2, **changes)).refuted
    assert swept(corner_claim(bound=lambda theta: (theta["a"] + 1) / 2 - 0.1, **changes)).refuted


def test_broken_contracts_are_invalid_or_refused():
    def outside(thetas, key, size):
        return jnp.where(thetas["a"] == 3, 1.5, 0.5)

    result = swept(corner_claim(sample_each=outside))
    assert "lies above the declared" in result.note
    verdict = run_claim(corner_claim(sample_each=outside), small_budget(), root=ROOT)
    assert verdict.status is Status.INVALID
    assert "`sample_each`" in verdict.note
    twice = swept(corner_claim(sample_each=lambda thetas, key, size: jnp.repeat(fair({}, key, size // 2), 2)))
    assert "not independent" in twice.note
    with pytest.raises(ValueError, match="must return shape"):
        swept(corner_claim(sample_each=lambda thetas, key, size: jnp.zeros((size, 2))))
    with pytest.raises(ValueError, match="must have numbers in the domain"):
        swept(corner_claim(domain={"a": ("x", "y"), "b": AXIS}))
    assert swept(corner_claim(tail=Tail(variance=1.0))) is None


def test_a_parameter_with_one_value_is_that_value():
    """So that it may be a length or a shape, compiled or not."""

    def sample(thetas, key, size):
        assert isinstance(thetas["steps"], int)
        return jnp.mean(jax.random.uniform(key, (thetas["steps"], size)), axis=0) * jnp.asarray(thetas["a"], float) / 16

    domain = {"a": AXIS, "steps": (8,)}
    assert not swept(corner_claim(domain=domain, sample_each=sample)).refuted
    assert not swept(corner_claim(domain=domain, sample_each=CompiledEach(sample))).refuted


def test_a_declared_claim_is_swept_in_one_compilation():
    traces = []

    def many(thetas, key, size):
        traces.append(size)
        return each(thetas, key, size)

    @claim(relation="<=", bound=0.75, domain={"a": AXIS, "b": AXIS}, tail=UNIT, slack=1e-6, delta=0.1, sample_each=many)
    def corner(theta, key, size):
        """Success is at most three quarters."""
        return each(theta, key, size)

    assert not swept(corner, n_max=2**14).refuted
    assert traces == [corner.batch_size]


def test_the_region_takes_no_more_examples_than_the_budget_was_split_for():
    budget = small_budget(num_examples=1, shrink_examples=0, max_examples=1, n_max=4096)
    verdict = run_claim(corner_claim(bound=lambda theta: 0.75), budget, root=ROOT)
    assert verdict.num_examples == 1


def test_a_neighbour_with_another_sampler_has_no_sweep():
    claim = corner_claim()
    assert claim.variant("bound", Variant(bound=lambda theta: 0.3), Status.REFUTED).sample_each is each
    assert claim.variant("sampler", Variant(sample=fair), Status.REFUTED).sample_each is None
    with pytest.raises(ValueError, match="`sample_each` of claim"):
        corner_claim(relation="drift")
