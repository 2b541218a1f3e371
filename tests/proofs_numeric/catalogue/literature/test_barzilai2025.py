import math
from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import barzilai2025
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(barzilai2025.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_enumerated_error_by_the_product():
    half = (Fraction(1, 2), Fraction(1, 2))
    law = zd.oracles.enumerate_laws(half, [2] * 3, update="accumulate")[-1]
    error = 2 * law.expectation(lambda q: sum((x - Fraction(1, 2)) ** 2 for x in q))
    assert error == 1 - Fraction(1, 2) * Fraction(7, 8) * Fraction(17, 18)
    assert error < claim("barzilai-price-exact").bound({"n": 2, "T": 3, "P": half}) == Fraction(49, 72)


@pytest.mark.parametrize(("size", "price"), [(10, 1.566), (1, 1.0), (10_000, 1.6448)])
def test_price_in_the_long_run(size, price):
    assert claim("barzilai-price").value({"n": size, "T": 100_000}) == pytest.approx(price, abs=5e-4)
    kept = zd.oracles.retained_diversity_accumulate_limit(size)
    assert size * (1 - kept) == pytest.approx(price, abs=5e-4)


def test_error_by_the_recursion_and_by_the_sine():
    entry, theta = claim("barzilai-fixed-batch"), {"n": 10, "T": 100_000}
    assert entry.value(theta) == pytest.approx(entry.confirm(theta), rel=1e-9)
    assert entry.value(theta) == pytest.approx(0.157, abs=5e-4)


def test_exponential_family_by_moments_of_gamma():
    # Two generations of one draw: m_1 ~ Exp(1), m_2 = (m_1 + x)/2 with x ~ Exp of mean m_1.
    # E (m_2 - 1)^2 = Var m_1 + E m_1^2/4 = 1 + 2/4.
    theta = {"family": "exponential", "n": 1, "T": 2}
    assert claim("barzilai-price-families").value(theta) == pytest.approx(1.5, rel=1e-12)
    assert claim("barzilai-price-families").bound(theta) == pytest.approx(1.5, rel=1e-12)


def test_bernoulli_family_by_enumeration():
    target = (Fraction(3, 10), Fraction(7, 10))
    law = zd.oracles.enumerate_laws(target, [2] * 3, update="accumulate")[-1]
    error = law.expectation(lambda q: (q[0] - target[0]) ** 2) / (target[0] * target[1])
    theta = {"family": "bernoulli", "n": 2, "T": 3}
    assert claim("barzilai-price-families").value(theta) == pytest.approx(2 * float(error), rel=1e-12)
    assert claim("barzilai-price-families").bound(theta) == pytest.approx(2 * float(error), rel=1e-12)


@pytest.mark.parametrize(("size", "price"), [(1, 2.676), (10, 1.729)])
def test_price_of_an_exponential_law(size, price):
    x = math.pi / math.sqrt(size)
    assert size * (math.sinh(x) / x - 1) == pytest.approx(price, abs=1e-3)
    value = claim("barzilai-price-six").value({"family": "exponential", "n": size, "T": 2000})
    # The factors after T = 2000 are missing: a relative 1/(n T) of the product.
    assert value == pytest.approx(price, abs=3e-3)
    assert value > math.pi**2 / 6
