import mpmath
import numpy as np
import pytest

from zenil_dynamics.oracles.gamma_functions import centred_log_gamma, digamma_minus_log, log_mean_chi

POINTS = (0.5, 1.0, 7.5, 40.0, 5e5, 5e11)


@pytest.mark.parametrize("point", POINTS)
def test_differences_in_high_precision(point):
    with mpmath.workdps(60):
        half = mpmath.mpf(point)
        gap = mpmath.digamma(half) - mpmath.log(half)
        chi = mpmath.loggamma(half + 0.5) - mpmath.loggamma(half) - mpmath.log(half) / 2
        shifts = [0.3 * point, -0.4 * point, 0.01 * point, 3.0, 1j, 50j, 0.1j * point, 1e-3j]
        expected = [
            mpmath.loggamma(half + mpmath.mpmathify(z))
            - mpmath.loggamma(half)
            - mpmath.mpmathify(z) * mpmath.digamma(half)
            for z in shifts
        ]
    assert digamma_minus_log(np.array(point)) == pytest.approx(float(gap), rel=1e-12)
    assert log_mean_chi(np.array(2 * point)) == pytest.approx(float(chi), rel=1e-12)
    found = centred_log_gamma(np.array([point]), np.array(shifts))[:, 0]
    for value, exact, z in zip(found, expected, shifts, strict=True):
        # Terms of size |z| times rounding survive; those of log Gamma itself, h log h, must not.
        assert abs(value - complex(exact)) <= 2e-14 * (1 + abs(z))
