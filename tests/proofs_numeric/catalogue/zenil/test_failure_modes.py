import numpy as np
import pytest
from scipy import stats

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import failure_modes
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(failure_modes.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(("num_samples", "bandwidth"), [(10, 0.3), (2, 1.0)])
def test_spread_and_drift_from_two_scalars(num_samples, bandwidth):
    # W and A by themselves: W' = (1 - 1/N)(W + h^2), A' = A + (W + h^2)/N.
    spread, mean_square, square = 1 - bandwidth**2, 0.0, bandwidth**2
    for _ in range(3000):
        before = mean_square
        mean_square += (spread + square) / num_samples
        spread = (1 - 1 / num_samples) * (spread + square)
    theta = {"N": num_samples, "h": bandwidth, "T": 3000}
    assert claim("thm4-kde-drift").value(theta) == pytest.approx([spread, mean_square - before], abs=1e-9)
    assert claim("thm4-kde-drift").bound({"N": 10, "h": 0.3}) == pytest.approx([0.810, 0.09])


def test_second_moment_has_a_closed_form_at_a_constant_share():
    # S* = V + h^2/alpha.
    theta = {"alpha_t": "0.2", "T": 500, "h": 0.3}
    assert claim("thm4-kde-linear-share").value(theta) * 500 == pytest.approx(1 + 0.09 / 0.2, rel=1e-12)


@pytest.mark.parametrize(
    ("loop", "loses_spread", "wanders"),
    [
        ("tabular", True, False),
        ("add .1", False, False),
        ("fixed variance", False, True),
        ("kernel density, h = .3", False, True),
        ("unbiased gaussian", True, True),
    ],
)
def test_which_loop_fails_how(loop, loses_spread, wanders):
    deviation, mean_square = failure_modes.modes({"loop": loop, "N": 10, "T": 400})
    assert (deviation <= 0.01) == loses_spread
    assert (mean_square >= 5) == wanders


@pytest.mark.parametrize(("loop", "pseudocount"), [("tabular", 0.0), ("add .1", 0.1)])
def test_chain_of_two_types_by_enumeration(loop, pseudocount):
    law = zd.oracles.enumerate_laws([0.5, 0.5], [3] * 3, pseudocount=pseudocount, rational=False)[-1]
    deviation = law.expectation(lambda q: 2 * np.sqrt(max(q[0] * q[1], 0.0)))
    mean_square = law.expectation(lambda q: 4 * (q[0] - 0.5) ** 2)
    found = failure_modes.modes({"loop": loop, "N": 3, "T": 3})
    np.testing.assert_allclose(found, [deviation, mean_square], rtol=1e-12)


def test_expected_deviation_of_the_unbiased_gaussian():
    deviation, mean_square = failure_modes.modes({"loop": "unbiased gaussian", "N": 10, "T": 2})
    assert deviation == pytest.approx((stats.chi.mean(9) / 3) ** 2, rel=1e-12)
    assert mean_square == pytest.approx(0.2)
