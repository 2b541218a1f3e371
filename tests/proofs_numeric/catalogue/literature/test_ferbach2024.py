import math
from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import ferbach2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(ferbach2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("num_candidates", [2, 3])
def test_curated_law_by_the_oracle(num_candidates):
    probs, weights = (Fraction(1, 2), Fraction(3, 10), Fraction(1, 5)), (Fraction(1), Fraction(2), Fraction(4))
    kept = ferbach2024._curated(probs, weights, num_candidates)
    expected = zd.oracles.decode_curation([0.5, 0.3, 0.2], np.log([1.0, 2.0, 4.0]), num_candidates)
    np.testing.assert_allclose([float(p) for p in kept], expected, rtol=1e-10)
    assert sum(kept) == 1


def test_rise_by_hand():
    # Two items of weights 1 and 2, half each: the heavier one is kept with probability 1/4 + 1/2 2/3.
    theta = {"p": (Fraction(1, 2),) * 2, "e^r": (Fraction(1), Fraction(2)), "K": 2}
    entry = claim("ferbach-reward-rises")
    assert entry.value(theta) == Fraction(7, 12) - Fraction(1, 2)
    assert entry.bound(theta) == Fraction(1, 2) * Fraction(1, 4) / 2


def test_bound_by_the_oracle():
    theta = {"N": 20, "p": (0.5, 0.3, 0.2), "K": 4}
    gain = zd.oracles.curation_gain_bound([0.5, 0.3, 0.2], np.log([1.0, 2.0, 4.0]), 4)
    assert claim("ferbach-reward-rises-draws").bound(theta) == pytest.approx(1.9 + gain, rel=1e-9)


def test_limit_keeps_proportions_of_the_best():
    value = claim("ferbach-limit").value({"p_0": (0.5, 0.3, 0.2), "r": (1.0, 1.0, 0.0), "K": 2, "t": 200})
    np.testing.assert_allclose(value, [0.625, 0.375, 0.0], atol=1e-12)


def test_factor_is_the_fixed_point_of_its_map():
    theta = {"lambda": 0.5, "K": 2, "P, r": ((0.5, 0.5), (0.0, 1.0))}
    factor = 1.0
    for _ in range(200):
        factor = (1 + 0.5 * 2 * factor) / 1.5
    assert math.exp(claim("ferbach-real-data-factor").bound(theta)) == pytest.approx(factor, rel=1e-12)


def test_rare_favourite_nearly_reaches_the_factor():
    theta = {"lambda": 0.5, "K": 2, "P, r": ((0.999999, 0.000001), (0.0, 8.0))}
    entry = claim("ferbach-real-data-factor")
    assert 0.99 < entry.value(theta) / entry.bound(theta) < 1


def test_divergence_is_below_the_largest_log_ratio():
    target = np.array([0.5, 0.3, 0.2])
    law = target
    for _ in range(200):
        law = target / 1.5 + zd.oracles.decode_curation(law, [0.0, 1.0, 2.0], 2) / 3
    theta = {"lambda": 0.5, "K": 2, "P, r": ((0.5, 0.3, 0.2), (0.0, 1.0, 2.0))}
    divergence = float(law @ np.log(law / target))
    assert 0.01 < divergence <= claim("ferbach-real-data-factor").value(theta)
