from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import population
from proofs_numeric.exact.expression_ranges import closed_value
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(population.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("generation", [1, 2, 5, 40])
def test_remaining_distance_telescopes(generation):
    quadratic, harmonic = Fraction(1), Fraction(1)
    for s in range(generation):
        quadratic *= 1 - Fraction(1, (s + 2) ** 2)
        harmonic *= 1 - Fraction(1, s + 2)
    assert quadratic == Fraction(generation + 2, 2 * (generation + 1))
    assert harmonic == Fraction(1, generation + 1)
    assert population.remaining_distance("(s+2)^-2", generation) == float(quadratic)
    assert population.remaining_distance("1/(s+2)", generation) == float(harmonic)


@pytest.mark.parametrize("name", population.SCHEDULES)
def test_closed_forms_are_products_of_the_schedule(name):
    shares = population._shares(name, 9)
    assert population.remaining_distance(name, 9) == pytest.approx(float(np.prod(1 - shares)), rel=1e-12)


def test_an_infinite_sample_keeps_half_of_the_distance_under_a_summable_share():
    theta = {"schedule": "(s+2)^-2", "K": 2, "laws": "uniform, point", "t": 1000}
    distance = abs(claim("prop1-population-schedule").value(theta)[0] - 0.5) / 0.5
    assert distance == pytest.approx(1002 / 2002, abs=1e-12)


def test_two_draws_at_half_share_by_hand():
    # N = 2, a = 1/2, P = (1/4, 3/4), Q_0 = (1, 0): E Q_1 = (5/8, 3/8) whichever scheme.
    for scheme in ("A", "B"):
        theta = {"scheme": scheme, "K": 2, "N": 2, "a": Fraction(1, 2), "Q0": "point", "t": 1}
        assert list(map(closed_value, claim("prop1-mean-finite-n").value(theta))) == [Fraction(5, 8), Fraction(3, 8)]


def test_both_schemes_are_in_the_domain_of_the_mean():
    schemes = [theta["scheme"] for theta in claim("prop1-mean-finite-n").examples()]
    assert schemes.count("A") > 50
    assert schemes.count("B") > 50


@pytest.mark.parametrize(("scheme", "share"), [("A", Fraction(1, 3)), ("B", Fraction(1, 3))])
def test_the_longest_horizon_is_enumerated(scheme, share):
    horizons = [t["t"] for t in claim("prop1-mean-finite-n").examples() if t["scheme"] == scheme and t["a"] == share]
    assert max(horizons) == 8
