from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import scope, variance_amplification
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(scope.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_stationary_loss_with_a_tenth_of_a_real_draw():
    value = claim("thm5-converse-tabular").value({"N": 100, "alpha": Fraction(1, 1000)})
    assert float(value) == pytest.approx(0.8348, abs=5e-5)


def test_second_moment_of_the_exponential_family():
    entry = claim("thm5-converse-expfam")
    theta = {"v2": Fraction(1), "N": 5, "alpha": Fraction(1, 20)}
    factor = entry.value(theta)
    assert float(factor) == pytest.approx(1.102, abs=5e-5)
    spread = 0.0
    path = []
    for _ in range(60):
        spread = float(factor) * spread + 1 / 5
        path.append(spread)
    assert path[9] == pytest.approx(3.218, abs=5e-4)
    assert path[59] == pytest.approx(664, abs=1)
    # The critical share, .10436, separates the factors; v2/(2N) = .1 is its first order only.
    critical = [entry.value({**theta, "alpha": Fraction(share, 100_000)}) for share in (10_435, 10_437)]
    assert critical[0] > 1 > critical[1]


@pytest.mark.parametrize(("generation", "square", "rel"), [(100, 12.45, 1e-3), (1000, 6e7, 0.05)])
def test_unbiased_second_moment_explodes_at_one_percent(generation, square, rel):
    path = variance_amplification._gaussian_mean_squares(10, [0.01] * generation, unbiased=True)
    assert path[-1][0] == pytest.approx(square, rel=rel)


@pytest.mark.parametrize("num_samples", [2, 10, 100])
@pytest.mark.parametrize("share", [0.3, 0.06, 0.05, 0.01, 0.005, 0.001])
def test_spectral_radius_agrees_with_the_criterion(num_samples, share):
    stable = num_samples * share * (2 - share) > 1 - share
    assert (scope._spectral_radius({"N": num_samples, "alpha": share}) < 1) == stable
    assert (share > zd.oracles.unbiased_critical_fraction(num_samples)) == stable


def test_bursts_refill_and_collapse_in_turn():
    row = named_schedules.shares("1 into t=2^k, else 0", 1024)
    path = recursions.affine_path(*recursions.pair_probability(np.full(1024, 20.0), row))
    np.testing.assert_allclose(path[[64, 128, 256, 512]], 0.05, rtol=1e-12)
    np.testing.assert_allclose(path[[127, 255]], [0.9625, 0.9986], atol=5e-5)
