import numpy as np
import pytest

from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import noise_variance
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict

MILLION = 1_000_000


@pytest.mark.parametrize("entry", cases(noise_variance.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("claim_id", "share", "value", "tolerance"),
    [
        ("thm4-linear-any-rate", "1/(t+1)", 1 / 3, 1e-5),
        ("thm4-linear-any-rate", "(t+1)^-1/2", 0.0005, 1e-6),
        ("thm4-linear-any-rate", "1/log(t+3)", 7e-6, 5e-7),
        ("thm4-linear-iff-bounded", "1/(k+1) at t=2^k, else 0", 0.903, 5e-4),
        ("thm4-slow-rate-law", "(t+1)^-1/2", 1.0003, 1e-4),
        ("thm4-slow-rate-law", "1/log(t+3)", 1.038, 1e-3),
    ],
)
def test_published_values_at_a_million(claim_id, share, value, tolerance):
    assert claim(claim_id).value({"alpha_t": share, "T": MILLION}) == pytest.approx(value, abs=tolerance)


def test_alternating_shares_break_the_slow_rate_law():
    value = claim("thm4-slow-rate-law").value
    found = [value({"alpha_t": "(t+1)^-1/2 halved at odd t", "T": horizon}) for horizon in (MILLION, MILLION + 1)]
    np.testing.assert_allclose(found, [4 / 3, 2 / 3], rtol=1e-3)


def test_floor_is_attained_by_constant_shares():
    entry = claim("thm4-ar1-diverges")
    theta = {"T": 1000, "a": 0.5, "alpha_t": "0.5"}
    assert entry.value(theta) == pytest.approx(4 / 3, rel=1e-12)
    assert entry.bound(theta) == pytest.approx(4 / 3, rel=1e-12)


def test_recursion_against_a_direct_sum():
    shares = np.array([0.3, 0.0, 1.0, 0.2, 0.7])
    direct = sum(np.prod((1 - shares[s + 1 :]) ** 2) for s in range(5))
    assert recursions.affine(np.ones(5), (1 - shares) ** 2) == pytest.approx(direct, rel=1e-14)
    assert recursions.affine_path(np.ones(5), (1 - shares) ** 2)[-1] == pytest.approx(direct, rel=1e-14)
