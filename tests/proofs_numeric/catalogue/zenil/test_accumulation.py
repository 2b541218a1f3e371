import math
from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import accumulation
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(accumulation.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_retained_share_of_the_worked_example():
    entry = claim("accumulate-retained")
    theta = {"n": 10, "t": 50, "P": (0.5, 0.5)}
    assert entry.bound(theta) == pytest.approx(0.8451, abs=5e-5)
    assert entry.bound(theta) - entry.mutants["product from k = 2"].bound(theta) == pytest.approx(-0.094, abs=5e-4)
    assert entry.mutants["replace in place of accumulate"].bound(theta) == pytest.approx(0.005, abs=5e-4)


@pytest.mark.parametrize(("batch", "limit"), [(1, 0.0), (2, 0.358), (3, 0.535), (10, 0.8434)])
def test_limits(batch, limit):
    value = claim("accumulate-collapse").value({"n": batch})
    assert value == pytest.approx(limit, abs=5e-4)
    assert value == pytest.approx(zd.oracles.retained_diversity_accumulate_limit(batch), abs=1e-15)


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_product_by_enumeration(batch):
    half = (Fraction(1, 2), Fraction(1, 2))
    laws = zd.oracles.enumerate_laws(half, [batch] * 4, update="accumulate")
    kept = [2 * law.expectation(lambda q: 1 - sum(x * x for x in q)) for law in laws[1:]]
    product = [math.prod(1 - Fraction(1, batch * k * k) for k in range(1, t + 1)) for t in range(1, 5)]
    assert kept == product


def test_draws_of_the_limit_have_the_range_that_is_declared():
    entry = claim("accumulate-collapse")
    tail = entry.simulate_tail({"n": 3})
    # The remaining factors from generation 20 on: between 1 - sum 1/(n k^2) and 1.
    assert 1 - 1 / (3 * 20) <= tail.upper <= 1
    assert np.isclose(tail.upper * accumulation._product_from(1, 3, 20), entry.value({"n": 3}))
