from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import verifiers
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(verifiers.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_twenty_rounds_of_a_weak_verifier():
    theta = {"TPR, FPR": (0.55, 0.45), "x": 0.233, "t": 20}
    assert claim("rem6-odds-law").value(theta) == pytest.approx(0.944, abs=5e-4)
    # Iterated by hand: x <- 11 x / (11 x + 9 (1 - x)).
    share = Fraction(233, 1000)
    for _ in range(20):
        share = 11 * share / (11 * share + 9 * (1 - share))
    assert claim("rem6-odds-law").value(theta) == pytest.approx(float(share), abs=1e-12)


def test_item_errors_by_hand():
    # Items 6, 3, 1 correct and 5, 4, 1 wrong; V holds items 0, 1 and 3.
    names = list(verifiers._ACCEPTED)
    found = claim("rem6-item-errors").value({"V": names[0], "t": 5})
    np.testing.assert_allclose(found, [6 / 14, 3 / 14, 0, 5 / 14, 0, 0, 9 / 14], atol=1e-14)


@pytest.mark.parametrize(("num_samples", "probability"), [(10, 0.5665), (100, 0.9997)])
def test_fixation_of_the_worked_example(num_samples, probability):
    theta = {"N": num_samples, "x": 0.2, "TPR, FPR": (0.55, 0.45)}
    entry = claim("rem6-finite-n-good")
    assert entry.value(theta) == pytest.approx(probability, abs=5e-5)
    assert entry.confirm(theta) == pytest.approx(entry.value(theta), abs=1e-10)
    if num_samples == 10:
        assert entry.controls["Kimura's diffusion within .02"].bound(theta) == pytest.approx(0.5620, abs=5e-5)


def test_fixation_of_one_sample_is_its_first_draw():
    theta = {"N": 1, "x": 0.2, "TPR, FPR": (0.55, 0.45)}
    assert claim("rem6-finite-n-good").value(theta) == pytest.approx(0.11 / (0.11 + 0.36), rel=1e-12)


def test_fixation_probability_is_harmonic():
    # What the simulation averages must not drift from one generation to the next.
    reached = verifiers._fixation(10, (0.55, 0.45))
    matrix = zd.oracles.verifier_matrix(10, 0.55, 0.45)
    np.testing.assert_allclose(matrix @ reached, reached, atol=1e-12)
    assert reached[0] == pytest.approx(0, abs=1e-15)
    assert reached[-1] == pytest.approx(1)


def test_drift_inside_by_hand():
    # N = 2, three types, the last one wrong; the model (1/4, 1/4, 1/2) accepts each correct one with equal odds.
    theta = {"N": 2, "K": 3, "r": 4, "TPR": Fraction(1, 2)}
    models = verifiers._models(theta)
    values = claim("rem6-drift-inside").value(theta)
    # Two draws of a fair coin differ with probability 1/2, and then G = 1/2.
    assert values[models.index((1, 1, 2))] == Fraction(1, 4)
    assert values[models.index((3, 0, 1))] == 0
