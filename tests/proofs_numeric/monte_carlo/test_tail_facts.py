"""Each tail fact alone carries a claim through the engine: true ones end SUPPORTED, false neighbours REFUTED."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from proofs_numeric.claims import Variant
from proofs_numeric.engine import run_claim
from proofs_numeric.monte_carlo.draws import defect
from proofs_numeric.monte_carlo.hypotheses import hypotheses, one_sided
from proofs_numeric.sequential import Average, Cumulant, OneSidedTest
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status
from tests.proofs_numeric.claims import ROOT, coin_claim, small_budget


def chi_square_cumulant(slope):
    return -0.5 * math.log1p(-2 * slope) - slope if slope < 0.5 else math.inf


def normal(theta, key, size):
    return theta["p"] + jax.random.normal(key, (size,))


def chi_square(theta, key, size):
    return theta["p"] - 1 + jnp.square(jax.random.normal(key, (size,)))


def student(theta, key, size):
    """Student's t with 2 degrees of freedom: no variance; E |T|^1.5 = 3.12."""
    return theta["p"] + jax.random.t(key, 2.0, (size,))


def cauchy(theta, key, size):
    return theta["p"] + jax.random.cauchy(key, (size,))


def coin(theta, key, size):
    return jax.random.bernoulli(key, theta["p"], (size,)).astype(jnp.float32)


FACTS = {
    "indicator": (coin, Tail(indicator=True), 0.1),
    "sub-Gaussian": (normal, Tail(sub_gaussian=1.0), 0.2),
    "sub-gamma": (chi_square, Tail(sub_gamma=(2.0, 2.0)), 0.3),
    "cumulants": (chi_square, Tail(cumulant=Cumulant(chi_square_cumulant, math.sqrt(2))), 0.3),
    "moment": (student, Tail(moment=(1.5, 3.2)), 1.0),
    "symmetric": (cauchy, Tail(symmetric=1.0), 0.3),
    "two of them": (normal, Tail(sub_gaussian=1.0, symmetric=1.0), 0.2),
}


@pytest.mark.stat(delta=5e-10)
@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("relation", ["<=", ">=", "=="])
def test_true_claims_are_supported_and_false_ones_refuted(fact, relation):
    """At the boundary of the claim; the false neighbour is off by twice the margin on the side that is looked at."""
    sample, tail, margin = FACTS[fact]
    off = 2 * margin if relation == ">=" else -2 * margin
    claim = coin_claim(
        sample=sample,
        tail=tail,
        relation=relation,
        delta=margin,
        domain={"p": (0.5,)},
        mutants={"off": Variant(bound=lambda theta: theta["p"] + off)},
    )
    verdict = run_claim(claim, small_budget(n_max=2**15), root=ROOT)
    assert verdict.status is Status.SUPPORTED
    assert verdict.mutants["off"].status is Status.REFUTED


@pytest.mark.stat(delta=5e-10)
@pytest.mark.parametrize("fact", ["symmetric", "cumulants"])
def test_a_refuted_claim_prints_a_finite_interval_around_the_truth(fact):
    """The Cauchy law has no mean: its median is printed. Truth .5, bound -.5."""
    sample, tail, _ = FACTS[fact]
    claim = coin_claim(
        sample=sample, tail=tail, relation="<=", domain={"p": (0.5,)}, bound=lambda theta: -0.5, expected="REFUTED"
    )
    verdict = run_claim(claim, small_budget(), root=ROOT)
    low, high = verdict.counterexample.interval
    assert 0.5 < low <= 1.0 <= high < 1.5
    assert verdict.counterexample.effect == pytest.approx(1.0, abs=high - low)


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_licenses_both_directions(fact):
    tail = FACTS[fact][1]
    for relation in ("<=", "<", ">=", ">", "=="):
        tests = hypotheses(relation, 0.5, 0.1, 0.0, tail)
        assert all(test.licensed for test in tests.refuting)
        assert len(tests.supporting) == (2 if relation == "==" else 1)


