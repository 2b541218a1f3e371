import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2

from proofs_numeric.catalogue.literature import suresh2024
from proofs_numeric.catalogue.registry import claim
from tests.proofs_numeric.catalogue.verdicts import cases, check_verdict


@pytest.mark.parametrize("entry", cases(suresh2024.CLAIMS))
def test_verdict_mutants_and_controls(entry):
    check_verdict(entry)


def test_first_iterates_by_hand():
    second = 1 - math.exp(-1)
    assert claim("suresh-iterate-bounds").evaluate({"k": 2}) == ([0.5, second], [second, 1.5])
    assert suresh2024._iterate(3) == pytest.approx(1 - math.exp(-second), abs=1e-15)


def test_words_of_the_published_setting():
    # n = 100, p = .01: alive at k = 1, 10, 25, 50.
    published = {1: 0.63397, 10: 0.16139, 25: 0.07501, 50: 0.04112}
    for generation, alive in published.items():
        assert suresh2024._alive({"n, p": (100, 0.01), "k": generation}) == pytest.approx(alive, abs=5e-6)


def test_poisson_means_of_the_published_setting():
    # n = 10, lambda_0 = 1: alive at k = 1, 10, 100, 500.
    published = {1: 0.99995, 10: 0.82139, 100: 0.17752, 500: 0.03899}
    bound = claim("suresh-poisson-law").bound
    for generation, alive in published.items():
        assert 1 - bound({"n": 10, "lambda_0": 1.0, "k": generation}) == pytest.approx(alive, abs=5e-6)


def test_poisson_extinction_after_two_generations():
    # Sum over the first total: E exp(-S), S ~ Poisson(n lambda_0).
    by_sum = math.fsum(math.exp(-5 - s) * 5**s / math.factorial(s) for s in range(80))
    assert claim("suresh-poisson-law").bound({"n": 10, "lambda_0": 0.5, "k": 2}) == pytest.approx(by_sum, abs=1e-14)


def test_a_single_copy_is_forgotten_by_the_second_generation():
    assert (1 - 1 / 400) ** 400 < 0.5
    assert suresh2024._median(1) == 2
    # Thirty copies take thirty times 2/log 2, short of a logarithm.
    assert suresh2024._median(30) == pytest.approx(60 / math.log(2), abs=5)


def test_scales_of_the_published_setting():
    survival = claim("suresh-gaussian-bound").value
    assert survival({"n": 10, "eps": 0.1, "k": 45}) == pytest.approx(0.43597, abs=5e-6)
    assert survival({"n": 10, "eps": 0.1, "k": 100}) == pytest.approx(0.08156, abs=5e-6)
    assert claim("suresh-gaussian-bound").bound({"n": 10, "eps": 0.1, "k": 100}) == pytest.approx(0.770, abs=1e-3)


def test_scale_after_two_fits_by_quadrature():
    degrees, level = 4, 0.5

    def second(x):
        return chi2.sf(level**2 * degrees**2 / x, degrees) * chi2.pdf(x, degrees)

    by_quadrature, _ = quad(second, 0, np.inf, epsabs=1e-12, limit=200)
    found = claim("suresh-gaussian-bound").value({"n": 5, "eps": level, "k": 2})
    assert found == pytest.approx(by_quadrature, abs=1e-10)


def test_the_exponent_holds_between_the_grid_points():
    entry = claim("suresh-gaussian-exponent")
    for size in (3, 20):
        for generation in (2, 30, 90):
            theta = {"n": size, "eps": 0.3, "k": generation}
            assert entry.value(theta) > 1.05 * entry.bound(theta)
