"""Every refuted claim has ten lines of NumPy that show why, and they agree with the engine."""

import itertools

import pytest

from proofs_numeric.by_hand import parameter_name, placing, script, script_at
from proofs_numeric.catalogue import CATALOGUE
from proofs_numeric.catalogue import claim as claim_of
from proofs_numeric.claims import Claim
from proofs_numeric.verdict import Status
from tests.proofs_numeric.by_hand.programs import (
    faults_of_form,
    faults_of_numbers,
    look,
    parameters,
    placed_examples,
    same,
)

REFUTED = [claim for claim in CATALOGUE.values() if claim.expected is Status.REFUTED]
SHOWN = [claim for claim in REFUTED if script(claim.id) is not None]
FURTHER = 3
"""Further counterexamples at which a script is tried."""
VISITED = {"EP": 6}
"""Examples that are looked at to find them, where a look takes draws."""
DELTA = 1e-9
"""Covers the printed intervals and the draws of a script at the four examples."""


def cases(claims) -> list:
    marks = {"EP": [pytest.mark.stat(delta=DELTA)]}
    return [pytest.param(claim, id=claim.id, marks=marks.get(claim.route, [])) for claim in claims]


def written(claim: Claim) -> str:
    source = script(claim.id)
    assert source is not None, f"{claim.id} is refuted: show it in proofs_numeric/by_hand/scripts"
    return source


def test_every_refuted_claim_has_a_script():
    assert [claim.id for claim in REFUTED if script(claim.id) is None] == []


def test_every_script_shows_a_refuted_claim():
    names = {claim.id.replace("-", "_") for claim in REFUTED}
    assert {path.stem for path in placing.FOLDER.glob("*.py")} - names == set()


@pytest.mark.parametrize("claim", SHOWN, ids=lambda claim: claim.id)
def test_a_script_is_ten_readable_lines(claim):
    assert faults_of_form(claim, written(claim)) == []


@pytest.mark.parametrize("claim", cases(SHOWN))
def test_a_script_agrees_with_the_engine(claim):
    examples = list(placed_examples(claim, written(claim)))
    assert examples, "the parameters of a script are an example of the domain"
    for theta in examples:
        # Parameters that the script leaves out do not matter, so all their values give its numbers.
        assert faults_of_numbers(claim, written(claim), look(claim, theta)) == [], theta
    further = 0
    for theta in itertools.islice(claim.examples(), VISITED.get(claim.route, 60)):
        if further == FURTHER or theta in examples:
            continue
        outcome = look(claim, theta)
        if outcome.status is Status.REFUTED:
            further += 1
            placed = script_at(claim.id, outcome.parameters)
            assert placed is not None
            assert faults_of_numbers(claim, placed, outcome) == [], theta


@pytest.mark.parametrize("claim", SHOWN, ids=lambda claim: claim.id)
def test_a_placed_script_holds_the_parameters_that_it_was_given(claim):
    for theta in itertools.islice(claim.examples(), 5):
        placed = script_at(claim.id, theta)
        assert placed is not None
        given = {parameter_name(name): value for name, value in theta.items()}
        held = {name: value for name, value in parameters(placed).items() if name in given}
        assert all(same(value, given[name]) for name, value in held.items()), (held, theta)


# Mutants --------------------------------------------------------------------------------------------------------------


def mutated(claim_id: str, before: str, after: str) -> str:
    source = written(claim_of(claim_id))
    assert source.count(before) == 1
    return source.replace(before, after)


