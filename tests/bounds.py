"""Thresholds of statistical tests at a given error probability; every bound holds at any sample size.

Each returns a distance d with P(|estimate - truth| > d) <= delta when the code is right.
"""

import math

import numpy as np
from scipy import optimize, special, stats


def hoeffding(num_samples: int, delta: float, spread: float) -> float:
    """Mean of independent values in an interval of length `spread` (Hoeffding 1963, Theorem 2, two-sided)."""
    return spread * math.sqrt(math.log(2 / delta) / (2 * num_samples))


def empirical_bernstein(variance: float, num_samples: int, delta: float, spread: float) -> float:
    """Mean of i.i.d. values in an interval of length `spread`, from their sample variance.

    Args:
        variance: sample variance, divisor n or n - 1 (the larger one is safe).
        num_samples: n.
        delta: error probability, two-sided.
        spread: length of the interval.

    Source: Audibert, Munos, Szepesvari (2009), Theorem 1.
    """
    logarithm = math.log(3 / delta)
    return math.sqrt(2 * variance * logarithm / num_samples) + 3 * spread * logarithm / num_samples


def median_of_means(values: np.ndarray, variance: float, delta: float) -> tuple[float, float]:
    """Estimate and distance for i.i.d. values of known variance, whatever their tails.

    k = ceil(8 log(1/delta)) groups of m: a group mean is further than 2 sd / sqrt(m) from the truth with probability at
    most 1/4 (Chebyshev), and the median is only if k/2 groups are, probability at most exp(-k/8) (Hoeffding).

    Raises:
        ValueError: fewer values than groups.
    """
    groups = math.ceil(8 * math.log(1 / delta))
    size = len(values) // groups
    if size == 0:
        raise ValueError(f"median of means at delta {delta:g} needs at least {groups} values; got {len(values)}.")
    means = np.asarray(values, np.float64)[: groups * size].reshape(groups, size).mean(axis=1)
    return float(np.median(means)), 2 * math.sqrt(variance / size)


def normal_mean(num_samples: int, delta: float, variance: float) -> float:
    """Mean of normal values of known variance: exact."""
    return float(stats.norm.isf(delta / 2)) * math.sqrt(variance / num_samples)


def chi_square_mean(degrees: float, num_samples: int, delta: float) -> tuple[float, float]:
    """Interval that the mean of chi-square values misses with probability `delta`: their sum is chi-square."""
    total = stats.chi2(degrees * num_samples)
    return float(total.ppf(delta / 2)) / num_samples, float(total.isf(delta / 2)) / num_samples


def log_chi_square_mean(degrees: np.ndarray, num_samples: int, delta: float) -> float:
    """Distance for the mean of sums of independent log chi-square values, one per entry of `degrees` (Chernoff).

    E exp(s log chi^2_k) = 2^s Gamma(k/2 + s) / Gamma(k/2); the exponent is optimised on each side.
    """
    half = np.asarray(degrees, np.float64) / 2
    mean = float(np.sum(special.digamma(half)))
    level = math.log(2 / delta) / num_samples

    def exponent(slope: float) -> float:
        return float(np.sum(special.gammaln(half + slope) - special.gammaln(half))) - slope * mean

    def distance(sign: int) -> float:
        limit = 50.0 if sign > 0 else float(half.min()) * 0.999
        found = optimize.minimize_scalar(
            lambda slope: (exponent(sign * slope) + level) / slope, bounds=(1e-6, limit), method="bounded"
        )
        return float(found.fun)

    return max(distance(1), distance(-1))


def binomial_interval(num_trials: int, prob: float, delta: float) -> tuple[int, int]:
    """Counts that a binomial number leaves with probability at most `delta`: exact tails."""
    law = stats.binom(num_trials, prob)
    return int(law.ppf(delta / 2)), int(law.isf(delta / 2))
