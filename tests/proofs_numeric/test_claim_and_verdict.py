"""Claims refuse nonsense with one clear line; verdicts refuse to be truth values; exports have the declared schema."""

import json
import math
from fractions import Fraction

import pytest

from proofs_numeric.budget import BUDGETS, Budget, budget_rank
from proofs_numeric.claims import BUDGET_NAMES, Variant
from proofs_numeric.engine import run_claim
from proofs_numeric.evidence import dumps, plain, to_json
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import NeighbourResult, Status, Verdict
from tests.proofs_numeric.claims import ROOT, coin_claim, small_budget, square_claim


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "Thm 2"}, "`id` of claim"),
        ({"reading": "R9"}, "`reading` of claim 'square' must be one of"),
        ({"relation": "!="}, "`relation` of claim"),
        ({"decided_at": "later"}, "`decided_at` of claim"),
        ({"domain": {"a": [1, 2]}}, "nonempty tuple"),
        ({"domain": {"a": ()}}, "nonempty tuple"),
        ({"expected": "NOT_TESTABLE"}, "say why nothing is run"),
        ({"evaluate": None}, "`evaluate` of claim"),
        ({"route": "EP"}, "`sample` of claim"),
        ({"corrected_by": "other"}, "tuple of ids"),
        ({"assumptions": "one"}, "tuple of sentences"),
        ({"witnesses": ({"a": 9},)}, "admitted examples of the domain"),
    ],
)
def test_claims_refuse_nonsense(changes, message):
    with pytest.raises(ValueError, match=message):
        square_claim(**changes)


def test_tail_facts_refuse_nonsense():
    with pytest.raises(ValueError, match="must not exceed"):
        Tail(lower=1.0, upper=0.0)
    with pytest.raises(ValueError, match="finite and nonnegative"):
        Tail(variance=math.inf)


def test_variants_change_something_and_know_what_they_must():
    with pytest.raises(ValueError, match="must change something"):
        Variant()
    with pytest.raises(ValueError, match="`must` must be"):
        Variant(delta=1, must="REFUTED")


def test_variant_has_its_own_id_and_inherits_the_rest():
    claim = square_claim()
    variant = claim.variant("tight", Variant(bound=lambda theta: 0), Status.REFUTED)
    assert variant.id == "square~tight"
    assert variant.evaluate is claim.evaluate
    assert variant.mutants == {}


def test_examples_come_in_domain_order():
    claim = square_claim(domain={"a": (1, 0), "b": ("x", "y")}, where=lambda theta: theta != {"a": 1, "b": "x"})
    assert [tuple(theta.values()) for theta in claim.examples()] == [(1, "y"), (0, "x"), (0, "y")]
    assert claim.num_examples == 4


def verdict(**changes):
    fields = {
        "claim_id": "c",
        "item": "Thm 2",
        "reading": "R2",
        "statement": "s",
        "source": "x",
        "status": Status.SUPPORTED,
        "expected": Status.SUPPORTED,
    }
    return Verdict(**(fields | changes))


def test_a_verdict_has_no_truth_value():
    with pytest.raises(TypeError, match="no truth value"):
        bool(verdict())


@pytest.mark.parametrize(
    ("status", "agrees", "strictly"),
    [
        ("SUPPORTED", True, True),
        ("UNDECIDED", True, False),
        ("REFUTED", False, False),
        ("INVALID", False, False),
        ("NUMERIC", False, False),
        ("VACUOUS", False, False),
    ],
)
def test_expectations(status, agrees, strictly):
    assert verdict(status=Status(status)).as_expected() is agrees
    assert verdict(status=Status(status)).as_expected(strict=True) is strictly


@pytest.mark.parametrize(
    ("status", "required", "passed", "parts"),
    [
        ("REFUTED", "REFUTED", True, False),
        ("UNDECIDED", "REFUTED", False, False),
        ("SUPPORTED", "REFUTED", False, True),
        ("UNDECIDED", "NOT_REFUTED", True, False),
        ("REFUTED", "NOT_REFUTED", False, True),
        ("INVALID", "NOT_REFUTED", False, True),
        ("UNDECIDED", "SUPPORTED", False, False),
    ],
)
def test_neighbours(status, required, passed, parts):
    result = NeighbourResult(status=Status(status), required=required)
    assert (result.passed, result.parts) == (passed, parts)


def test_budgets_are_nested():
    assert tuple(BUDGETS) == BUDGET_NAMES
    for small, large in zip(BUDGETS.values(), list(BUDGETS.values())[1:], strict=False):
        assert budget_rank(small.name) < budget_rank(large.name)
        for name in ("num_examples", "n_max", "num_enumerated", "seconds", "hunt_examples", "confirm_samples"):
            assert getattr(small, name) <= getattr(large, name)
    assert BUDGETS["quick"].log_example_threshold == pytest.approx(37.5, abs=0.05)


def test_budgets_refuse_nonsense():
    fields = {
        "name": "x",
        "num_examples": 1,
        "hunt_examples": 0,
        "shrink_examples": 0,
        "num_enumerated": 1,
        "n_max": 1,
        "confirm_samples": 1,
        "seconds": 1.0,
    }
    with pytest.raises(ValueError, match="`beta` must lie in"):
        Budget(**fields, beta=0.0)
    with pytest.raises(ValueError, match="must sum to"):
        Budget(**(fields | {"num_examples": 0}))


def test_export_has_the_declared_schema():
    budget = small_budget()
    verdicts = [
        run_claim(square_claim(mutants={"m": Variant(adjust_bound=lambda theta, bound: bound - 1)}), budget, root=ROOT),
        run_claim(coin_claim(), budget, root=ROOT),
        run_claim(square_claim(id="limit", expected="NOT_TESTABLE", reason="no rate"), budget, root=ROOT),
    ]
    payload = json.loads(dumps(to_json(verdicts, budget, ROOT, seconds=1.5)))
    assert set(payload) == {"schema", "root", "budget", "claims", "catalogues", "summary"}
    assert (payload["schema"], payload["root"]) == (1, ROOT)
    required = {
        "id",
        "item",
        "reading",
        "statement",
        "status",
        "expected",
        "as_expected",
        "rung",
        "n",
        "log10_e",
        "threshold",
        "effect",
        "interval",
        "counterexample",
        "mutants",
        "seconds",
        "catalogue",
        "domain",
        "neighbours",
        "script",
        "second_hand",
    }
    assert all(required <= set(line) for line in payload["claims"])
    assert payload["claims"][0]["counterexample"]["theta"] == {"a": 2}
    assert payload["summary"]["statuses"]["NOT_TESTABLE"] == 1
    assert payload["summary"]["false_alarm_bound"] == pytest.approx(1e-9 * 4 / 1000)
    assert payload["summary"]["seconds"] == 1.5


def test_plain_data():
    assert plain({"a": Fraction(1, 3), "b": math.inf, "c": (1, 2.0), "d": None}) == {
        "a": "1/3",
        "b": None,
        "c": [1, 2.0],
        "d": None,
    }
