"""Deterministic claims through the engine: each status, minimal example, mutants, controls, second paths."""

import math
from fractions import Fraction

import jax
import numpy as np
import pytest

from proofs_numeric.budget import BUDGETS
from proofs_numeric.check_certificate.verification import verify
from proofs_numeric.claims import Variant
from proofs_numeric.engine import check, run_claim, run_claims
from proofs_numeric.exact.intervals import Interval
from proofs_numeric.expressions import expression
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Rung, Status
from tests.proofs_numeric.claims import ROOT, coin_claim, small_budget, square_claim


def run(claim, **changes):
    return run_claim(claim, small_budget(**changes), root=ROOT)


def test_refuted_with_minimal_and_most_convincing_example():
    verdict = run(square_claim())
    assert verdict.status is Status.REFUTED
    assert verdict.rung is Rung.ENUMERATION
    assert verdict.assurance == "exact rational arithmetic"
    assert verdict.counterexample.theta == {"a": 2}
    assert verdict.effect == 2
    assert verdict.most_convincing.theta == {"a": 3}
    assert (verdict.n, verdict.log10_e, verdict.interval) == (0, None, None)


def test_supported_on_the_enumerated_grid_or_proved():
    verdict = run(square_claim(domain={"a": (0, 1)}, expected="SUPPORTED"))
    assert verdict.status is Status.SUPPORTED
    assert verdict.scope == "on all 2 examples of the domain"
    proved = run(square_claim(domain={"a": (0, 1)}, expected="SUPPORTED", proved="0 and 1 are idempotent"))
    assert "proved (0 and 1 are idempotent)" in proved.scope


@pytest.mark.parametrize(
    ("relation", "value", "bound", "delta", "status"),
    [
        ("<=", 1.0 + 1e-13, 1.0, 1e-12, "SUPPORTED"),
        ("<=", 1.0 + 1e-11, 1.0, 1e-12, "REFUTED"),
        ("<", 1.0, 1.0, 0, "REFUTED"),
        ("<", Fraction(999, 1000), 1, 0, "SUPPORTED"),
        ("<", 1.0 - 1e-13, 1.0, 1e-12, "REFUTED"),
        (">=", 1, 1, 0, "SUPPORTED"),
        (">", 1, 1, 0, "REFUTED"),
        ("==", Fraction(1, 3), Fraction(1, 3), 0, "SUPPORTED"),
        ("==", 1 / 3 + 1e-9, 1 / 3, 1e-12, "REFUTED"),
        ("<=", math.inf, 1.0, 0, "REFUTED"),
        ("<=", math.nan, 1.0, 0, "INVALID"),
        ("<=", math.inf, math.inf, 0, "INVALID"),
        ("<=", np.array([0.1, 0.9, 0.5]), 0.8, 0, "REFUTED"),
        ("<=", [Fraction(1, 2), Fraction(1, 3)], [Fraction(1, 2), Fraction(1, 2)], 0, "SUPPORTED"),
    ],
)
def test_relations(relation, value, bound, delta, status):
    claim = square_claim(relation=relation, evaluate=lambda theta: (value, bound), delta=delta, domain={"a": (0,)})
    assert run(claim).status == status


def test_worst_entry_is_reported():
    claim = square_claim(evaluate=lambda theta: (np.array([0.1, 0.9, 0.5]), 0.8), domain={"a": (0,)})
    verdict = run(claim)
    assert verdict.value == 0.9
    assert "entry 1 of 3" in verdict.counterexample.note


@pytest.mark.parametrize(
    ("value", "status"), [((0.1, 0.2), "SUPPORTED"), ((0.4, 0.6), "UNDECIDED"), ((0.6, 0.7), "REFUTED")]
)
def test_intervals(value, status):
    claim = square_claim(
        route="INT",
        evaluate=lambda theta: (Interval(*value), Interval.of(0.5)),
        domain={"a": (0,)},
        expected=status if status != "UNDECIDED" else "SUPPORTED",
    )
    verdict = run(claim)
    assert verdict.status == status
    assert verdict.as_expected()
    assert verdict.assurance == "certified by ball arithmetic"


def test_vacuous_when_nothing_meets_the_assumptions():
    assert run(square_claim(where=lambda theta: False)).status is Status.VACUOUS


@pytest.mark.parametrize("status", ["NOT_TESTABLE", "VACUOUS"])
def test_lines_that_are_not_run(status):
    verdict = run(square_claim(evaluate=None, expected=status, reason="a limit without a rate"))
    assert verdict.status == status
    assert verdict.note == "a limit without a rate"
    assert verdict.as_expected(strict=True)
    assert not verdict.weak


def test_budget_below_the_declared_one_is_not_attempted():
    verdict = run_claim(square_claim(decided_at="standard"), BUDGETS["quick"], root=ROOT)
    assert not verdict.attempted
    assert verdict.note.startswith("not attempted")
    assert verdict.as_expected()
    assert not verdict.as_expected(strict=True)


def test_flipped_expectation_parts():
    assert run(square_claim()).as_expected()
    assert not run(square_claim(expected="SUPPORTED")).as_expected()


def test_mutants_and_controls_decide_weakness():
    bare = run(square_claim())
    assert bare.weak
    assert bare.kill_rate is None
    mutant = Variant(adjust_bound=lambda theta, bound: bound - 1)
    blind = Variant(adjust_bound=lambda theta, bound: bound + 100)
    control = Variant(domain={"a": (0, 1)}, must="SUPPORTED")
    verdict = run(square_claim(mutants={"tight": mutant, "blind": blind}, controls={"small": control}))
    assert not verdict.weak
    assert verdict.kill_rate == 0.5
    assert verdict.mutants["tight"].theta == {"a": 0}
    assert not verdict.mutants["blind"].passed
    assert not verdict.as_expected()
    assert verdict.controls["small"].passed


