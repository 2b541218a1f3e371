import mpmath
import numpy as np
import pytest

from proofs_numeric.catalogue.zenil import coin_enclosure
from proofs_numeric.catalogue.zenil.entropies import expected_entropy
from proofs_numeric.exact.intervals import Interval, ends


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
    (share,) = coin_enclosure.lost_share(num_samples, np.array([q]))
    lower, upper = ends(share)
    with mpmath.workdps(40):
        # 40 digits lose up to 18 where q = 1e-18 is taken from 1.
        distance = abs(mpmath.mpf(lower.numerator) / lower.denominator - precise_share(num_samples, q))
    assert distance < 1e-20
    assert upper - lower < 1e-28


@pytest.mark.parametrize("q", [0.01, 0.3, 0.5])
@pytest.mark.parametrize("num_samples", [2, 7, 50])
def test_slopes_are_derivatives(num_samples, q):
    step = 2.0**-20
    (before, after), _ = coin_enclosure.kept_entropy(num_samples, np.array([q - step, q + step]))
    _, (slope,) = coin_enclosure.kept_entropy(num_samples, np.array([q]))
    # The third derivative is below N^3/q^2 here, and the central difference is off by step^2/6 of it.
    assert abs(float((after - before) / (2 * step) - slope)) < step**2 / 6 * num_samples**3 / q**2


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
    assert np.all(Interval.of(shares).upper >= cells.lower[cell])


@pytest.mark.parametrize("num_samples", [2, 10, 200])
def test_the_cell_at_zero_is_certified_by_the_tangent(num_samples):
    cells = coin_enclosure.least_lost_share(num_samples)
    (fair,) = coin_enclosure.lost_share(num_samples, np.array([0.5]))
    assert cells.lower[0] > fair
    for share in coin_enclosure.lost_share(num_samples, np.array([1e-12, 1e-8, 1e-5])):
        assert share >= cells.lower[0]


def test_no_certificate_survives_a_claim_that_is_too_large():
    cells = coin_enclosure.least_lost_share(10)
    (fair,) = coin_enclosure.lost_share(10, np.array([0.5]))
    assert cells.upper.min() < fair + 1e-9
    assert cells.lower.min() > fair - 1e-9


def test_lattice_laws_agree_with_floats():
    counts = np.array([[3, 4, 5], [1, 1, 10], [4, 4, 4]])
    lower, upper = Interval.of(coin_enclosure.kept_share(9, counts)).floats()
    laws = counts / 12
    expected = expected_entropy(9, laws) / -(laws * np.log(laws)).sum(axis=1)
    assert np.all((lower <= expected + 1e-12) & (expected - 1e-12 <= upper))
    assert np.all(upper - lower < 1e-15)
