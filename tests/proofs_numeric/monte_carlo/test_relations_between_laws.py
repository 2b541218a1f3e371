"""Claims on laws, orders and drifts through the engine: statuses at and around the boundary, bad input, teams.

A true claim is refuted with probability below exp(-37). What has to be refuted or supported stands so far beyond its
threshold that the expected evidence is at least twice what is needed, and the evidence has a standard deviation of
sqrt(2 L) nats: ten of them at L = 37.5, which is far below every delta here.
"""

import math
import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from proofs_numeric.claims import Claim, Variant
from proofs_numeric.engine import check, run_claim
from proofs_numeric.evidence import verdict_to_json
from proofs_numeric.monte_carlo.law_check import check_law
from proofs_numeric.sequential import ContinuousLaw, DiscreteLaw, LawWithAtoms
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status
from tests.proofs_numeric.claims import ROOT, small_budget

BUDGET = small_budget(n_max=2**17)


def normal(theta, key, n):
    return theta["shift"] + jax.random.normal(key, (n,))


def normal_law(theta):
    return ContinuousLaw(stats.norm.cdf)


def binomial(theta, key, n):
    """Successes in 3 tosses of a coin."""
    return jnp.sum(jax.random.bernoulli(key, 0.5 + theta["shift"], (n, 3)), axis=1)


def binomial_law(theta):
    return DiscreteLaw((0, 1, 2, 3), (0.125, 0.375, 0.375, 0.125))


def positive_part(theta, key, n):
    """max(0, Z) with a uniform number: half of the mass is an atom at 0."""
    draw, uniform = jax.random.split(key)
    z = jnp.maximum(0.0, theta["shift"] + jax.random.normal(draw, (n,)))
    return jnp.stack([z, jax.random.uniform(uniform, (n,))], axis=1)


def positive_part_law(theta):
    return LawWithAtoms(
        cdf=lambda x: np.where(x < 0, 0.0, stats.norm.cdf(x)), below=lambda x: np.where(x <= 0, 0.0, stats.norm.cdf(x))
    )


def pair(theta, key, n):
    """Independent normals with the same scale; the first one is shifted."""
    first, second = jax.random.split(key)
    x, y = jax.random.normal(first, (n,)), jax.random.normal(second, (n,))
    return jnp.stack([x + theta["shift"], y], axis=1)


def cauchy_pair(theta, key, n):
    first, second = jax.random.split(key)
    x, y = jax.random.cauchy(first, (n,)), jax.random.cauchy(second, (n,))
    return jnp.stack([(1.0 + theta["shift"]) * x, y], axis=1)


def coupled(theta, key, n):
    """Two recursions x' = a x + z driven by the same noise: common random numbers."""
    noise = jax.random.normal(key, (8, n))

    def run(rate):
        return jax.lax.fori_loop(0, 8, lambda i, x: rate * x + noise[i], jnp.zeros((n,)))

    return jnp.stack([jnp.abs(run(0.5 + theta["shift"])), jnp.abs(run(0.5))], axis=1)


def contraction(theta, key, n):
    """x' = x/2 + z/4 from x in [-2, 2]: E x'^2 = x^2/4 + 1/16, claimed with a bound that is `shift` too small."""
    start, noise = jax.random.split(key)
    x = jax.random.uniform(start, (n,), minval=-2.0, maxval=2.0)
    sign = jax.random.rademacher(noise, (n,)).astype(x.dtype)
    bound = (x**2 / 4 + 1 / 16) * jnp.where(jnp.abs(x) < 0.25, 1 - theta["shift"], 1.0)
    return jnp.stack([(x / 2 + sign / 4) ** 2, bound, jnp.abs(x)], axis=1)


def claim(**changes):
    fields = {
        "id": "law",
        "statement": "a law",
        "source": "Definition",
        "route": "EP",
        "domain": {"shift": (0.0,)},
        "slack": 1e-6,
        "delta": 0.05,
    }
    return Claim(**(fields | changes))


CLAIMS = {
    "continuous law": (claim(relation="law", sample=normal, bound=normal_law), 0.15),
    "discrete law": (claim(relation="law", sample=binomial, bound=binomial_law), 0.03),
    "law with atoms": (claim(relation="law", sample=positive_part, bound=positive_part_law), 0.15),
    "same law": (claim(relation="same law", sample=pair), 0.15),
    "same scale": (claim(relation="same law", sample=cauchy_pair), 0.3),
    "order": (claim(relation="stochastically below", sample=pair), 0.15),
    "order with common noise": (claim(relation="stochastically below", sample=coupled), 0.1),
    "drift": (claim(relation="drift", sample=contraction, tail=Tail(upper=5.0), delta=0.3), 0.3),
}
over_claims = pytest.mark.parametrize("name", CLAIMS)


@over_claims
@pytest.mark.stat(delta=2e-10)
def test_true_on_the_boundary_is_supported_within_the_margin(name):
    asserted, _ = CLAIMS[name]
    outcome = check(asserted, {"shift": 0.0}, BUDGET, ROOT)
    assert outcome.status is Status.SUPPORTED
    assert outcome.log_e is not None
    assert outcome.log_e < 20
    low, high = outcome.interval
    assert low <= 0 <= high
    assert outcome.excess < 0.05 + outcome.delta


