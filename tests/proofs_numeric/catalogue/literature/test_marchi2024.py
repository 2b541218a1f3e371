from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import marchi2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(marchi2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_closed_loop_by_the_oracle():
    start, theta = np.array([0.5, 0.3, 0.2]), {"tau": 0.7, "gamma": 0.3}
    law = start
    for _ in range(5):
        law = marchi2024._closed_loop(law, theta, 0.2)
    path = zd.oracles.decoded_population(
        np.full(3, 1 / 3),
        np.full(5, 0.2),
        lambda probs: zd.oracles.decode_temperature(probs, 0.7),
        initial=start,
        replaced_fraction=np.full(5, 0.3),
    )
    np.testing.assert_allclose(law, path[-1], rtol=1e-12)


def test_growth_factor_by_the_oracle():
    theta = {"tau": 0.8, "eta": 0.2, "gamma": 0.1, "K": 10}
    assert claim("marchi-threshold").value(theta) == pytest.approx(
        zd.oracles.temperature_growth_factor(0.8, 0.2, 0.1), rel=1e-12
    )
    assert claim("marchi-threshold").value(theta) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(("items", "eta", "fold"), [(10, 0.2, 0.8561), (4, 0.5, 0.535), (3, 0.2, 0.8077)])
def test_fold_by_the_oracle(items, eta, fold):
    found = marchi2024._fold({"K": items, "eta": eta})
    assert found == pytest.approx(fold, abs=5e-5)
    assert found == pytest.approx(zd.oracles.temperature_fold(items, eta), rel=1e-8)
    # One favoured item holds on longest.
    assert found > max(zd.oracles.temperature_fold(items, eta, num_favoured=j) for j in range(2, items))


def test_law_that_is_left_between_the_two_temperatures_is_a_fixed_point():
    theta = {"K": 10, "eta": 0.2, "gamma": 1.0, "above": 0.01}
    share = claim("marchi-threshold-everywhere").confirm(theta) + 0.1
    law = np.array([share] + [(1 - share) / 9] * 9)
    np.testing.assert_allclose(marchi2024._closed_loop(law, {"tau": 0.81, "gamma": 1.0}, 0.2), law, rtol=1e-9)
    assert claim("marchi-threshold-everywhere").value(theta) == pytest.approx(share - 0.1, rel=1e-9)
    assert share > 0.5


def test_neutral_drift_by_hand():
    # One draw of a fair coin, half remembered: (3/4, 1/4) or (1/4, 3/4), with diversity 3/8 = (1 - 1/4) 1/2.
    theta = {"N": 1, "gamma": Fraction(1, 2), "d_0": (Fraction(1, 2),) * 2}
    assert claim("marchi-neutral-drift").value(theta) == Fraction(3, 8) == claim("marchi-neutral-drift").bound(theta)


@pytest.mark.parametrize(("size", "expected"), [(50, 0.0208), (20, 0.0153)])
def test_entropy_of_the_simulated_loop_by_its_chain(size, expected):
    law = zd.oracles.decoded_count_laws(
        [0.6, 0.4], [size] * 20, 0.0, lambda probs: zd.oracles.decode_temperature(probs, 0.8)
    )[-1]
    shares = np.arange(1, size) / size
    entropy = float(-law[1:-1] @ (shares * np.log(shares) + (1 - shares) * np.log1p(-shares)))
    assert entropy == pytest.approx(expected, abs=5e-5)
    assert entropy < claim("marchi-low-temperature-draws").bound({"N": size, "tau": 0.8})
