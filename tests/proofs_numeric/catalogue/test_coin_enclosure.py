import mpmath
import numpy as np
import pytest

from proofs_numeric.catalogue import coin_enclosure
from proofs_numeric.catalogue.entropies import expected_entropy


def precise_share(num_samples, q):
    """1 - E h(n/N)/h(q) to 40 digits."""
    with mpmath.workdps(40):

        def entropy(x):
            return -x * mpmath.log(x) - (1 - x) * mpmath.log(1 - x) if 0 < x < 1 else mpmath.mpf(0)

        q = mpmath.mpf(q)
        weights = [
            mpmath.binomial(num_samples, n) * q**n * (1 - q) ** (num_samples - n) for n in range(num_samples + 1)
        ]
        kept = sum(w * entropy(mpmath.mpf(n) / num_samples) for n, w in enumerate(weights))
        return 1 - kept / entropy(q)


@pytest.mark.parametrize("q", [1e-18, 1e-6, 9.9e-5, 1.1e-4, 0.01, 0.3, 0.5])
@pytest.mark.parametrize("num_samples", [1, 2, 7, 50, 200])
def test_point_enclosures_hold_the_precise_value_and_are_narrow(num_samples, q):
    share = coin_enclosure.lost_share(num_samples, np.array([q]))
    assert share.lower[0] <= precise_share(num_samples, q) <= share.upper[0]
    assert share.upper[0] - share.lower[0] < 2e-12


@pytest.mark.parametrize("num_samples", [2, 3, 10, 60, 200])
def test_cells_cover_the_coins_and_their_certificates_hold_inside(num_samples):
    edges = coin_enclosure._edges(num_samples)
    cells = coin_enclosure.least_lost_share(num_samples)
    assert edges[-1] == 0.5
    assert np.all(np.diff(edges) > 0)
    assert cells.lower.size == edges.size
    # Random coins, fixed seed: the property is certain, the points only look for a bug.
    coins = np.random.default_rng(1).uniform(1e-6, 0.5, 2000)
    shares = coin_enclosure.lost_share(num_samples, coins)
    cell = np.searchsorted(edges, coins)
    assert np.all(shares.upper >= cells.lower[cell])


@pytest.mark.parametrize("num_samples", [2, 10, 200])
def test_the_cell_at_zero_is_certified_by_the_tangent(num_samples):
    cells = coin_enclosure.least_lost_share(num_samples)
    fair = coin_enclosure.lost_share(num_samples, np.array([0.5]))
    assert cells.lower[0] > fair.upper[0]
    for q in (1e-12, 1e-8, 1e-5):
        assert coin_enclosure.lost_share(num_samples, np.array([q])).upper[0] >= cells.lower[0]


def test_no_certificate_survives_a_claim_that_is_too_large():
    cells = coin_enclosure.least_lost_share(10)
    fair = float(coin_enclosure.lost_share(10, np.array([0.5])).lower[0])
    assert cells.upper.min() < fair + 1e-9
    assert cells.lower.min() > fair - 1e-9


def test_lattice_laws_agree_with_floats():
    counts = np.array([[3, 4, 5], [1, 1, 10], [4, 4, 4]])
    shares = coin_enclosure.kept_share(9, counts)
    laws = counts / 12
    expected = expected_entropy(9, laws) / -(laws * np.log(laws)).sum(axis=1)
    assert np.all((shares.lower <= expected + 1e-12) & (expected - 1e-12 <= shares.upper))
    assert np.all(shares.upper - shares.lower < 1e-12)
