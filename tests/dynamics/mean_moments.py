"""Moments up to order four of the mean of a one-parameter family, from cumulants; shares nothing with the oracles.

Cumulants of one draw are polynomials in its mean, kappa_{j+1} = V kappa_j', and those of an average of r real and s
synthetic draws add. So each raw moment of the next mean is a polynomial in this one, of the same degree.
"""

import numpy as np
from numpy.polynomial import Polynomial
from scipy import stats


def cumulants(law):
    """Of orders 1 .. 4 of one draw, as polynomials in its mean."""
    variance = Polynomial([law.constant, law.linear, law.quadratic])
    found = [Polynomial([0.0, 1.0])]
    for _ in range(3):
        found.append(variance * found[-1].deriv())
    return found


def raw_moments(mean, spread):
    """Raw moments of orders 0 .. 4 from a mean and cumulants of orders 2 .. 4."""
    second, third, fourth = spread[0], spread[1], spread[2] + 3 * spread[0] ** 2
    return [
        Polynomial([1.0]),
        mean,
        mean**2 + second,
        mean**3 + 3 * mean * second + third,
        mean**4 + 6 * mean**2 * second + 4 * mean * third + fourth,
    ]


def splits(size, fraction, real, mixing):
    """Numbers of real draws and their probabilities."""
    if mixing == "stratified":
        return [(int(real), 1.0)]
    return [(count, stats.binom.pmf(count, size, fraction)) for count in range(int(size) + 1)]


def mean_moments(law, table, mixing, target, start, accumulate):
    """E m_t^j, j = 0 .. 4, shape (T + 1, 5), from a fixed mean."""
    per_draw = cumulants(law)
    moments, pooled = [np.array([start**order for order in range(5)])], 0
    for size, fraction, real in zip(*table, strict=True):
        share = size / (pooled + size) if accumulate else 1.0
        following = [Polynomial([0.0])] * 5
        for count, chance in splits(size, fraction, real, mixing):
            totals = [count * one(target) + (size - count) * one for one in per_draw]
            mean = (1 - share) * Polynomial([0.0, 1.0]) + share * totals[0] / size
            spread = [(share / size) ** order * totals[order - 1] for order in (2, 3, 4)]
            following = [old + chance * new for old, new in zip(following, raw_moments(mean, spread), strict=True)]
        moments.append(np.array([float(one.coef @ moments[-1][: one.coef.size]) for one in following]))
        pooled += size
    return np.array(moments)


def variance_of_polynomial(coefficients, moments):
    """Var p(m_t) by generation, p of degree 2."""
    polynomial = Polynomial(coefficients)
    square = (polynomial**2).coef
    first = moments[:, : polynomial.coef.size] @ polynomial.coef
    return moments[:, : square.size] @ square - first**2
