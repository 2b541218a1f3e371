from fractions import Fraction

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import seddik2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(seddik2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_sum_of_squares_of_one_draw():
    # One draw is a point mass; two draws of a coin agree half of the time.
    theta = {"n": 1, "m": 1, "Q_0": (Fraction(1, 2), Fraction(1, 2))}
    assert claim("seddik-sum-of-squares").bound(theta) == 1
    assert claim("seddik-sum-of-squares").bound({**theta, "n": 2}) == Fraction(3, 4)


def test_least_diversity_of_two_types():
    # The bound of Markov's inequality is 1 at m = 0 for two draws of a coin: both or nothing.
    assert claim("seddik-total-collapse").bound({"n": 2, "m": 0, "P": (0.5, 0.5)}) == 1.0


def test_drift_beside_two_real_samples_by_hand():
    # Real A, B and one synthetic draw: (2/3, 1/3) or back, squared distance 2/36, over G = 1/2.
    theta = {"real": (1, 1), "s": 1, "m": 1}
    assert claim("seddik-partial-law").value(theta) == Fraction(1, 9)


def test_limit_in_closed_form():
    for real, synthetic in ((4, 4), (4, 100), (10, 400)):
        share = Fraction(synthetic, real + synthetic)
        fixed = share**2 / synthetic / (1 - share**2 * (1 - Fraction(1, synthetic)))
        assert Fraction(synthetic, real**2 + (2 * real + 1) * synthetic) == fixed
        total = zd.oracles.reused_real_set_limit(real, synthetic)
        assert total == pytest.approx(1 / real + (1 - 1 / real) * float(fixed), rel=1e-12)


def test_chain_agrees_with_enumeration():
    for generation in (1, 2, 3):
        exact = seddik2024._drift_from_real({"real": (1, 1), "s": 3, "m": generation})
        assert seddik2024._drift_by_chain(2, 3, generation) == pytest.approx(float(exact), abs=1e-13)


def test_loss_beside_two_real_samples():
    value = claim("seddik-synthetic-outnumbers").value({"r": 2, "s": 400, "m": 1000})
    assert value == pytest.approx(0.1996, abs=5e-5)
