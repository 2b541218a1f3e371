import math

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import bertrand2023
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(bertrand2023.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("number", "expected"), [(2, math.sqrt(2 / math.pi)), (5, 0.9400), (10, 0.9727)])
def test_mean_ratio_is_the_tabulated_constant(number, expected):
    assert bertrand2023._mean_ratio(number, number - 1) == pytest.approx(expected, abs=5e-5)


def test_bounds_and_probability_of_the_worked_example():
    theta = {"N": 10, "eps": 0.1, "t": 100}
    entry = claim("bertrand-scale-survival")
    assert entry.value(theta) == pytest.approx(0.08156, abs=5e-6)
    assert entry.bound(theta) == pytest.approx(0.625, abs=5e-4)
    assert entry.bound(theta) == pytest.approx(
        zd.oracles.scale_survival_bounds([10] * 100, 0.1, divisor="unbiased").markov[-1], rel=1e-12
    )


def test_survival_of_one_generation_by_chi_square():
    from scipy.stats import chi2

    value = claim("bertrand-scale-survival").value({"N": 5, "eps": 0.5, "t": 1})
    assert value == pytest.approx(chi2(4).sf(4 * 0.25), abs=1e-11)


def test_one_retraining_by_quadrature():
    # Moments of .4 N(0, 1) + .6 N(-3, 4) on a fine grid: lambda = 1.5.
    grid = np.linspace(-40, 40, 400_001)
    density = 0.4 * np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi)
    density += 0.6 * np.exp(-((grid + 3) ** 2) / 8) / math.sqrt(8 * math.pi)
    moments = [float(np.sum(grid**k * density) * (grid[1] - grid[0])) for k in (1, 2)]
    value = claim("bertrand-stability-rate").value({"lambda": 1.5, "mu, v": (-3.0, 4.0), "t": 1})
    np.testing.assert_allclose(value, moments, rtol=1e-9)


def test_floor_by_a_second_recursion():
    theta = {"N": 10, "alpha": 0.1, "t": 3000}
    entry = claim("bertrand-finite-sample-floor")
    index = zd.oracles.fixation_index([10] * 3000, 0.1)[-1]
    assert entry.value(theta) == pytest.approx(index, rel=1e-12)
    assert entry.bound(theta) == pytest.approx(0.3690036900, abs=1e-10)