def test_broken_control_parts():
    control = Variant(domain={"a": (0, 2)})
    assert not run(square_claim(controls={"broken": control})).as_expected()


def test_variant_of_value_and_bound_reuses_the_evaluation():
    calls = []

    def evaluate(theta):
        calls.append(theta["a"])
        return theta["a"], theta["a"]

    mutants = {name: Variant(adjust_bound=lambda theta, bound: bound - 1) for name in ("one", "two")}
    verdict = run(square_claim(evaluate=evaluate, expected="SUPPORTED", mutants=mutants))
    assert verdict.kill_rate == 1
    assert calls == [0, 1, 2, 3]


def test_second_path_confirms_or_denies():
    agree = run(square_claim(confirm=lambda theta: theta["a"] ** 2))
    assert agree.counterexample.confirmed
    deny = run(square_claim(confirm=lambda theta: 0))
    assert deny.status is Status.NUMERIC
    assert not deny.counterexample.confirmed


@pytest.mark.stat(delta=1e-8)
def test_simulation_beside_an_exact_counterexample():
    """Coins with p = .75 beside the exact .75 > .5; the interval has level 1e-8 and leaves a wrong exact value out."""

    def simulate(theta, key, num_replicates):
        return jax.random.bernoulli(key, 0.75, (num_replicates,)).astype(np.float32)

    claim = square_claim(
        evaluate=lambda theta: (0.75, 0.5),
        domain={"a": (0,)},
        simulate=simulate,
        simulate_tail=Tail(lower=0.0, upper=1.0),
    )
    verdict = run(claim, confirm_delta=1e-8)
    assert verdict.simulation.confirmed
    assert verdict.simulation.interval[0] <= 0.25 <= verdict.simulation.interval[1]
    wrong = run(square_claim(**{**_fields(claim), "evaluate": lambda theta: (0.9, 0.5)}), confirm_delta=1e-8)
    assert not wrong.simulation.confirmed


def _fields(claim):
    return {name: getattr(claim, name) for name in ("domain", "simulate", "simulate_tail")}


def test_large_domain_is_hunted_and_shrunk(tmp_path, monkeypatch):
    """1,000,000 examples: the hunt climbs the excess, the shrinker walks to the border; nothing is left on disk."""
    monkeypatch.chdir(tmp_path)
    axis = tuple(range(1000))
    claim = square_claim(
        domain={"a": axis, "b": axis}, evaluate=lambda theta: (theta["a"] + theta["b"], 1900), expected="REFUTED"
    )
    verdict = run(claim, num_enumerated=10, hunt_examples=500, shrink_examples=300)
    assert verdict.status is Status.REFUTED
    theta = verdict.counterexample.theta
    assert theta["a"] + theta["b"] == 1901
    assert not list(tmp_path.iterdir())


def test_time_that_is_up_leaves_it_undecided():
    verdict = run(square_claim(domain={"a": (0, 1)}, expected="SUPPORTED"), seconds=-1.0)
    assert verdict.status is Status.UNDECIDED
    assert "the time was up after 1 of 2" in verdict.note


def test_errors_of_a_claim_say_where():
    def broken(theta):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError) as caught:
        run(square_claim(evaluate=broken))
    assert "while checking claim 'square' at {'a': 0}" in caught.value.__notes__


def test_evaluate_must_return_a_pair():
    with pytest.raises(ValueError, match=r"must return \(value, bound\)"):
        run(square_claim(evaluate=lambda theta: 3.0))


def test_keyboard_interrupt_passes_through():
    def interrupt(theta):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(square_claim(evaluate=interrupt))
    axis = tuple(range(100))
    with pytest.raises(KeyboardInterrupt):
        run(
            square_claim(domain={"a": axis}, evaluate=lambda theta: interrupt(theta) if theta["a"] > 60 else (0, 1)),
            num_enumerated=1,
            hunt_examples=200,
        )


def test_progress_reaches_the_callback():
    seen = []
    run_claim(square_claim(), small_budget(), root=ROOT, progress=seen.append)
    assert [progress.phase for progress in seen] == ["sweep"] * 4 + ["confirm", "done"]


@pytest.mark.parametrize("value", [10**400, Fraction(10**400, 3), -(10**400)])
def test_numbers_beyond_every_float_are_compared_exactly(value):
    """Shown as infinite; 10^400 <= 10^400 all the same, and one less breaks it."""
    tight = square_claim(domain={}, evaluate=lambda theta: (value, value), expected="SUPPORTED")
    verdict = run(tight)
    assert verdict.status is Status.SUPPORTED
    assert verdict.proof == "proved for this instance"
    assert verdict.value == math.copysign(math.inf, value > 0 or -1)
    broken = run(square_claim(domain={}, evaluate=lambda theta: (value, value - 1)))
    assert broken.status is Status.REFUTED
    assert run(square_claim(domain={}, evaluate=lambda theta: (0, 10**400))).counterexample is None
    formula = run(square_claim(domain={}, evaluate=lambda theta: (expression(value), value - 1)))
    assert formula.status is Status.REFUTED
    assert verify(formula.certificate).status == "REFUTED"


def test_check_one_example():
    assert check(square_claim(), {"a": 3}, small_budget(), ROOT).excess == 6


def test_run_claims_refuses_repeated_ids_and_too_many():
    with pytest.raises(ValueError, match="distinct"):
        list(run_claims([square_claim(), square_claim()], small_budget()))
    with pytest.raises(ValueError, match="at most 1 claims"):
        list(run_claims([square_claim(), coin_claim()], small_budget(max_claims=1)))
