import math
from fractions import Fraction

import numpy as np
import pytest

from proofs_numeric.catalogue.literature import gerstgrasser2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(gerstgrasser2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_noise_of_two_fits_by_hand():
    # w_2 is the mean of E_1 and E_1 + E_2.
    assert gerstgrasser2024._noise_of_fits(2) == Fraction(5, 4)
    assert gerstgrasser2024._noise_of_fits(2, accumulate=False) == 2


def _fits(designs, noises):
    """Least squares on all rows so far, labels by the model of the time; w* = 0."""
    weights = np.zeros(designs[0].shape[1])
    labels = []
    for n, (design, noise) in enumerate(zip(designs, noises, strict=True)):
        labels.append(design @ weights + noise)
        weights = np.linalg.lstsq(np.concatenate(designs[: n + 1]), np.concatenate(labels), rcond=None)[0]
    return weights


def test_accumulated_noise_on_one_design_is_weighted_by_one_over_i():
    generator = np.random.default_rng(1)
    design, noises = generator.normal(size=(9, 3)), generator.normal(size=(6, 9))
    weighted = np.linalg.pinv(design) @ (noises / np.arange(1, 7)[:, None]).sum(axis=0)
    np.testing.assert_allclose(_fits([design] * 6, noises), weighted, atol=1e-12)


def test_fresh_designs_add_the_noise_seen_by_all_rows():
    generator = np.random.default_rng(2)
    designs, noises = list(generator.normal(size=(5, 9, 3))), generator.normal(size=(5, 9))
    gram, steps = np.zeros((3, 3)), np.zeros(3)
    for design, noise in zip(designs, noises, strict=True):
        gram = gram + design.T @ design
        steps = steps + np.linalg.solve(gram, design.T @ noise)
    np.testing.assert_allclose(_fits(designs, noises), steps, atol=1e-12)


def test_formulas_of_the_published_setting():
    # d = 10, T = 100: 10/89 per generation, .174131 at the tenth on one design, .184824 in the limit.
    sums = float(gerstgrasser2024._inverse_squares(10))
    assert 10 / 89 * sums == pytest.approx(0.174131, abs=5e-7)
    assert 10 / 89 * math.pi**2 / 6 == pytest.approx(0.184824, abs=5e-7)


def test_the_rational_ceiling_is_below_the_limit():
    ceiling = gerstgrasser2024._BELOW_BASEL
    assert math.pi**2 / 6 - 1e-4 < ceiling < math.pi**2 / 6


def test_both_formulas_of_the_worked_example():
    theta = {"T": 12, "n": 10}
    assert claim("gerstgrasser-fresh-designs").bound(theta) == pytest.approx(0.788, abs=5e-4)
    assert claim("gerstgrasser-fresh-as-one-design").bound(theta) == pytest.approx(0.886, abs=5e-4)
