from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import mixture_lemma
from proofs_numeric.exact.expression_ranges import closed_value
from proofs_numeric.exact.intervals import balls, ends
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(mixture_lemma.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 10), Fraction(1, 2)])
def test_empirical_mixture_of_ten_draws(share):
    theta = {"N": 10, "a": share, "P": Fraction(1, 2), "Q": Fraction(1, 2)}
    assert closed_value(claim("lemma7-empirical-mixture").value(theta)) == Fraction(63, 512)
    assert float(Fraction(63, 512)) == pytest.approx(0.1230, abs=5e-5)


def test_distance_vanishes_although_the_share_does():
    value = claim("lemma7-implies-collapse").value
    for horizon in (1, 10, 1000):
        assert value({"p": 1.0, "T": horizon}) == pytest.approx(1 / (horizon + 1), rel=1e-12)
    assert value({"p": 2.0, "T": 1000}) == pytest.approx(1002 / 2002, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TV", 0.25),
        ("KL", 0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75)),
        ("reverse KL", 0.25 * np.log(0.25 / 0.5) + 0.75 * np.log(0.75 / 0.5)),
        ("chi2", 0.0625 / 0.25 + 0.0625 / 0.75),
        ("reverse chi2", 0.0625 / 0.5 * 2),
        ("Hellinger", 1 - np.sqrt(0.125) - np.sqrt(0.375)),
        ("Jensen-Shannon", 0.5 * (0.5 * np.log(0.5 / 0.375) + 0.5 * np.log(0.5 / 0.625))
         + 0.5 * (0.25 * np.log(0.25 / 0.375) + 0.75 * np.log(0.75 / 0.625))),
    ],
)  # fmt: skip
def test_divergences_of_two_coins(name, value):
    lower, upper = ends(mixture_lemma.divergence(name, balls([0.5, 0.5]), balls([0.25, 0.75])).sum())
    assert lower - 1e-14 <= value <= upper + 1e-14
    assert upper - lower < 1e-14


def test_every_divergence_is_tested_by_hand_and_in_the_claim():
    assert claim("population-fdiv-contraction").domain["D"] == mixture_lemma.DIVERGENCES
