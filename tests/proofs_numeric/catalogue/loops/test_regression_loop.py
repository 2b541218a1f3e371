import jax
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2

from proofs_numeric.catalogue.loops import regression_loop


def test_one_feature_has_inverse_chi_square_moments():
    def moment(power):
        return quad(lambda x: x**-power * chi2.pdf(x, 12), 0, np.inf, epsabs=1e-14)[0]

    found = regression_loop.inverse_wishart_moments(12, dim=1)
    assert found == pytest.approx((moment(1), moment(2), moment(2)), rel=1e-9)


def test_two_features_by_bartlett():
    # W = L L^T with L = ((sqrt a, 0), (z, sqrt b)), a ~ chi2_T and b ~ chi2_{T-1}: det W = a b and tr W^-1 = (a + b +
    # z^2)/(a b).
    rows = 11
    a1, a2 = 1 / (rows - 2), 1 / ((rows - 2) * (rows - 4))
    b1, b2 = 1 / (rows - 3), 1 / ((rows - 3) * (rows - 5))
    square = b2 + a2 + 3 * a2 * b2 + 2 * a1 * b1 + 2 * a1 * b2 + 2 * a2 * b1
    found = regression_loop.inverse_wishart_moments(rows, dim=2)
    assert found == pytest.approx((a1 + b1 + a1 * b1, square, square - 2 * a1 * b1), rel=1e-12)


def test_fourth_moment_of_a_sum_with_one_feature():
    # 3 E (1/a + 1/b)^2 for independent chi-squares of 12 and 9 degrees.
    by_hand = 3 * (1 / (10 * 8) + 1 / (7 * 5) + 2 / 10 / 7)
    assert regression_loop.replace_second_moment([12, 9], dim=1) == pytest.approx(by_hand, rel=1e-12)


def test_fourth_moment_of_one_fit():
    _, square_of_trace, trace_of_square = regression_loop.inverse_wishart_moments(16)
    moment = regression_loop.replace_second_moment([16])
    assert moment == pytest.approx(square_of_trace + 2 * trace_of_square, rel=1e-12)


def test_paths_start_at_the_truth_and_keep_a_clean_signal():
    risks = regression_loop.paths(16, jax.random.key(1), 64, noise_variance=0.0)["excess_risk"]
    assert risks.shape == (64, regression_loop.HORIZON + 1)
    assert np.all(risks[:, 0] == 0)
    # Ten solves of condition numbers below 100 in float32.
    assert np.max(risks) < 1e-6


def test_a_schedule_of_rows_is_read_in_order():
    rows = [2] + [16] * (regression_loop.HORIZON - 1)
    risks = regression_loop.paths(rows, jax.random.key(1), 64, noise_variance=0.0)["excess_risk"]
    # Two rows of four features lose a share once that is uniform on [0, 1], and full designs keep what is left.
    assert np.all(risks[:, 1] > 1e-12)
    np.testing.assert_allclose(risks[:, -1], risks[:, 1], atol=1e-3)
