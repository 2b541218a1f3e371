import math

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import he2025
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

GOLDEN = (math.sqrt(5) - 1) / 2


@pytest.mark.parametrize("entry", cases(he2025.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_best_weight_by_the_oracle():
    assert he2025._best_weight({"n": 10, "m": 10}) == pytest.approx(GOLDEN, rel=1e-12)
    assert he2025._best_weight({"n": 10, "m": 5}) == pytest.approx(zd.oracles.optimal_real_weight(10, 5), rel=1e-12)


@pytest.mark.parametrize("weight", [0.3, 0.5, 1.0])
def test_error_at_a_weight_by_the_oracle(weight):
    theta = {"n": 10, "m": 5, "w": weight}
    expected = 10 * zd.oracles.weighted_mean_stationary_variance(10, 5, weight)
    assert claim("he-best-weight").value(theta) == pytest.approx(expected, rel=1e-9)
    assert claim("he-weighted-draws").bound(theta) == pytest.approx(expected, rel=1e-12)


def test_two_generations_by_hand():
    # w = 1/2, n = m = 1 from v = 0: 1/4 + 1/4, then 1/4 + (1/2 + 1)/4.
    path = zd.oracles.weighted_mean_variance(1, 1, 0.5, 2)
    assert path[-1] == pytest.approx(0.625)
    # The fixed point of v = 1/2 + v/4.
    assert he2025._late_variance({"n": 1, "m": 1}, 0.5) == pytest.approx(2 / 3, rel=1e-12)


@pytest.mark.parametrize(("size", "weight"), [(2, 0.5616), (10, 0.6073), (100, 0.6170)])
def test_fitted_optimum_on_a_grid_of_long_runs(size, weight):
    theta = {"n": size, "m": size}
    assert he2025._fitted_weight(theta) == pytest.approx(weight, abs=5e-5)
    grid = weight + np.linspace(-0.02, 0.02, 41)
    late = [zd.oracles.fixation_index_weighted([2 * size] * 200, size, float(w))[-1] for w in grid]
    assert grid[np.argmin(late)] == pytest.approx(weight, abs=1e-3)


def test_loss_by_the_golden_ratio():
    theta = {"n": 2, "m": 2}
    entry = claim("he-golden-fitted")
    assert entry.value(theta) / entry.bound(theta) == pytest.approx(1.0140, abs=5e-5)
    assert entry.value(theta) == pytest.approx(entry.confirm(theta), rel=1e-12)
