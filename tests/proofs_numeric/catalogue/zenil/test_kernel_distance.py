import numpy as np
import pytest
from scipy import integrate, stats

import zenil_dynamics as zd
from proofs_numeric.catalogue.registry import claim
from proofs_numeric.catalogue.zenil import kernel_distance
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(kernel_distance.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def _embedding(x: float) -> float:
    """E_y k(x, y) by quadrature."""
    return integrate.quad(lambda y: np.exp(-((x - y) ** 2) / 2) * stats.norm.pdf(y), -12, 12)[0]


@pytest.mark.parametrize("points", [[0.3], [0.3, -1.2, 2.0], [0.5, 0.5, -0.5, 0.1, 1.7]])
def test_discrepancy_against_quadrature(points):
    state = zd.KernelDensity(points, bandwidth=0.0, capacity=20)
    x = np.array(points)
    among = np.exp(-((x[:, None] - x[None, :]) ** 2) / 2).mean()
    across = np.mean([_embedding(point) for point in points])
    alike = integrate.quad(lambda y: _embedding(y) * stats.norm.pdf(y), -12, 12)[0]
    found = float(kernel_distance._discrepancy(state, zd.Gaussian()))
    assert found == pytest.approx(among - 2 * across + alike, abs=2e-6)


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_bound_is_the_fixation_index(share):
    entry = claim("fixation-law-mmd")
    index = zd.oracles.fixation_index([10] * 12, share)
    for generation in (1, 3, 12):
        bound = entry.bound({"N": 10, "alpha": share, "t": generation})
        assert bound == pytest.approx(index[generation] * (1 - 1 / np.sqrt(3)), rel=1e-12)


def test_margin_exceeds_the_rounding_everywhere():
    entry = claim("fixation-law-mmd")
    for theta in entry.examples():
        assert entry.slack(theta) < entry.delta(theta) / 5
