import math

import pytest

import zenil_dynamics as zd
from proofs_numeric.catalogue.literature import kazdan2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(kazdan2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_pair_lineages_agree_with_the_moments_of_the_pool():
    for size in (2, 3, 5, 10, 32):
        for generation in (1, 2, 7, 80):
            theta = {"n": size, "t": generation}
            assert kazdan2024._kept_subsampling(theta) == pytest.approx(
                kazdan2024._kept_by_pool_moments(theta), abs=1e-12
            )


def test_second_generation_of_two_draws_by_hand():
    # Pool A, B, x, y with x and y copies of A or B: five of its six pairs match with probability 1/2.
    copied = 1 / 2 + 1 / 2 * (5 / 12)
    assert kazdan2024._kept_subsampling({"n": 2, "t": 2}) == pytest.approx(1 - copied, abs=1e-15)


def test_accumulated_lineages_agree_with_the_product():
    for size in (2, 10):
        for generation in (1, 2, 50, 200):
            theta = {"n": size, "t": generation}
            assert kazdan2024._kept_accumulating(theta) == pytest.approx(
                1 - kazdan2024._lost_accumulating(theta), abs=1e-12
            )


def test_plateaus_of_the_notes():
    for size, limit in ((5, 0.53467), (10, 0.73899), (100, 0.97100)):
        assert zd.oracles.subsample_plateau(size) == pytest.approx(limit, abs=5e-6)
        # The rest of the product from 200 on is of order 1/(100 n).
        assert kazdan2024._kept_subsampling({"n": size, "t": 200}) == pytest.approx(limit, abs=0.02 / size)


def test_the_subset_loses_almost_twice_as_much():
    size = 10_000
    lost = size * (1 - zd.oracles.subsample_plateau(size))
    accumulated = size * (1 - zd.oracles.retained_diversity_accumulate_limit(size))
    assert lost == pytest.approx(math.pi**2 / 2 - 2, abs=1e-3)
    assert lost / accumulated == pytest.approx(3 - 12 / math.pi**2, abs=1e-3)
    # No limit passes the first-order value, from which the bound of the claim is made.
    assert all(n * (1 - zd.oracles.subsample_plateau(n)) < math.pi**2 / 2 - 2 for n in range(2, 200))


def test_rate_of_replacement_by_hand():
    # Three draws: chi2_2 is exponential of mean 2, E log = log 2 - Euler's constant; the divisor adds -log 3.
    per_generation = math.log(2) - 0.5772156649015329 - math.log(3)
    assert claim("kazdan-replace-collapses").bound({"n": 3}) == pytest.approx(100 * per_generation, abs=1e-10)
