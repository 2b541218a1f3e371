import numpy as np
import pytest

from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import hopping
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(hopping.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


@pytest.mark.parametrize(
    ("num_samples", "share", "ratio"),
    [(5, 1e-4, 0.99923), (15, 1e-4, 0.99727), (40, 1e-4, 0.99234), (40, 1e-3, 0.92773)],
)
def test_hop_ratios(num_samples, share, ratio):
    assert hopping._hop_ratio(num_samples, share, 0.5) == pytest.approx(ratio, abs=1e-5)


def test_hop_rate_of_one_sample_is_exact():
    # With N = 1 every state is a vertex; it changes when a real draw is of the other type: rate alpha 2 p (1-p).
    assert hopping._hop_ratio(1, 0.2, 0.3) == pytest.approx(1.0, rel=1e-12)


def test_absorption_keeps_memory_of_both_sources():
    entry = claim("absorb-law")
    theta = {"N": 5, "alpha_t": "2^-(t+1)", "P, Q_0": ((0.5, 0.5), (0.9, 0.1))}
    c = np.prod(1 - 2.0 ** -np.arange(1, 60))
    np.testing.assert_allclose(entry.bound(theta)[:2], c * np.array([0.9, 0.1]) + (1 - c) * 0.5, rtol=1e-12)
    np.testing.assert_allclose(entry.value(theta)[:2].sum(), 1, rtol=1e-9)
