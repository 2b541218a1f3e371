"""Claims as a hostile user would write them: nothing that is true is refuted for the way in which it was written."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from proofs_numeric.claims import Variant
from proofs_numeric.compiled import CompiledEach
from proofs_numeric.engine import run_claim, run_neighbours
from proofs_numeric.monte_carlo.canaries import Independence
from proofs_numeric.monte_carlo.precision import is_narrow, is_wide
from proofs_numeric.search import confirmation
from proofs_numeric.search import searcher as search
from proofs_numeric.search.domain_sweep import Sweep
from proofs_numeric.sequential import ContinuousLaw, Sums
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status
from tests.proofs_numeric.claims import ROOT, coin_claim, small_budget, square_claim

needs_float32 = pytest.mark.skipif(is_wide(), reason="speaks of numbers that float32 or int32 rounds")


def run(claim, **changes):
    return run_claim(claim, small_budget(**changes), root=ROOT)


# Facts about the tail -------------------------------------------------------------------------------------------------


def signs(theta, key, size):
    return 2.0 * jax.random.bernoulli(key, 0.5, (size,)).astype(jnp.float32) - 1.0


@pytest.mark.stat(delta=2e-9)
@pytest.mark.parametrize("scale", [1e-5, 1e-8])
def test_tails_that_are_all_but_sub_gaussian_refute_nothing_that_is_true(scale):
    """E X <= 0 for fair signs, log E exp(l X) <= l^2/2; the mutant is wrong by a fifth.

    After 2^14 draws a fifth is 25 deviations, of which 9 refute and 5 support.
    """
    tail = Tail(sub_gamma=(1.0, scale), reason="log cosh l <= l^2/2")
    too_low = Variant(bound=lambda theta: -0.2)
    fields = {"sample": signs, "relation": "<=", "bound": lambda theta: 0.0, "tail": tail, "delta": 0.2}
    verdict = run(coin_claim(**fields, domain={"p": (0.5,)}, mutants={"low": too_low}))
    assert verdict.status is Status.SUPPORTED
    assert verdict.mutants["low"].passed


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf])
@pytest.mark.parametrize("varying", [False, True])
def test_margins_and_slacks_that_would_move_a_bound_into_the_claim_are_refused(value, varying):
    given = (lambda theta: value) if varying else value
    with pytest.raises(ValueError, match="`delta` of claim 'square' must be a finite number, at least 0; got"):
        run(square_claim(delta=given))
    with pytest.raises(ValueError, match="`delta` of claim 'coin' must be a finite number, at least 0; got"):
        run(coin_claim(delta=given))
    with pytest.raises(ValueError, match="`slack` of claim 'coin' must be a finite number, at least 0; got"):
        run(coin_claim(slack=given))


def test_exact_margins_stay_exact():
    assert square_claim(delta=Fraction(1, 3)).delta_at({}) == Fraction(1, 3)


def test_a_spread_beyond_every_float_is_infinite():
    with np.errstate(over="ignore"):
        sums = Sums(0.0).add(np.array([1e300, -3e300]))
    assert sums.mean == -1e300
    assert sums.standard_deviation == math.inf


# Independence ---------------------------------------------------------------------------------------------------------


def one_draw_for_all(theta, key, size):
    return jnp.full((size,), jax.random.uniform(key))


@pytest.mark.parametrize("size", [2**14, 2**15])
@pytest.mark.parametrize("relation", ["<=", "law"])
def test_a_batch_as_large_as_the_budget_does_not_hide_shared_draws(size, relation, monkeypatch):
    """A second batch shows them; the mutant has no canary, and its evidence is worth nothing."""
    bound = ContinuousLaw(lambda x: x) if relation == "law" else 0.5
    claim = coin_claim(
        sample=one_draw_for_all, relation=relation, bound=lambda theta: bound, batch_size=size, domain={"p": (0.5,)}
    )
    verdict = run(claim)
    assert verdict.status is Status.INVALID
    assert verdict.n == 2 * size
    monkeypatch.setattr(Independence, "defect", lambda self, threshold: "")
    assert run(claim).status is not Status.INVALID


@pytest.mark.stat(delta=1e-9)
def test_a_sampler_may_use_one_buffer_for_all_its_draws():
    """What was drawn is kept, not where it was written: else a batch would be compared with itself.

    After 2^14 draws the margin is 88 deviations.
    """
    buffer = np.empty(1024)

    def sample(theta, key, size):
        buffer[:] = np.random.default_rng(np.asarray(jax.random.key_data(key))).random(size)
        return buffer

    claim = coin_claim(sample=sample, relation="<=", bound=lambda theta: 0.5, delta=0.2, domain={"p": (0.5,)})
    assert run(claim).status is Status.SUPPORTED


# Capacity -------------------------------------------------------------------------------------------------------------


def test_one_claim_cannot_bring_more_neighbours_than_the_error_was_split_for():
    mutants = {f"m{i}": Variant(bound=lambda theta: 0.0) for i in range(3)}
    claim = coin_claim(mutants=mutants)
    for decide in (run_claim, run_neighbours):
        with pytest.raises(ValueError, match="at most 3 claims and variants; got 4"):
            decide(claim, small_budget(max_claims=3), root=ROOT)


# Dtypes ---------------------------------------------------------------------------------------------------------------


def three_tenths(dtype):
    """E X <= .3, drawn as the number of that dtype next to .3, which may lie above it."""
    fields = {
        "sample": lambda theta, key, size: jnp.full((size,), 0.3, dtype),
        "relation": "<=",
        "bound": lambda theta: 0.3,
        "tail": Tail(lower=0.2999, upper=1.0),
        "domain": {"p": (0.5, 0.25)},
        "slack": None,
        "delta": 0,
    }
    return coin_claim(**fields)


@needs_float32
@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_what_a_small_dtype_rounds_is_no_counterexample(dtype, monkeypatch):
    verdict = run(three_tenths(dtype))
    assert verdict.status is Status.NUMERIC
    assert f"returns {jnp.dtype(dtype)} where float64 is asked for" in verdict.note
    monkeypatch.setattr(confirmation, "is_narrow", lambda samples: False)
    assert run(three_tenths(dtype)).status is Status.REFUTED


@needs_float32
def test_what_a_small_dtype_rounds_refutes_no_domain(monkeypatch):
    claim = coin_claim(
        sample=lambda theta, key, size: jnp.full((size,), 0.3),
        sample_each=lambda thetas, key, size: jnp.full((size,), 0.3, jnp.float16),
        relation="<=",
        bound=lambda theta: 0.3,
        tail=Tail(lower=0.2999, upper=1.0),
        slack=None,
        delta=0,
    )
    assert run(claim).status is Status.UNDECIDED
    monkeypatch.setattr(search, "is_narrow", lambda samples: False)
    assert run(claim).status is Status.REFUTED


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (np.array([0.5, 1 / 3]), False),
        (np.array([0.5, 1 / 3], np.float32), True),
        (np.array([0.5], np.float16), True),
        (np.array([7.0, 2047.0], np.float16), False),
        (np.array([7.0, 2048.0], np.float16), True),
        (np.array([3.0, 2.0**23], np.float32), False),
        (np.array([1, 2], np.int8), False),
        (np.array([True]), False),
        (np.asarray(jnp.array([1.0, 255.0], jnp.bfloat16)), False),
        (np.asarray(jnp.array([1.0, 256.0], jnp.bfloat16)), True),
    ],
)
def test_draws_that_a_dtype_may_have_rounded(samples, expected):
    assert is_narrow(samples) is expected


def test_complex_draws_are_refused():
    with pytest.raises(ValueError, match="must return real numbers; got complex"):
        run(coin_claim(sample=lambda theta, key, size: jax.lax.complex(jnp.ones(size), jnp.ones(size))))


# Domains --------------------------------------------------------------------------------------------------------------


def positive(thetas, key, size):
    return jnp.sign(thetas["n"]) * jax.random.bernoulli(key, 0.5, (size,)).astype(jnp.int32)


@pytest.mark.stat(delta=1e-9)
@needs_float32
def test_a_sweep_does_not_wrap_whole_numbers_around():
    """P(heads) >= 1/4 for n > 0, 76 deviations after 2^14 draws; 3 10^9 is a negative int32."""
    fields = {
        "sample": lambda theta, key, size: jax.random.bernoulli(key, 0.5, (size,)),
        "sample_each": CompiledEach(positive),
        "relation": ">=",
        "bound": lambda theta: 0.25,
        "tail": Tail(lower=-1.0, upper=1.0),
    }
    assert run(coin_claim(**fields, domain={"n": (1, 2**31 - 1)})).status is Status.SUPPORTED
    with pytest.raises(ValueError, match="must fit int32; got 3000000000 for 'n'"):
        run(coin_claim(**fields, domain={"n": (1, 3 * 10**9)}))


# Evidence of two parts ------------------------------------------------------------------------------------------------


@pytest.mark.stat(delta=1e-9)
def test_the_evidence_of_a_claim_is_the_mean_of_its_two_parts(monkeypatch):
    """Of two e-values the mean is one, the larger is not: lists at a false discovery rate rest on it.

    The examples are 51 deviations inside of the margin; their evidence is set to 1.
    """
    found = Sweep(refuted=False, log_e=20.0, n=1000)
    monkeypatch.setattr(search, "sweep_domain", lambda *rest, **options: found)
    claim = coin_claim(relation="<=", delta=0.2, sample_each=lambda thetas, key, size: jnp.zeros(size))
    monkeypatch.setattr(search, "merge", lambda logs, most: 0.0)
    verdict = run(claim)
    assert verdict.status is Status.SUPPORTED
    assert verdict.log10_e == pytest.approx((20 - math.log(2)) / math.log(10), abs=1e-8)
    assert verdict.threshold == pytest.approx(small_budget().log_claim_threshold / math.log(10))