def test_all_known_facts_are_averaged():
    tail = Tail(lower=0.0, variance=2.0, sub_gaussian=1.0, symmetric=1.0, moment=(1.5, 3.0), sub_gamma=(1.0, 1.0))
    test = one_sided("<=", 0.5, 0.0, tail)
    assert isinstance(test, Average)
    assert [type(part).__name__ for part in test.processes] == [
        "OneSidedTest",
        "SubGaussianTest",
        "SubGammaTest",
        "MomentTest",
        "SymmetryTest",
    ]
    assert one_sided("<=", 0.5, 0.1, Tail(lower=0.0)) == OneSidedTest.at_most(0.6, 0.0, None)


def test_slack_makes_every_test_harder():
    """Without it the same draws give more evidence, on both sides."""
    draws = np.random.default_rng(0).normal(0.3, 1.0, 2000)
    for tail in (Tail(sub_gaussian=1.0), Tail(symmetric=1.0), Tail(moment=(1.5, 2.0)), Tail(sub_gamma=(1.0, 0.1))):
        for null, sign in (("<=", 1.0), (">=", -1.0)):
            exact, slack = one_sided(null, 0.0, 0.0, tail), one_sided(null, 0.0, 0.1, tail)
            assert exact.log_e(exact.step(sign * draws)) > slack.log_e(slack.step(sign * draws)) + 1


def test_an_indicator_that_is_none_is_invalid():
    tail = Tail(indicator=True)
    assert (tail.lower, tail.upper) == (0.0, 1.0)
    assert tail.widened(0.01) is tail
    assert defect(np.array([0.0, 1.0]), tail) == ""
    assert defect(np.array([0.0, 0.5]), tail) == "a sample 0.5 of an indicator is neither 0 nor 1"
    halves = coin_claim(sample=lambda theta, key, size: jnp.full((size,), 0.5), tail=tail)
    assert run_claim(halves, small_budget(), root=ROOT).status is Status.INVALID


def test_bounds_of_the_variance_come_from_any_fact_that_says_one():
    assert Tail(symmetric=1.0).variance_bound is None
    assert Tail(variance=3.0, sub_gaussian=2.0, sub_gamma=(4.0, 1.0)).variance_bound == 2.0
    assert Tail(moment=(2.0, 1.5)).variance_bound == 1.5
    assert Tail(moment=(1.5, 1.5)).variance_bound is None


def test_facts_in_words():
    words = Tail(
        indicator=True, sub_gaussian=0.25, sub_gamma=(1.0, 2.0), moment=(1.5, 3.0), symmetric=1.0, reason="known"
    ).describe()
    assert words == (
        "an indicator, sub-Gaussian with variance proxy 0.25, sub-gamma with variance factor 1 and scale 2, central "
        "moment of order 1.5 at most 3, symmetric (known)"
    )
    assert Tail(cumulant=Cumulant(chi_square_cumulant, 1.4)).describe() == "known cumulants"


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"indicator": True, "lower": -1.0}, r"`indicator` must come without another range than \[0, 1\]; got -1.0"),
        ({"lower": math.nan}, "`lower` must be a number; got nan"),
        ({"upper": math.nan}, "`upper` must be a number; got nan"),
        ({"sub_gaussian": 0.0}, "`sub_gaussian` must be finite and positive; got 0.0"),
        ({"symmetric": math.inf}, "`symmetric` must be finite and positive; got inf"),
        ({"symmetric": "yes"}, "`symmetric` must be finite and positive; got 'yes'"),
        ({"sub_gamma": 2.0}, r"`sub_gamma` must be a pair of positive numbers \(v, c\); got 2.0"),
        ({"sub_gamma": (1.0, 0.0)}, "With c = 0 it is `sub_gaussian`"),
        ({"moment": (1.0, 2.0)}, r"`moment` must be a pair \(p, k\) with 1 < p <= 2"),
        ({"moment": (2.5, 2.0)}, "`moment` must be a pair"),
        ({"moment": (1.5, -1.0)}, "`moment` must be a pair"),
        ({"cumulant": math.cosh}, r"`cumulant` must be a Cumulant; got builtin_function_or_method"),
    ],
)
def test_impossible_facts_are_refused(facts, message):
    with pytest.raises(ValueError, match=message):
        Tail(**facts)
