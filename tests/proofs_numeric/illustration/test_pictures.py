import dataclasses
import math

import numpy as np
import pytest

from proofs_numeric.budget import BUDGETS
from proofs_numeric.catalogue import CATALOGUE, CLAIMS
from proofs_numeric.claims import Claim, Route
from proofs_numeric.engine import check, run_claim
from proofs_numeric.illustration import curve_of, evidence_path, illustrated
from proofs_numeric.pictures import thinned
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

ROOT = "5eed"
BUDGET = dataclasses.replace(BUDGETS["quick"], seconds=3600.0)


def uniform(theta, key, num_replicates):
    return np.linspace(0, theta["top"], num_replicates)


COUNTED = Claim(
    id="own-counted",
    statement="An average.",
    route=Route.EP,
    domain={"top": (1.0, 2.0), "name": ("a", "b")},
    sample=uniform,
    bound=lambda theta: theta["top"] / 2,
    tail=Tail(lower=0.0, upper=2.0, reason="drawn there"),
    slack=1e-6,
    delta=0.1,
)


@pytest.mark.parametrize("claim", [each for each in CLAIMS if each.along], ids=lambda claim: claim.id)
def test_every_place_that_a_claim_names_can_be_drawn(claim):
    ((name, values),) = claim.along.items()
    theta = next(claim.examples())
    curve = curve_of(claim, theta, BUDGETS["smoke"], ROOT)
    assert curve.parameter == name
    admitted = {value for value in values if claim.admits({**theta, name: value})}
    assert set(curve.places) == admitted | ({theta[name]} if name in theta else set())
    assert len(curve.places) == len(curve.values) == len(curve.bounds) >= 2


def test_exact_curves_go_through_the_example_that_the_verdict_shows():
    for name in ("thm2-zero-mass", "thm5-finite-n-floor", "kl-wlog-restricted", "alpha-vanishing-collapse"):
        verdict = run_claim(CATALOGUE[name], BUDGET, root=ROOT)
        curve = curve_of(CATALOGUE[name], verdict.counterexample.theta, BUDGET, ROOT)
        assert curve.values[curve.at] == verdict.counterexample.value
        assert curve.bounds[curve.at] == verdict.counterexample.bound
        assert curve.intervals is None


def test_a_curve_over_a_box_is_the_formula_at_its_points():
    claim = CATALOGUE["thm2-loss-first-order-coins"]
    curve = curve_of(claim, {"N": 2}, BUDGET, ROOT)
    assert curve.parameter == "q"
    assert curve.at is None
    np.testing.assert_allclose(curve.places, np.linspace(0, 0.5, 33))
    # At N = 2 a draw without its rival has probability q^2 + (1-q)^2: what is left is 2 q (1-q) log 2.
    q = np.array(curve.places[1:])
    entropy = -q * np.log(q) - (1 - q) * np.log1p(-q)
    np.testing.assert_allclose(curve.values[1:], entropy - 2 * q * (1 - q) * math.log(2), rtol=1e-12)
    assert set(curve.bounds) == {0.25}


def test_measured_curves_have_means_intervals_and_quantiles_of_their_draws():
    curve = curve_of(COUNTED, {"top": 1.0, "name": "b"}, BUDGET, ROOT)
    assert curve.parameter == "top"
    assert curve.at == 0
    np.testing.assert_allclose(curve.values, [0.5, 1.0])
    np.testing.assert_allclose(curve.spread, [[0.05, 0.95], [0.1, 1.9]])
    assert curve.num_draws == 4096
    for value, (low, high) in zip(curve.values, curve.intervals, strict=True):
        assert low < value < high


def test_names_are_drawn_where_nothing_else_varies():
    claim = dataclasses.replace(COUNTED, domain={"top": (1.0,), "name": ("a", "b")})
    curve = curve_of(claim, {"top": 1.0, "name": "b"}, BUDGET, ROOT)
    assert (curve.parameter, curve.places, curve.at, curve.ordered) == ("name", ("a", "b"), 1, False)


def test_nothing_is_drawn_where_nothing_varies_or_is_admitted():
    alone = dataclasses.replace(COUNTED, domain={"top": (1.0,), "name": ("a",)})
    assert curve_of(alone, {"top": 1.0, "name": "a"}, BUDGET, ROOT) is None
    narrow = dataclasses.replace(
        COUNTED, domain={"top": (1.0, 2.0), "name": ("a",)}, where=lambda theta: theta["top"] < 2
    )
    assert curve_of(narrow, {"top": 1.0, "name": "a"}, BUDGET, ROOT) is None


def test_long_domains_are_thinned_and_keep_the_example():
    claim = CATALOGUE["thm2-cn-argmin-half"]
    curve = curve_of(claim, {"N": 7}, BUDGET, ROOT)
    assert len(curve.places) <= 14
    assert curve.places[curve.at] == 7
    assert list(curve.places) == sorted(curve.places)


@pytest.mark.parametrize("name", ["prop1-convergence-finite-n", "fixation-law-scheme-a"])
def test_the_evidence_path_is_the_one_behind_the_verdict(name):
    claim, theta = CATALOGUE[name], next(CATALOGUE[name].examples())
    outcome = check(claim, theta, BUDGET, ROOT)
    path = evidence_path(claim, theta, BUDGET, ROOT)
    assert path.n[-1] == outcome.n
    assert path.against[-1] == pytest.approx(outcome.log_e / math.log(10), rel=1e-12)
    if outcome.status is Status.REFUTED:
        assert path.against[-1] >= path.refutes_at
    else:
        assert path.in_favour[-1] >= path.supports_at
        # It stops at the first batch after the second at which the threshold is reached.
        assert all(value < path.supports_at for value in path.in_favour[1:-1])


def test_verdicts_without_an_example_stay_as_they_are():
    claim = CATALOGUE["thm2-limit-dirac-as"]
    verdict = run_claim(claim, BUDGET, root=ROOT)
    assert illustrated(verdict, claim, BUDGET) is verdict


def test_thinning_keeps_both_ends():
    assert list(thinned(5, 9)) == [0, 1, 2, 3, 4]
    kept = list(thinned(1000, 7))
    assert kept[0] == 0
    assert kept[-1] == 999
    assert len(kept) == 7


def test_one_parameter_is_named_and_it_varies():
    with pytest.raises(ValueError, match="`along` of claim 'own-counted' must name one parameter"):
        dataclasses.replace(COUNTED, along={"bottom": (1, 2)})
    with pytest.raises(ValueError, match="must hold several values"):
        dataclasses.replace(COUNTED, along={"top": (1,)})
