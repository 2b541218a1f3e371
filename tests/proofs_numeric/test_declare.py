"""`@claim`: what it fills in, what it compiles, what it refuses."""

import importlib
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import proofs_numeric
from proofs_numeric import (
    BUDGETS,
    ContinuousLaw,
    Status,
    Tail,
    Variant,
    run_claim,
    scale,
    scale_bound,
    shift,
    shift_bound,
)
from proofs_numeric.cli.verdict_words import parting_line, verdict_row
from proofs_numeric.declare import claim, claims_in
from proofs_numeric.relation import RELATIONS

KEY = jax.random.key(0)
TRACES = []


@claim(
    bound=0.5, domain={"p": [0.5, 0.25], "T": range(1, 3)}, tail=(0, None), static=("T",), mutants=[scale_bound(0.5)]
)
def mean_of_coins(theta, key, size):
    """Coins land heads
    half of the time.

    And more than that is not said.
    """
    TRACES.append(theta["T"])
    return jnp.mean(jax.random.bernoulli(key, theta["p"], (size, theta["T"])), axis=1)


@claim("n squared is at least n", bound=lambda theta: theta["n"], relation=">=", domain={"n": (1, 2, 3)}, route="EX")
def squares(theta):
    return Fraction(theta["n"]) ** 2


@claim("a pair", domain={"n": (1, 2)}, controls={"above": shift_bound(1)})
def _a_pair_(theta):
    return theta["n"], 2


def test_what_is_left_out_is_filled_in():
    assert mean_of_coins.id == "mean-of-coins"
    assert mean_of_coins.statement == "Coins land heads half of the time."
    assert mean_of_coins.domain == {"p": (0.5, 0.25), "T": (1, 2)}
    assert (mean_of_coins.item, mean_of_coins.reading, mean_of_coins.source) == ("", "OWN", "")
    assert mean_of_coins.expected is None
    assert mean_of_coins.tail == Tail(lower=0)
    assert mean_of_coins.slack is None
    assert (mean_of_coins.route, squares.route, _a_pair_.route) == ("EP", "EX", "CF")
    assert mean_of_coins.bound_at({}) == 0.5
    assert list(mean_of_coins.mutants) == ["bound x 0.5"]
    assert _a_pair_.id == "a-pair"


def test_numbers_are_traced_and_shapes_are_not():
    TRACES.clear()
    draws = [mean_of_coins.sample({"p": p, "T": T}, KEY, 8) for T in (1, 2) for p in (0.5, 0.25, Fraction(1, 3))]
    assert TRACES == [1, 2]
    assert all(batch.shape == (8,) for batch in draws)
    mean_of_coins.sample({"T": 1, "p": 0.9}, KEY, 8)
    assert TRACES == [1, 2]


def test_tuples_of_numbers_are_traced_and_words_are_not():
    seen = []

    @claim("x", bound=1, domain={"p": ((0.5, 0.5), (0.1, 0.9)), "name": ("a", "b"), "flag": (True,)}, tail=(0, 1))
    def weighted(theta, key, size):
        seen.append((theta["name"], theta["flag"]))
        return jnp.full((size,), theta["p"][0])

    for theta in weighted.examples():
        assert float(weighted.sample(theta, KEY, 4)[0]) == pytest.approx(theta["p"][0])
    assert seen == [("a", True), ("b", True)]


def test_a_sampler_of_the_host_is_left_alone():
    @claim("x", bound=1, tail=(0, 1), jit=False)
    def host(theta, key, size):
        return [float(jax.random.uniform(key))] * size

    assert len(host.sample({}, KEY, 3)) == 3


def sampler(theta, key, size):
    """Nothing but zeros."""
    return jnp.zeros(size)


def shaped(theta, key, size):
    """A shape that is not declared."""
    return jnp.zeros((size, theta["n"])).sum(axis=1)


def branching(theta, key, size):
    """A branch that is not declared."""
    return jnp.ones(size) if theta["n"] > 1 else jnp.zeros(size)


