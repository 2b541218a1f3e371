"""The gradient hunt finds what stands between the values of a grid; it only proposes, and optax does the climbing."""

import dataclasses
import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from proofs_numeric.catalogue.registry import claim as catalogue_claim
from proofs_numeric.catalogue.zenil import population, scope
from proofs_numeric.claims import Variant
from proofs_numeric.engine import run_claim
from proofs_numeric.exact.exact_check import Cache, check_exactly
from proofs_numeric.keys import derive_key
from proofs_numeric.search import gradient_hunt as module
from proofs_numeric.search.gradient_hunt import NUM_STARTS, climb, worst_points
from proofs_numeric.surface import Surface
from proofs_numeric.verdict import Status
from tests.proofs_numeric.claims import ROOT, coin_claim, small_budget, square_claim

PEAK = 0.31373
TENTHS = tuple(i / 10 for i in range(11))


def hill(a):
    """At most 1, reached at `PEAK` only; above .999 within 1e-3 of it, and below .99 at all tenths."""
    return 1 / (1 + 1000 * (a - PEAK) ** 2)


def key(root=ROOT):
    return derive_key(root, "hill", {}, "gradient")


def hill_claim(**changes):
    """A value <= .9995 for all tenths, and false between two of them."""
    fields = {
        "id": "hill",
        "relation": "<=",
        "domain": {"a": TENTHS},
        "value": lambda theta: hill(theta["a"]),
        "bound": lambda theta: 0.9995,
        "route": "CF",
        "evaluate": None,
        "surface": Surface(
            excess=lambda point: hill(point["a"]) - 0.9995,
            box={"a": (0.0, 1.0)},
            examples=lambda point: ({"a": point["a"]},),
        ),
    }
    return square_claim(**fields | changes)


def run(claim, number, **changes):
    return run_claim(claim, small_budget(gradient_examples=number, **changes), root=ROOT)


# Climbing -------------------------------------------------------------------------------------------------------------


def test_climbs_to_a_peak_inside_and_to_an_edge():
    surface = Surface(excess=lambda point: hill(point["a"]) + point["b"] - 3.0, box={"a": (0.0, 1.0), "b": (-5.0, 2.0)})
    points, values = climb(surface, key())
    assert points.shape == (NUM_STARTS, 2)
    assert points[0] == pytest.approx([PEAK, 2.0], abs=1e-6)
    assert values[0] == pytest.approx(0.0, abs=1e-9)
    assert np.all(np.diff(values) <= 0)
    assert np.all((points >= [0.0, -5.0]) & (points <= [1.0, 2.0]))


def test_ascent_is_in_float64():
    """The peak is told from its surroundings to eight digits, which float32 does not have."""
    surface = Surface(excess=lambda point: -((point["a"] - PEAK) ** 2) * 1e9, box={"a": (0.0, 1.0)})
    points, values = climb(surface, key())
    assert values.dtype == np.float64
    assert abs(points[0, 0] - PEAK) < 2e-8


def test_regions_without_numbers_are_passed_over():
    surface = Surface(excess=lambda point: jnp.log(point["a"]) + jnp.sqrt(0.5 - point["a"]), box={"a": (-1.0, 1.0)})
    points, values = climb(surface, key())
    # log a + sqrt(1/2 - a) is largest where a = 2 sqrt(1/2 - a): a = sqrt(6) - 2.
    assert points[0, 0] == pytest.approx(6**0.5 - 2, abs=1e-4)
    assert np.isfinite(values[0])
    nowhere = Surface(excess=lambda point: jnp.log(-1 - point["a"]), box={"a": (0.0, 1.0)})
    assert worst_points(square_claim(surface=nowhere), ROOT, 4) == []


def test_starts_belong_to_root_and_claim():
    surface = hill_claim().surface
    assert np.array_equal(climb(surface, key())[0], climb(surface, key())[0])
    assert not np.array_equal(climb(surface, key())[0], climb(surface, key("c0ffee"))[0])


def test_worst_points_are_distinct():
    two = Surface(excess=lambda point: hill(point["a"]) + hill(point["a"] - 0.5), box={"a": (0.0, 1.0)})
    found = sorted(point["a"] for point, _ in worst_points(square_claim(surface=two), ROOT, 2))
    assert found == pytest.approx([PEAK, PEAK + 0.5], abs=1e-3)


# Hunting --------------------------------------------------------------------------------------------------------------


def test_only_the_gradient_finds_what_the_grid_misses():
    assert run(hill_claim(), 0).status is Status.SUPPORTED
    verdict = run(hill_claim(), 4)
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample.theta["a"] == pytest.approx(PEAK, abs=1e-3)
    assert verdict.counterexample.effect > 0


@pytest.mark.parametrize("lazy", [lambda schedule: optax.set_to_zero(), lambda schedule: optax.sgd(-1e-3)])
def test_an_optimiser_that_does_not_climb_finds_nothing(monkeypatch, lazy):
    """Mutants: steps of length 0, and downhill; a start is within 3e-5 of the peak by luck only."""
    tight = hill_claim(bound=lambda theta: 0.999999)
    assert run(tight, 4).status is Status.REFUTED
    monkeypatch.setattr(module.optax, "adam", lazy)
    assert run(tight, 4).status is Status.SUPPORTED