@pytest.mark.parametrize(
    ("claim_id", "before", "after"),
    [
        ("thm2-zero-mass", "1 - Np / N", "1 - Np / N / 1.0001"),
        ("thm2-zero-mass", "value, bound = 1, 1", "value, bound = 1, 0.99"),
        ("thm5-finite-n-floor", "0.5) ** 2, 0.01", "0.5) ** 2, 0.011"),
        ("lemma7-empirical-mixture", "N, a, P, Q = 10", "N, a, P, Q = 20"),
        ("thm5-dichotomy", "(1 - share) ** 2", "(1 - share / 2) ** 2"),
        ("eq16-convex-other", "linspace(0, 1, 1000001)", "linspace(0, 1, 101)"),
        ("thm4-tabular-diverges", "(1 - share) ** 2", "(1 - share)"),
        ("prop1-reused-set-convergence", "2 * r * s * (1 / r)", "r * s * (1 / r)"),
    ],
)
def test_a_wrong_number_is_caught(claim_id, before, after):
    claim = claim_of(claim_id)
    wrong = mutated(claim_id, before, after)
    theta = next(placed_examples(claim, written(claim)))
    assert any("against" in fault for fault in faults_of_numbers(claim, wrong, look(claim, theta)))


def test_a_parameter_that_matters_may_not_be_left_out():
    claim = claim_of("thm5-finite-n-floor")
    wrong = mutated(claim.id, "t, N, alpha = 50, 2, 0.5", "t, N = 50, 2\nalpha = 0.5")
    examples = list(placed_examples(claim, wrong))
    assert [theta["alpha"] for theta in examples] == [0.5, 0.1, 0.01]
    faults = [faults_of_numbers(claim, wrong, look(claim, theta)) for theta in examples]
    assert [len(found) for found in faults] == [0, 1, 1]


@pytest.mark.stat(delta=DELTA)
@pytest.mark.parametrize(
    ("claim_id", "before", "after"),
    [
        ("prop1-convergence-finite-n", "a / 2 + (1 - a)", "(1 - a)"),
        ("thm2-pathwise-fraction", "0.15 *", "-0.15 *"),
    ],
)
def test_a_wrong_mean_is_caught(claim_id, before, after):
    claim = claim_of(claim_id)
    wrong = mutated(claim_id, before, after)
    theta = next(placed_examples(claim, written(claim)))
    assert any("is not in" in fault for fault in faults_of_numbers(claim, wrong, look(claim, theta)))


def test_numbers_that_obey_the_claim_are_caught():
    claim = claim_of("accumulate-collapse")
    (theta,) = placed_examples(claim, written(claim))
    outcome = look(claim, {**theta, "n": 2})
    placed = script_at(claim.id, outcome.parameters)
    assert placed is not None
    faults = faults_of_numbers(claim, placed, outcome)
    assert "the engine says SUPPORTED" in faults
    assert any("holds within" in fault for fault in faults)
    assert any("is not true" in fault for fault in faults)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('"!="', '"=="', "prints"),
        ('"!="', '"<"', "does not negate"),
        ('print(value, "!=", bound)', 'print(2 * value, "!=", bound)', "shows neither"),
        ('print(value, "!=", bound)', 'print(value, "!=", bound + 1)', "shows neither"),
        ('print(value, "!=", bound)', 'print("refuted")', "prints"),
    ],
)
def test_a_wrong_last_line_is_caught(before, after, fault):
    claim = claim_of("thm2-zero-mass")
    wrong = mutated(claim.id, before, after)
    theta = next(placed_examples(claim, written(claim)))
    assert any(fault in found for found in faults_of_numbers(claim, wrong, look(claim, theta)))


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("N, Np = 2, 1 / 2", "import scipy\n\nN, Np = 2, 1 / 2", "imports scipy"),
        ("N, Np = 2, 1 / 2", "from proofs_numeric import Claim\n\nN, Np = 2, 1 / 2", "imports proofs_numeric"),
        ("N, Np = 2, 1 / 2", "N, p = 2, 1 / 2", "p is no parameter"),
        ("print(", "x = 0\n" * 10 + "print(", "lines of code"),
        ("print(", f"{'x' * 101} = 0\nprint(", "a line of 105 characters"),
        ("value, bound = 1, 1", "value = 1; bound = 1", "a semicolon"),
        ('."""', '"""', "no sentence"),
    ],
)
def test_a_script_out_of_form_is_caught(before, after, fault):
    claim = claim_of("thm2-zero-mass")
    assert any(fault in found for found in faults_of_form(claim, mutated(claim.id, before, after)))