def looping(theta, key, size):
    """A loop that is not declared."""
    return sum((jnp.ones(size) for _ in range(theta["n"])), jnp.zeros(size))


def on_the_host(theta, key, size):
    """A loop on the host."""
    return [float(theta["n"])] * size


@pytest.mark.parametrize("function", [shaped, branching, looping, on_the_host])
def test_a_shape_that_is_not_static_is_named(function):
    made = claim(bound=1, domain={"n": (1, 2)}, tail=(0, 1))(function)
    with pytest.raises(ValueError, match=r"needs a plain number where n is traced. Name what gives .* `static`"):
        made.sample({"n": 2}, KEY, 4)
    named = claim(bound=1, domain={"n": (1, 2)}, tail=(0, 1), static=["n"])(function)
    assert len(named.sample({"n": 2}, KEY, 4)) == 4


def test_an_error_of_the_sampler_itself_stays_what_it_is():
    @claim("x", bound=1, tail=(0, 1))
    def broken(theta, key, size):
        return "a" + 1

    with pytest.raises(TypeError, match="concatenate"):
        broken.sample({}, KEY, 4)


def test_a_static_value_without_hash_is_refused():
    made = claim(bound=1, domain={"n": ({"a": 1},)}, tail=(0, 1))(sampler)
    with pytest.raises(ValueError, match="static parameter 'n' must be hashable"):
        made.sample({"n": {"a": 1}}, KEY, 4)


