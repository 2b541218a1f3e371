from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import feng2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

NINE_TO_ONE = (Fraction(9, 10), Fraction(1, 10))


@pytest.mark.parametrize("entry", cases(feng2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_threshold_by_hand():
    entry = claim("feng-majority-threshold")
    assert [entry.value({"phi, psi": NINE_TO_ONE, "p": Fraction(k, 100)}) for k in (89, 90, 91)] == [1, 0, 0]
    assert zd.oracles.verifier_threshold(0.9, 0.1) == pytest.approx(0.9)


def test_accepted_share_by_the_decoder():
    share = feng2024._accepted_share({"phi, psi": NINE_TO_ONE, "p": Fraction(7, 10)})
    decoded = zd.oracles.decode_rejection(np.array([0.2, 0.1, 0.7 / 4, 0.7 * 3 / 4]), [0.9, 0.9, 0.1, 0.1])
    assert float(share) == pytest.approx(decoded[:2].sum(), rel=1e-12)
    assert share == Fraction(27, 34)


def test_refitted_share_by_enumeration():
    # N = 3 accepted draws of odds 3 : 7 times 9.
    theta = {"N": 3, "phi, psi": NINE_TO_ONE, "p": 0.7}
    accepted = Fraction(27, 34)
    law = zd.oracles.multinomial_law((accepted, 1 - accepted), 3)
    mean = sum(weight * Fraction(counts[0], 3) for counts, weight in law.items())
    assert claim("feng-odds-one-round").bound(theta) == pytest.approx(float(mean), rel=1e-12)


@pytest.mark.parametrize(("phi", "psi"), feng2024._TENTHS)
def test_fixed_point_by_the_oracle(phi, psi):
    theta = {"phi, psi": (phi, psi), "alpha": 0.1, "g_P": 0.5}
    expected = zd.oracles.verifier_fixed_point(0.5, float(phi), float(psi), 0.1)
    assert claim("feng-fixed-point").value(theta) == pytest.approx(expected, rel=1e-9)


def test_worked_fixed_point():
    value = claim("feng-fixed-point").value({"phi, psi": NINE_TO_ONE, "alpha": 0.1, "g_P": 0.5})
    assert value == pytest.approx(0.944, abs=5e-4)
    # .8 g^2 - .75 g - .005 = 0 written out: psi - alpha g_P (phi - psi) - (1 - alpha) phi = .1 - .04 - .81.
    assert 0.8 * value**2 - 0.75 * value - 0.005 == pytest.approx(0.0, abs=1e-9)


def test_diversity_of_correct_items_by_enumeration():
    third = Fraction(3, 5)
    laws = zd.oracles.enumerate_laws((third, 1 - third), [3] * 12)
    expected = laws[12].expectation(lambda q: 2 * q[0] * q[1])
    assert feng2024._diversity_of_correct({"N": 3, "t/N": 4}) == pytest.approx(float(expected), rel=1e-10)
    assert claim("feng-diversity").confirm({"N": 3, "t/N": 4}) == pytest.approx(float(expected), rel=1e-10)
