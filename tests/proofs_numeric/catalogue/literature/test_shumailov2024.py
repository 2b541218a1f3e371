import math

import numpy as np
import pytest

from proofs_numeric.catalogue.literature import shumailov2024
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(shumailov2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_distance_of_the_published_setting():
    # 11 refits of 100 draws: 0.165 to first order.
    exact = claim("shumailov-w2-unbiased-diverges").value({"N": 100, "t": 11})
    assert exact == pytest.approx(0.164790127, abs=5e-10)
    assert claim("shumailov-w2-first-order").bound({"M_i": "100", "t": 11}) == pytest.approx(0.165, abs=1e-12)


def test_distance_after_one_fit_to_two_draws():
    # mu^2 has mean 1/2; sigma is |Z|, or |Z|/sqrt 2, with E |Z| = sqrt(2/pi).
    theta = {"N": 2, "t": 1}
    unbiased = claim("shumailov-w2-unbiased-diverges").value(theta)
    assert unbiased == pytest.approx(0.5 + 2 - 2 * math.sqrt(2 / math.pi), abs=1e-9)
    assert claim("shumailov-w2-mle-law").value(theta) == pytest.approx(2 - 2 / math.sqrt(math.pi), abs=1e-9)


def test_second_order_of_the_distance():
    # t (8 - t)/(16 M^2) beyond the first order.
    for generation in (1, 8, 20):
        exact = claim("shumailov-w2-unbiased-diverges").bound({"N": 1000, "t": generation})
        second = generation * (8 - generation) / 16e6
        assert exact - 1.5 * generation / 1000 == pytest.approx(second, abs=2e-8)


def test_fourth_moment_of_the_distance_by_hand():
    # mu ~ N(0, 1/2) and sigma = |Z|, independent; E |Z|^3 = 2 E |Z|.
    absolute = math.sqrt(2 / math.pi)
    by_hand = 3 / 4 + (2 - 2 * absolute) + (10 - 12 * absolute)
    assert shumailov2024.distance_second_moment([2]) == pytest.approx(by_hand, abs=1e-12)


def test_variance_of_the_distance_for_large_samples():
    # (5/2) (t/N)^2 to leading order; E W2^2 = (3/2) t/N.
    for generation in (1, 10):
        second = shumailov2024.distance_second_moment([2000] * generation)
        first = 1.5 * generation / 2000
        assert second - first**2 == pytest.approx(2.5 * (generation / 2000) ** 2, rel=2e-2)


def test_absorption_by_linear_equations():
    size = 5
    matrix = recursions.binomial_matrix(size, np.arange(size + 1) / size)
    inner = matrix[1:size, 1:size]
    fixed = np.linalg.solve(np.eye(size - 1) - inner, matrix[1:size, size])
    np.testing.assert_allclose(fixed, np.arange(1, size) / size, atol=1e-12)


def test_missing_types_of_the_worked_example():
    missing = claim("shumailov-common-types-stay").value
    assert missing({"N": 10, "Np": 1, "t": 1}) == pytest.approx(0.9**10, abs=1e-12)
    twice = sum(math.comb(10, x) * 0.1**x * 0.9 ** (10 - x) * (1 - x / 10) ** 10 for x in range(11))
    assert missing({"N": 10, "Np": 1, "t": 2}) == pytest.approx(twice, abs=1e-12)
    assert twice == pytest.approx(0.506, abs=5e-4)
    assert missing({"N": 10, "Np": 1, "t": 400}) == pytest.approx(0.9, abs=1e-12)
