import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.special import eval_gegenbauer

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import benati2025
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(benati2025.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_mean_of_two_equal_types():
    value = claim("benati-mean-identity").value({"P": (0.5, 0.5)})
    assert value == pytest.approx(math.log(2), rel=1e-9)


def test_mean_by_the_oracle():
    shares = (0.4, 0.3, 0.2, 0.1)
    expected = zd.oracles.loss_time_diffusion(40, shares) / 80
    assert claim("benati-mean-identity").bound({"P": shares}) == pytest.approx(expected, rel=1e-12)


def test_all_present_by_enumeration():
    third = Fraction(1, 3)
    laws = zd.oracles.enumerate_laws((third,) * 3, [4] * 3)
    expected = [float(law.expectation(lambda q: int(min(q) > 0))) for law in laws[1:]]
    np.testing.assert_allclose(benati2025._all_present(4, (1 / 3,) * 3, 3), expected, rtol=1e-12)
    assert expected[0] == pytest.approx(36 / 81)


def limit_of_two_equal_types(time: float) -> float:
    """P(both present) of the diffusion x(1-x)/2 d^2/dx^2 from 1/2: series in x (1-x) C_n(1-2x) of order 3/2.

    The constant 1 has coefficients 4 (2n+3)/((n+1)(n+2)), even n: the norm is (n+1)(n+2)/(8n+12), its integral 1.
    """
    terms = [
        4 * (2 * n + 3) / ((n + 1) * (n + 2)) * eval_gegenbauer(n, 1.5, 0.0) * math.exp(-(n + 1) * (n + 2) / 2 * time)
        for n in range(0, 60, 2)
    ]
    return math.fsum(terms) / 4


def test_gap_of_two_types_does_not_vanish_in_the_limit():
    assert limit_of_two_equal_types(1.0) == pytest.approx(0.5497, abs=5e-5)
    assert limit_of_two_equal_types(1.0) == pytest.approx(1.5 * math.exp(-1) - 0.875 * math.exp(-6), abs=1e-6)
    times = np.linspace(0.2, 3, 281)
    gaps = [limit_of_two_equal_types(t) - math.expm1(-1 / t) ** 2 for t in times]
    assert max(gaps) == pytest.approx(0.158, abs=5e-4)
    # The chain comes near: N = 400 draws at t = N.
    assert benati2025._all_present(400, (0.5, 0.5), 400)[-1] == pytest.approx(limit_of_two_equal_types(1.0), abs=5e-3)


@pytest.mark.parametrize(("size", "shares", "gap"), [(10, 2, 0.066), (40, 2, 0.128), (100, 2, 0.144), (40, 3, 0.028)])
def test_gaps_of_the_note(size, shares, gap):
    value = claim("benati-law-within").value({"P": (1 / shares,) * shares, "N": size})
    assert value == pytest.approx(gap, abs=6e-4)


def test_means_of_the_note():
    entry = claim("benati-mean-exact")
    assert entry.value({"P": (1 / 3,) * 3, "N": 40}) == pytest.approx(0.9411, abs=5e-5)
    assert entry.value({"P": (1 / 3,) * 3, "N": 10}) == pytest.approx(
        entry.confirm({"P": (1 / 3,) * 3, "N": 10}), rel=1e-7
    )


def test_tail_rate_by_the_oracle():
    theta = {"N": 10, "P": (1 / 3,) * 3}
    assert claim("benati-tail-rate").bound(theta) == pytest.approx(zd.oracles.loss_time_tail_rate(10, 3), rel=1e-12)
    assert claim("benati-tail-rate").bound(theta) == pytest.approx(0.72)