@over_claims
@pytest.mark.stat(delta=2e-10)
def test_false_by_a_little_is_refuted_and_confirmed_on_another_stream(name):
    asserted, shift = CLAIMS[name]
    verdict = run_claim(claim_at(asserted, shift), BUDGET, root=ROOT)
    assert verdict.status is Status.REFUTED
    assert verdict.counterexample.confirmed
    assert verdict.counterexample.stream == "confirm"
    assert verdict.effect > 0
    assert verdict.counterexample.note
    low, high = verdict.interval
    assert low <= verdict.effect <= high


def claim_at(asserted, shift):
    return Claim(**{**vars(asserted), "domain": {"shift": (shift,)}, "expected": None})


@over_claims
@pytest.mark.stat(delta=2e-10)
def test_no_margin_is_never_supported(name):
    asserted, _ = CLAIMS[name]
    outcome = check(Claim(**{**vars(asserted), "delta": 0}), {"shift": 0.0}, small_budget(n_max=4096), ROOT)
    assert outcome.status is Status.UNDECIDED
    assert "can be refuted but not supported" in outcome.note


@pytest.mark.stat(delta=2e-10)
def test_violation_that_the_average_hides_is_found_in_its_cell():
    """The bound fails where |x| < 1/4 only, an eighth of the states, and is 30 % too large everywhere else."""

    def sample(theta, key, n):
        draws = contraction(theta, key, n)
        return draws.at[:, 1].multiply(jnp.where(draws[:, 2] < 0.25, 1.0, 1.3))

    outcome = check(claim(relation="drift", sample=sample), {"shift": 0.3}, BUDGET, ROOT)
    assert outcome.status is Status.REFUTED
    start, end = (float(word) for word in outcome.note.split("positions ")[1].split(" to "))
    assert start < 0.25
    assert end <= 0.3
    draws = np.asarray(sample({"shift": 0.3}, jax.random.key(0), 4096))
    assert np.mean(draws[:, 0] - draws[:, 1]) < 0


@pytest.mark.stat(delta=2e-10)
def test_drift_with_two_signs_needs_its_lower_end():
    """E[x' | x] <= x for a walk with steps of 1: the lower end x - 1 comes as a fourth column."""

    def walk(theta, key, n):
        start, noise = jax.random.split(key)
        x = jax.random.randint(start, (n,), -5, 6).astype(jnp.float32)
        up = jax.random.bernoulli(noise, 0.5 + theta["shift"], (n,)).astype(x.dtype)
        return jnp.stack([x + 2 * up - 1, x, x, x - 1], axis=1)

    asserted = claim(relation="drift", sample=walk, tail=Tail(upper=1.0), delta=0.3)
    assert check(asserted, {"shift": 0.0}, BUDGET, ROOT).status is Status.SUPPORTED
    refuted = check(asserted, {"shift": 0.1}, BUDGET, ROOT)
    assert refuted.status is Status.REFUTED
    assert refuted.value == pytest.approx(0.2, abs=0.15)


@pytest.mark.stat(delta=2e-10)
def test_mutants_controls_and_json_of_a_claim_on_laws():
    mutants = {
        "shifted": Variant(adjust_theta=lambda theta: {"shift": 0.3}),
        "wider law": Variant(bound=lambda theta: ContinuousLaw(stats.norm(scale=1.3).cdf)),
    }
    controls = {"looser": Variant(delta=0.2, must="SUPPORTED")}
    asserted = claim(relation="law", sample=normal, bound=normal_law, mutants=mutants, controls=controls)
    verdict = run_claim(asserted, BUDGET, root=ROOT)
    assert verdict.status is Status.SUPPORTED
    assert verdict.kill_rate == 1
    assert verdict.controls["looser"].passed
    content = verdict_to_json(verdict)
    assert content["relation"] == "law"
    assert "Kolmogorov distance" in content["closest"]["note"]


@pytest.mark.stat(delta=2e-10)
def test_allowed_distance_is_a_bound_like_any_other():
    """N(.15, 1) and N(0, 1) are .06 apart: below an allowed .1, above .03."""
    theta = {"shift": 0.15}
    loose = check(claim(relation="same law", sample=pair, bound=lambda theta: 0.1), theta, BUDGET, ROOT)
    assert loose.status is Status.SUPPORTED
    tight = claim(relation="same law", sample=pair, bound=lambda theta: 0.03, delta=0)
    assert check(tight, theta, BUDGET, ROOT).status is Status.REFUTED


