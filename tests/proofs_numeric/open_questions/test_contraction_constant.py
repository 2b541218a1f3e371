import math
from fractions import Fraction

import numpy as np
import pytest

import zenil_dynamics as zd
from proofs_numeric.open_questions import contraction_constant, contraction_series
from proofs_numeric.open_questions.contraction_constant import (
    COEFFICIENT,
    CONTRACTION_CONSTANT,
    CURVATURE,
    FAIR,
    INFIMUM,
    MISFIT,
    RATIO,
    fair_loss,
    half_curvature,
)
from proofs_numeric.open_questions.question import chosen
from proofs_numeric.open_questions.run import ask


@pytest.fixture(scope="module")
def estimates():
    return ask(CONTRACTION_CONSTANT, "quick", "1").estimates


@pytest.mark.parametrize(("size", "constant"), [(2, 0.5), (3, 0.311278), (5, 0.167553), (10, 0.076501)])
def test_the_known_table_lies_in_the_enclosures(estimates, size, constant):
    (each,) = chosen(estimates, INFIMUM, N=size)
    assert each.kind == "exact enclosure"
    assert each.interval[1] - each.interval[0] < 1e-9
    assert each.value == pytest.approx(size * constant, abs=size * 5e-7)
    numerical = zd.oracles.entropy_loss_constant(size).value
    assert each.interval[0] - 1e-9 <= size * numerical <= each.interval[1] + 1e-9


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_loss_of_the_fair_coin_by_all_sequences_of_flips(size):
    counts = np.arange(size + 1)
    weights = np.array([math.comb(size, n) for n in counts]) / 2.0**size
    shares = counts / size
    lost = math.log(2) - weights @ [-sum(p * math.log(p) for p in (q, 1 - q) if p > 0) for q in shares]
    assert float(fair_loss(size)) == pytest.approx(lost, abs=1e-12)


def test_large_sizes_follow_the_series(estimates):
    for each in chosen(estimates, FAIR):
        u = 1 / each.setting["N"]
        series = (1 / 2 + u / 4 + u**2 / 3 + 7 * u**3 / 8) / math.log(2)
        # The next coefficient is 53/15.
        assert each.value == pytest.approx(series, abs=6 * u**4 + 1e-15)


def test_exact_coefficients_lie_in_the_extrapolated_intervals(estimates):
    # 1/2, 1/4, 1/3 are those of Harris (1975) for two equal types; 7/8 follows from moments up to the eighth.
    exact = contraction_series.exact_coefficients(3)
    assert exact == [Fraction(1, 2), Fraction(1, 4), Fraction(1, 3), Fraction(7, 8)]
    for each, value in zip(chosen(estimates, COEFFICIENT), exact, strict=True):
        assert each.interval[0] - 1e-15 <= float(value) <= each.interval[1] + 1e-15
        assert each.interval[1] - each.interval[0] < 2e-4


def test_moments_behind_the_coefficients_by_enumeration():
    moments = contraction_series._sign_moments(3)
    for size in (1, 2, 5):
        sums = [2 * n - size for n in range(size + 1)]
        for m in range(4):
            direct = sum(Fraction(math.comb(size, n) * s ** (2 * m), 2**size) for n, s in enumerate(sums))
            formal = sum(c * size**degree for degree, c in enumerate(moments[m])) * math.factorial(2 * m)
            assert direct == formal


def test_coefficients_grow_like_factorials_over_powers_of_log_two(estimates):
    ratios = [each.value for each in chosen(estimates, RATIO)]
    assert ratios == sorted(ratios)
    # The gap to 1/log 2 closes like 1/k.
    gaps = [(1 / math.log(2) - each.value) * each.setting["k"] for each in chosen(estimates, RATIO)]
    assert all(0.3 < gap < 0.5 for gap in gaps)


@pytest.mark.parametrize("size", [3, 10, 50])
def test_curvature_by_differences_of_the_oracle(size):
    step = 1e-3
    ratio = [zd.oracles.entropy_loss_ratio(q, size) for q in (0.5 - step, 0.5)]
    # The next term of the expansion is of relative order step^2.
    assert float(half_curvature(size)) == pytest.approx(float(ratio[0] - ratio[1]) / step**2, rel=1e-4)


def test_the_fair_coin_is_a_local_minimum_from_three_flips_on(estimates):
    assert all(each.interval[0] > 0 for each in chosen(estimates, CURVATURE))


def test_misfits_in_floating_point(estimates):
    formulas = {
        "1/(2 N ln 2)": lambda n: 1 / (2 * n * math.log(2)),
        "1/((2N - 1) ln 2)": lambda n: 1 / ((2 * n - 1) * math.log(2)),
        "log2(N/(N - 1))/2": lambda n: math.log2(n / (n - 1)) / 2,
        "1 - (1 - 1/N)^(1/(2 ln 2))": lambda n: 1 - (1 - 1 / n) ** (1 / (2 * math.log(2))),
    }
    assert set(formulas) == set(contraction_constant.CANDIDATES)
    constants = {n: float(fair_loss(n)) / math.log(2) for n in range(2, 61)}
    for each in chosen(estimates, MISFIT):
        formula = formulas[each.setting["candidate"]]
        worst = max(abs(formula(n) / constant - 1) for n, constant in constants.items())
        assert each.value == pytest.approx(worst, abs=1e-9)
        # A limit alone is met by many formulas; none of these is a closed form.
        assert worst > 0.05


def test_the_answer_says_what_was_found(estimates):
    words = CONTRACTION_CONSTANT.answer(estimates)
    assert words.startswith("N c_N = 0.723163 at N = 200 against 1/(2 ln 2) = 0.721348")
    assert "log2(N/(N - 1))/2, is off by 6.0%" in words
