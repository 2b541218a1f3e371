import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import temperature
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(temperature.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize("tau", [0.8, 1.25])
def test_iterates_against_the_decoded_loop(tau):
    theta = {"tau": tau, "t": 4, "alpha": 0.2, "Q_0": temperature._STARTS[0]}
    path = zd.oracles.tempered_population(theta["Q_0"], [tau] * 4)
    np.testing.assert_allclose(claim("thm2-temperature-infinite").value(theta)[:-1], path[-1], rtol=1e-12)


@pytest.mark.parametrize(("tau", "share"), [(0.8, 0.2), (0.7, 0.2), (1.25, 0.5)])
def test_growth_against_a_small_deviation(tau, share):
    theta = {"tau": tau, "t": 1, "alpha": share, "Q_0": temperature._STARTS[1]}
    growth = claim("thm2-temperature-infinite").value(theta)[-1]
    assert growth == pytest.approx(zd.oracles.temperature_growth_factor(tau, share), rel=1e-12)
    # Above 1 a small deviation grows in the loop itself, below it shrinks.
    start = np.full(4, 0.25) + 1e-4 * (np.array(temperature._STARTS[1]) - 0.25)
    after = zd.oracles.decoded_population(
        np.full(4, 0.25), [share], lambda probs: zd.oracles.decode_temperature(probs, tau), initial=start
    )[-1]
    assert np.abs(after - 0.25).max() / np.abs(start - 0.25).max() == pytest.approx(growth, rel=1e-4)


def test_threshold_is_where_the_growth_is_one():
    theta = {"tau": zd.oracles.temperature_threshold(0.2), "t": 1, "alpha": 0.2, "Q_0": temperature._STARTS[0]}
    assert claim("thm2-temperature-infinite").value(theta)[-1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("num_samples", "power", "entropy"), [(20, 0.9, 0.01868), (100, 0.9, 0.66380), (100, 0.98, 0.02743)]
)
def test_the_same_power_collapses_or_not(num_samples, power, entropy):
    value = claim("thm2-temperature-preserves").value({"N": num_samples, "b": power})
    assert value == pytest.approx(entropy, abs=5e-6)


def test_without_temperature_diversity_falls_by_the_law_of_drift():
    shares = np.arange(21) / 20
    kept = temperature._count_law(20, 1.0, 12) @ (shares * (1 - shares)) / 0.21
    assert kept == pytest.approx(0.95**12, rel=1e-12)