@pytest.mark.stat(delta=2e-10)
def test_value_that_the_law_does_not_know_refutes_at_once():
    """Up to a slack it may come now and then: an eighth of the draws refutes, but not at once."""
    law = DiscreteLaw((0, 1, 2), (0.25, 0.5, 0.25))
    asserted = claim(relation="law", sample=binomial, bound=lambda theta: law, slack=0.0)
    outcome = check(asserted, {"shift": 0.0}, BUDGET, ROOT)
    assert outcome.status is Status.REFUTED
    assert outcome.log_e == math.inf
    slack = check(claim(relation="law", sample=binomial, bound=lambda theta: law), {"shift": 0.0}, BUDGET, ROOT)
    assert slack.status is Status.REFUTED
    assert 100 < slack.log_e < math.inf
    assert outcome.n == 2 * asserted.batch_size
    assert "values that it does not know" in outcome.note


@pytest.mark.stat(delta=2e-10)
def test_undecided_prints_what_would_decide_once_evidence_grows():
    """Near 110 nats with a deviation of 15 at 20,480 pairs, where 247 are needed."""
    asserted, _ = CLAIMS["same law"]
    budget = small_budget(n_max=20_480, alpha_suite=1e-100)
    outcome = check(Claim(**{**vars(asserted), "delta": 0.001}), {"shift": 0.15}, budget, ROOT)
    assert outcome.status is Status.UNDECIDED
    assert 20_480 < outcome.samples_to_decide < 2**19


@pytest.mark.parametrize(
    ("relation", "draws", "words"),
    [
        ("same law", lambda n: jnp.full((n, 2), jnp.nan), "not finite"),
        ("drift", lambda n: jnp.ones((n, 3)).at[:, 0].set(-1.0), "below its lower end"),
        ("drift", lambda n: jnp.ones((n, 3)).at[:, 1].set(0.0), "does not lie above the lower end"),
        ("drift", lambda n: jnp.ones((n, 3)).at[:, 0].set(9.0), "above the declared upper end"),
        ("same law", lambda n: jnp.tile(jnp.arange(2.0)[:, None], (n // 2, 2)), "repeat"),
    ],
)
def test_broken_facts_are_invalid(relation, draws, words):
    """The fourth entry of the surplus (9 - 1)/(1 - 0) = 8 lies above 5; the last draws alternate between two values."""
    tail = Tail(upper=5.0) if relation == "drift" else None
    asserted = claim(relation=relation, sample=lambda theta, key, n: draws(n), tail=tail)
    outcome = check(asserted, {"shift": 0.0}, small_budget(n_max=2**14), ROOT)
    assert outcome.status is Status.INVALID
    assert words in outcome.note


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"relation": "law", "bound": lambda theta: 0.3}, "must be a law"),
        ({"relation": "law", "bound": normal_law, "sample": pair}, r"must return shape \(n,\)"),
        ({"relation": "law", "bound": positive_part_law}, r"must return shape \(n, 2\)"),
        (
            {"relation": "law", "sample": binomial, "bound": lambda theta: ContinuousLaw(stats.binom(3, 0.5).cdf)},
            "must not jump",
        ),
        ({"relation": "same law"}, "Return 2 numbers per replicate"),
        ({"relation": "drift", "sample": pair}, "Return 3 or 4 numbers per replicate"),
        ({"relation": "drift", "sample": contraction, "tail": Tail(lower=0.0)}, "no more than an upper end"),
        ({"relation": "same law", "sample": pair, "bound": lambda theta: 1.5}, r"must lie in \[0, 1\)"),
    ],
)
def test_bad_input_is_refused_in_one_line(changes, words):
    with pytest.raises(ValueError, match=words) as caught:
        check(claim(**({"sample": normal} | changes)), {"shift": 0.0}, BUDGET, ROOT)
    assert "\n" not in str(caught.value)


def test_claims_that_cannot_be_decided_are_refused_where_they_are_written():
    with pytest.raises(ValueError, match="`bound` of claim 'law' must be given"):
        claim(relation="law", sample=normal)
    with pytest.raises(ValueError, match="`sample` of claim 'law' must be given"):
        claim(relation="drift")
    with pytest.raises(ValueError, match="`relation` of claim 'law' must be one of"):
        claim(relation="law", route="EX", evaluate=lambda theta: (0, 0))


class Team:
    """A process of a team that lives in a thread. Shared between threads: slots and barrier."""

    def __init__(self, index, count, slots, barrier):
        self.index, self.count, self.slots, self.barrier = index, count, slots, barrier

    def gather(self, payload):
        self.slots[self.index] = payload
        self.barrier.wait()
        found = list(self.slots)
        self.barrier.wait()
        return found

    def from_first(self, make):
        return self.gather(make() if self.index == 0 else b"")[0]


@pytest.mark.stat(delta=2e-10)
@pytest.mark.parametrize("name", ["same law", "drift"])
def test_a_team_learns_one_dictionary_and_ends_as_one_process(name):
    asserted, shift = CLAIMS[name]
    alone = check_law(asserted, {"shift": shift}, BUDGET, ROOT)
    slots, barrier, outcomes = [b""] * 2, threading.Barrier(2), [None] * 2

    def work(index):
        team = Team(index, 2, slots, barrier)
        outcomes[index] = check_law(asserted, {"shift": shift}, BUDGET, ROOT, team=team)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        assert outcome == alone
    assert alone.status is Status.REFUTED