def test_a_wrong_surface_refutes_nothing():
    """A surface that promises a violation everywhere, for a claim that is true: it only proposes."""
    surface = hill_claim().surface
    wrong = dataclasses.replace(surface, excess=lambda point: 1.0 + point["a"], box={"a": (0.0, 0.95)})
    verdict = run(hill_claim(bound=lambda theta: 1.0, surface=wrong), 4)
    assert verdict.status is Status.SUPPORTED
    assert verdict.num_examples == len(TENTHS) + 1  # All starts climb to one edge.
    assert verdict.scope == f"on all {len(TENTHS)} examples of the domain and 1 that a gradient led to"


def test_points_go_to_the_nearest_values_of_the_grid():
    surface = Surface(excess=lambda point: point["a"], box={"a": (0.0, 1.0), "b": (0.0, 9.0)}, fixed={"c": "y"})
    domain = {"a": (0.5, 0.0, 1.0), "b": (1, 2, 4), "c": ("x", "y"), "d": (3,)}
    examples = surface.propose({"a": 0.6, "b": 3.5}, domain)
    assert examples[0] == {"a": 0.5, "b": 4, "c": "y", "d": 3}
    assert [(theta["a"], theta["b"]) for theta in examples] == [(0.5, 4), (0.5, 2), (1.0, 4), (1.0, 2)]
    assert surface.propose({"a": 0.0, "b": 9.0}, domain)[0] == {"a": 0.0, "b": 4, "c": "y", "d": 3}


def test_assumptions_hold_for_proposals():
    claim = hill_claim(where=lambda theta: theta["a"] < 0.3)
    assert run(claim, 4).status is Status.SUPPORTED


@pytest.mark.stat(delta=1e-9)
def test_monte_carlo_claims_are_confirmed_where_the_gradient_leads():
    """E X <= .95 for coins with success hill(a): thresholds are 20 standard errors from hill(PEAK) = 1."""
    claim = coin_claim(
        relation="<=",
        domain={"a": TENTHS},
        sample=lambda theta, key, size: _coin(hill(theta["a"]), key, size),
        bound=lambda theta: 0.95,
        surface=hill_claim().surface,
        expected="REFUTED",
    )
    assert run(claim, 0, num_examples=11).status is Status.SUPPORTED
    verdict = run(claim, 4, num_examples=11)
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample.stream == "confirm"
    assert verdict.counterexample.theta["a"] == pytest.approx(PEAK, abs=1e-2)


def _coin(probability, key, size):
    return jax.random.bernoulli(key, probability, (size,)).astype(jnp.float32)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ({}, "at least one parameter"),
        ({"a": (1.0, 0.0)}, "two finite ends"),
        ({"a": (0.0, float("inf"))}, "two finite ends"),
    ],
)
def test_surfaces_refuse_nonsense(box, message):
    with pytest.raises(ValueError, match=message):
        Surface(excess=lambda point: 0.0, box=box)


def test_a_point_needs_a_meaning():
    with pytest.raises(ValueError, match="must name parameters of the domain; got 'z'"):
        Surface(excess=lambda point: 0.0, box={"z": (0.0, 1.0)}).propose({"z": 0.5}, {"a": (1,)})


# The catalogue --------------------------------------------------------------------------------------------------------

CLIMBED = (
    ("thm5-growing-sample", [{"M": float(m), "b": b} for m, b in itertools.product((2, 7, 100), (0.02, 0.3, 0.9))]),
    ("population-converges-iff-sum", [{"p": p, "c": c} for p, c in itertools.product((0.0, 0.7, 2.9), (0.05, 0.9))]),
)


@pytest.mark.parametrize(("name", "points"), CLIMBED)
def test_surface_is_the_excess_of_the_claim(name, points):
    claim = catalogue_claim(name)
    for point in points:
        (theta,) = claim.surface.propose(point, claim.domain)
        excess = float(claim.surface.excess({name: jnp.asarray(value) for name, value in point.items()}))
        assert excess == pytest.approx(check_exactly(claim, theta, Cache()).excess, abs=1e-5)


def between(values):
    """0 at these values, positive elsewhere, and 1 where a number is as far from them as it can be in (0, 1)."""
    grid = np.linspace(0.01, 0.99, 999)
    largest = np.max(np.prod([(grid - value) ** 2 for value in values], axis=0))
    return lambda x: np.prod([(x - value) ** 2 for value in values]) / largest


def late_bound_that_sags(theta):
    return scope._late_bound(theta) * (1 - 0.9 * between((0.5, 0.1))(theta["b"]))


def sides_that_sag(theta):
    (low, decay), (again, high) = population._two_sides(theta)
    return [low, decay], [again, high * (1 - 0.9 * between((0.5, 0.1, 0.9))(theta["c"]))]


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("thm5-growing-sample", Variant(bound=late_bound_that_sags)),
        ("population-converges-iff-sum", Variant(evaluate=sides_that_sag)),
    ],
)
def test_mutants_that_agree_on_the_grid_fall_to_the_gradient(name, variant):
    """The mutants equal the claim at every value of its grid; the surface is that of the claim, not of the mutant."""
    mutant = catalogue_claim(name).variant("sags", variant, Status.REFUTED)
    assert run(mutant, 0, num_enumerated=1000).status is Status.SUPPORTED
    verdict = run(mutant, 4, num_enumerated=1000)
    assert verdict.status is Status.REFUTED
    assert any(verdict.counterexample.theta[name] not in values for name, values in mutant.domain.items())
