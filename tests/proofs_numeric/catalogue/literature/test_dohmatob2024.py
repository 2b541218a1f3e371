import math

import numpy as np
import pytest
from scipy.special import zeta

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import dohmatob2024, dohmatob2024strong, dohmatob2024tails
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(dohmatob2024.CLAIMS + dohmatob2024tails.CLAIMS + dohmatob2024strong.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_regression_against_the_oracles():
    rows = dohmatob2024._rows({"T": 30, "T_0": 16, "n": 3})[:4]
    assert rows == [16, 16, 16, 30]
    risk = zd.oracles.regression_risk_replace(rows, 4, 1.0)[-1]
    assert claim("dohmatob-replace-adds").bound({"T": 30, "T_0": 16, "n": 3}) == pytest.approx(risk, rel=1e-12)
    lost = zd.oracles.regression_risk_min_norm([3] * 5, 4, 0.0, 1.0)
    for generation in (1, 5):
        bound = claim("dohmatob-overparametrised-exponential").bound({"T": 3, "n": generation})
        assert bound == pytest.approx(lost[generation], abs=1e-12)


def test_error_of_a_cut_law_by_enumeration():
    # Two types left of a Zipf law with beta = 2: p = 6/pi^2 (1, 1/4, ...), generated with probabilities 4/5 and 1/5.
    first = 6 / math.pi**2
    unseen = first * 0.2**3 + first / 4 * 0.8**3
    rest = 1 - first * 1.25
    found = claim("dohmatob-tails-old-law").value({"beta": 2.0, "k": 2, "T": 3})
    assert found == pytest.approx(unseen + rest, abs=1e-12)


def test_the_law_of_complete_data_against_a_long_sum():
    # k = 10^6 of beta = 2 leaves a tail of 6e-7.
    for samples in (10, 10_000):
        error = dohmatob2024tails._seen_error({"beta": 2.0, "k": 1_000_000, "T": samples})
        law = dohmatob2024tails._old_law(2.0, samples)
        assert abs(error - law) < 1 / (math.e * samples) + 1e-6


def test_missing_mass_of_one_sample():
    mass = np.arange(1, 2001) ** -2.0 * 6 / math.pi**2
    direct = float(mass @ (1 - mass) ** 200) + 1 - float(mass.sum())
    found = claim("dohmatob-tails-generations").value({"beta": 2.0, "N": 200, "t": 1})
    assert found == pytest.approx(direct, abs=1e-10)


def test_missing_mass_against_the_marginal_chain():
    mass = np.arange(1, 2001) ** -1.5 / zeta(1.5)
    rest = zeta(1.5, 2001) / zeta(1.5)
    # All rarer types as one, which is left out of the sum and then counted as missing.
    weights = np.append(mass, 0.0)
    chain = zd.oracles.marginal_chain(
        np.append(mass, 1 - mass.sum()), [200] * 5, 0.0, custom={"missing": [(weights, lambda q: 1.0 * (q == 0))]}
    )
    found = claim("dohmatob-tails-generations").value({"beta": 1.5, "N": 200, "t": 5})
    assert found == pytest.approx(chain["missing"][5] + rest, abs=1e-9)


def test_bias_of_one_feature_is_a_beta_moment():
    # The share of the wrong rows' squares is Beta(n_2/2, n_1/2).
    theta = {"N": 1000, "per mille": 10, "d": 1}
    moment = 10 * 12 / (1000 * 1002)
    assert claim("dohmatob-strong-floor").value(theta) == pytest.approx(moment, rel=1e-12)


def test_error_of_the_worked_example():
    theta = {"N": 10_000_000, "per mille": 1, "d": 10}
    entry = claim("dohmatob-strong-more-data")
    assert entry.value(theta) / entry.bound(theta) == pytest.approx(2.0, abs=0.05)
