"""Differences of gamma functions that keep their digits: log Gamma(h + z) - log Gamma(h) and psi(h) - log h.

For large h both are small against their terms, and a loop of many generations adds up what their subtraction loses.
Stirling's series is subtracted term by term instead, after a few steps of the recurrence.
"""

import numpy as np
from scipy.special import log1p

SHIFT = 12
"""Steps of the recurrence Gamma(z + 1) = z Gamma(z) taken before Stirling's series, whose error is then below 2e-15."""
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(24)


def digamma_minus_log(point: np.ndarray) -> np.ndarray:
    """Accurate psi(h) - log h, about -1/(2h).

    Args:
        point: h > 0, any shape.

    Returns:
        Same shape, relative error below 1e-12.

    Source: Stirling's series, differentiated; psi(h + 1) = psi(h) + 1/h.
    """
    point = np.asarray(point, np.float64)
    large = point + SHIFT
    series = sum((2 * k + 1) * c / large ** (2 * k + 2) for k, c in enumerate(STIRLING))
    # log((h + 12) / h) - sum 1/(h + j), with the integral of 1/x over each unit step taken off first.
    steps = sum(np.log1p(1 / (point + j)) - 1 / (point + j) for j in range(SHIFT))
    return steps - 1 / (2 * large) - series


def centred_log_gamma(point: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Log of E exp(z (log G - E log G)), G ~ Gamma(h, 1): log Gamma(h + z) - log Gamma(h) - z psi(h).

    Args:
        point: h > 0, shape (columns,).
        exponents: z, real or complex, Re z > -h, shape (rows,).

    Returns:
        Complex, shape (rows, columns).

    Source: Stirling's series; Gamma(z + 1) = z Gamma(z).
    """
    z = np.asarray(exponents)[:, None].astype(np.complex128)
    large = point + SHIFT
    ratio = log1p(z / large)
    value = (large - 0.5) * ratio + z * (ratio - 1)
    for k, coefficient in enumerate(STIRLING):
        power = -(2 * k + 1)
        value = value + coefficient * ((large + z) ** power - large**power)
    value = value - sum(log1p(z / (point + j)) for j in range(SHIFT))
    return value + z * (np.log1p(SHIFT / point) - digamma_minus_log(point))


def log_mean_chi(degrees: np.ndarray) -> np.ndarray:
    """Log of E chi_k / sqrt(k) for k degrees of freedom, about -1/(4k).

    Args:
        degrees: k > 0, any shape.

    Returns:
        Same shape.

    Source: E chi_k = sqrt(2) Gamma((k+1)/2) / Gamma(k/2), as the integral of psi - log k/2 over half a unit.
    """
    half = np.asarray(degrees, np.float64)[..., None] / 2
    steps = (NODES + 1) / 4
    return (digamma_minus_log(half + steps) + np.log1p(steps / half)) @ WEIGHTS / 4
