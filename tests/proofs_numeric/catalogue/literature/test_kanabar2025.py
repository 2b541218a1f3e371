from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import kanabar2025
from proofs_numeric.catalogue.loops import named_schedules
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(kanabar2025.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_enumerated_error_by_hand():
    # One real draw x of a fair coin, then one draw y of half P, half x: estimate = x + (1/2)/(5/4) (y - x).
    theta = {"n": 1, "T": 1, "alpha": Fraction(1, 2), "P": Fraction(1, 2)}
    # y = x with probability 3/4, else the estimate is 3/5 or 2/5, at a tenth from 1/2.
    error = (Fraction(3, 4) * Fraction(1, 4) + Fraction(1, 4) * Fraction(1, 100)) * 4
    assert claim("kanabar-effective-size").value(theta) == error
    assert error < claim("kanabar-effective-size").bound(theta) == Fraction(4, 5)


@pytest.mark.parametrize("schedule", kanabar2025._LONG)
def test_error_by_martingale_differences(schedule):
    theta = {"alpha_t": schedule, "n": 10, "T": 100}
    shares = named_schedules.shares(schedule, 100)
    index = zd.oracles.debiased_index([10] * 100, shares, num_initial=10)[-1]
    expected = index * 10 * (1 + np.sum(shares**2))
    assert claim("kanabar-effective-size-long").value(theta) == pytest.approx(expected, rel=1e-10)


def test_long_and_enumerated_errors_agree():
    exact = claim("kanabar-effective-size").value({"n": 3, "T": 3, "alpha": Fraction(1, 10), "P": Fraction(1, 5)})
    scaled = claim("kanabar-effective-size-long").value({"n": 3, "T": 3, "alpha_t": "0.1"})
    assert float(exact) * 3 * (1 + 3 * 0.01) == pytest.approx(scaled, rel=1e-12)


def test_pooled_error_by_the_oracle():
    theta = {"n": 10, "alpha": 0.1, "T": 1000}
    assert claim("kanabar-pooled").value(theta) == pytest.approx(claim("kanabar-pooled").confirm(theta), rel=1e-10)


def test_pooled_error_falls_by_its_power():
    value = claim("kanabar-pooled").value
    ratio = value({"n": 10, "alpha": 0.1, "T": 100_000}) / value({"n": 10, "alpha": 0.1, "T": 10_000})
    assert np.log10(ratio) == pytest.approx(-0.2, abs=2e-3)
