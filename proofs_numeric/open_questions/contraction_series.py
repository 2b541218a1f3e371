"""The entropy that N draws of a fair coin lose, as a series in 1/N: exact coefficients, and Richardson's estimate.

With S a sum of N independent signs, log 2 - h(n/N) = sum_k (S/N)^(2k) / (2k (2k - 1)), and E S^(2k) is a polynomial in
N of degree k, so that N times the expected loss is a formal series sum_j a_j N^-j with rational a_j.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import factorial

from flint import arb, arb_mat

from proofs_numeric.exact.intervals import ball


def _log_cosh(order: int) -> list[Fraction]:
    """Coefficients of t^(2m), m = 0 .. order, of log cosh t."""
    cosh = [Fraction(1, factorial(2 * m)) for m in range(order + 1)]
    series = [Fraction(0)]
    for m in range(1, order + 1):
        series.append(cosh[m] - sum((Fraction(j, m) * series[j] * cosh[m - j] for j in range(1, m)), Fraction(0)))
    return series


def _sign_moments(order: int) -> list[list[Fraction]]:
    """E S^(2m)/(2m)! as polynomials in N, m = 0 .. order: the coefficients of cosh(t)^N."""
    logarithm = _log_cosh(order)
    moments = [[Fraction(1)]]
    for m in range(1, order + 1):
        polynomial = [Fraction(0)] * (m + 1)
        for j in range(1, m + 1):
            for degree, coefficient in enumerate(moments[m - j]):
                polynomial[degree + 1] += Fraction(j, m) * logarithm[j] * coefficient
        moments.append(polynomial)
    return moments


def exact_coefficients(order: int) -> list[Fraction]:
    """The rational numbers a_0 .. a_order.

    Only the moments of order up to 2(order + 1) reach N^-order.

    Args:
        order: at least 0.

    Returns:
        order + 1 numbers: 1/2, 1/4, 1/3, 7/8, ...

    Source: derivation in the head of this file; the first three are Harris (1975) for two equal types.
    """
    result = [Fraction(0)] * (order + 1)
    for k, polynomial in enumerate(_sign_moments(order + 1)):
        for degree, coefficient in enumerate(polynomial):
            power = 2 * k - 1 - degree
            if k >= 1 and 0 <= power <= order:
                result[power] += coefficient * Fraction(factorial(2 * k), 2 * k * (2 * k - 1))
    return result


def interpolated_coefficients(value: Callable[[int], arb], sizes: Sequence[int]) -> list[arb]:
    """Coefficients of the polynomial in 1/N that takes the values at the sizes: Richardson's extrapolation.

    Args:
        value: N -> ball.
        sizes: different N, one more than the degree.

    Returns:
        As many balls, from the constant on; they enclose the polynomial, not the series that it truncates.

    Source: Richardson (1911).
    """
    matrix = arb_mat([[ball(Fraction(1, size**power)) for power in range(len(sizes))] for size in sizes])
    right = arb_mat([[value(size)] for size in sizes])
    solution = matrix.solve(right)
    return [solution[power, 0] for power in range(len(sizes))]