GOOD = {"bound": 1, "tail": (0, 1)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bound": None}, "must have a `bound`"),
        ({"bound": "1"}, "`bound` of claim 'sampler' must be a number"),
        ({"bound": float("nan")}, "must be a number or a function of theta; got nan"),
        ({"tail": None}, "must have a `tail`: without a fact about the tail"),
        ({"tail": 3}, r"must be Tail\(...\), a function, or \(lower, upper\)"),
        ({"domain": {"p": 0.5}}, "must give a tuple of values for 'p'"),
        ({"domain": {"p": "ab"}}, "must give a tuple of values for 'p'"),
        ({"static": ("T",), "domain": {"p": (1,)}}, r"`static` .* must list parameters of the domain \(p\)"),
        ({"static": "T", "domain": {"T": (1,)}}, "`static` .* must list parameters"),
        ({"expexted": "REFUTED"}, "has no field 'expexted'. Did you mean 'expected'"),
        ({"require": "refuted"}, "`require` of claim 'sampler' must be 'supported' or empty"),
        ({"mutants": [Variant(bound=lambda theta: 2)]}, "`mutants` of claim 'sampler' must be a list of scale_bound"),
        ({"controls": [scale_bound(2), scale_bound(2)]}, "`controls` .* from distinct names"),
        ({"relation": "="}, "`relation` of claim 'sampler' must be one of"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        claim(**(GOOD | changes))(sampler)
    assert "\n" not in str(caught.value)


def test_what_is_neither_a_sampler_nor_a_value_is_refused():
    with pytest.raises(ValueError, match=r"must draw, \(theta, key, size\), or compute, \(theta\); got \(theta, key\)"):
        claim("x", **GOOD)(lambda theta, key: 0)
    with pytest.raises(ValueError, match="must say what it claims"):
        claim(id="x", **GOOD)(lambda theta, key, size: 0)


def test_neighbours_change_one_number():
    bounds = [
        (squares.variant("m", change, Status.REFUTED).bound_at({"n": 2}))
        for change in (scale_bound(Fraction(1, 2)), shift_bound(3))
    ]
    assert bounds == [1, 5]
    for change, value in ((scale("n", 3), 36), (shift("n", -1), 1)):
        moved = squares.variant("m", change, Status.REFUTED)
        assert (moved.value({"n": 2}), moved.bound_at({"n": 2})) == (value, 2)
    pair = _a_pair_.variant("m", shift("n", 5), Status.REFUTED)
    assert pair.evaluate({"n": 1}) == (6, 2)
    stretched = mean_of_coins.variant("m", scale("p", 4), Status.REFUTED)
    assert float(stretched.sample({"p": 0.25, "T": 1}, KEY, 16).min()) == 1.0
    lists = claim("x", id="x", bound=lambda theta: [1, 2], mutants=[scale_bound(2)])(lambda theta: [0, 1])
    assert lists.variant("m", lists.mutants["bound x 2"], Status.REFUTED).bound_at({}) == [2, 4]


def test_a_neighbour_of_a_stranger_is_refused():
    with pytest.raises(ValueError, match="a neighbour changes 'm', but the domain has n"):
        squares.variant("m", scale("m", 2), Status.REFUTED).value({"n": 1})


def test_without_an_expectation_nothing_parts():
    verdict = run_claim(squares, BUDGETS["smoke"], root="1")
    wrong = run_claim(claim("x", id="x", bound=0)(lambda theta: 1), BUDGETS["smoke"], root="1")
    assert (verdict.status, wrong.status) == (Status.SUPPORTED, Status.REFUTED)
    assert verdict.as_expected()
    assert wrong.as_expected()
    assert wrong.as_expected(strict=True)
    assert "none written" in verdict_row(wrong)[3]


def test_required_support_parts_without_it():
    required = claim("x", id="x", bound=0, require="supported")(lambda theta: 1)
    verdict = run_claim(required, BUDGETS["smoke"], root="1")
    assert not verdict.as_expected()
    assert parting_line(verdict, strict=False).endswith("REFUTED, required SUPPORTED")


def test_claims_of_a_module_are_found_once_and_in_order():
    assert claims_in({"b": squares, "x": 1, "a": mean_of_coins, "again": squares}) == [squares, mean_of_coins]
    assert claims_in({"b": squares, "CLAIMS": (mean_of_coins,)}) == [mean_of_coins]
    with pytest.raises(ValueError, match="two claims have the id 'squares'"):
        claims_in({"a": squares, "b": replace(squares, note="newer")})


@pytest.mark.parametrize("first", ["", "import proofs_numeric.claims", "from proofs_numeric import Claim"])
def test_the_decorator_is_exported_whatever_was_loaded_before(first):
    lines = (first, "from proofs_numeric import claim, Claim", "made = claim('x', id='x', bound=1)(lambda theta: 0)")
    check = "assert isinstance(made, Claim), made"
    subprocess.run([sys.executable, "-c", "\n".join((*lines, check))], check=True, timeout=120)


def test_writing_a_claim_loads_no_jax():
    code = (
        "import sys\nfrom proofs_numeric import claim, scale_bound\n"
        "claim('x', id='x', bound=1, tail=(0, 1), mutants=[scale_bound(2)])(lambda theta, key, size: 0)\n"
        "assert 'jax' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_every_relation_is_accepted():
    assert importlib.import_module("proofs_numeric").scale is proofs_numeric.scale
    for relation in ("<=", "<", ">=", ">", "=="):
        assert relation in RELATIONS
        assert claim(relation=relation, **GOOD)(sampler).relation == relation


# Uniform draws against their own law: a refutation costs 1e-9, and support of a margin of 0.1 takes some 2,000 draws.
@pytest.mark.stat(delta=1.1e-9)
def test_relations_between_laws_need_neither_tail_nor_a_bound_that_is_a_number():
    @claim(relation="law", bound=ContinuousLaw(lambda x: np.clip(x, 0.0, 1.0)), delta=0.1, slack=1e-6)
    def uniform(theta, key, size):
        """Uniform numbers are uniform."""
        return jax.random.uniform(key, (size,))

    @claim(relation="same law", delta=0.1, slack=1e-6)
    def exchangeable(theta, key, size):
        """Two uniform numbers have the same law."""
        return jax.random.uniform(key, (size, 2))

    budget = replace(BUDGETS["smoke"], beta=1e-11, n_max=2**16)
    for made in (uniform, exchangeable):
        assert run_claim(made, budget, root="1").status is Status.SUPPORTED


def test_a_bound_that_is_a_law_cannot_be_scaled():
    with pytest.raises(ValueError, match="which must be a number; got object. For a claim on laws write a Variant"):
        scale_bound(0.5).adjust_bound({}, object())
