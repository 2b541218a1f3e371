"""Exact laws and tail bounds of a normal refitted to its own samples, maximum likelihood, N(0, 1) at generation 0.

    V_{t+1} = V_t C_t / N,   m_{t+1} = m_t + sqrt(V_t / N) Z_t,   C_t chi-square with N - 1 degrees, Z_t normal.

The variance itself is a poor witness at late generations: E V_t = (1 - 1/N)^t while E V_t^2 = (1 - 1/N^2)^t, so at
t = 5 N its average over ten thousand replicates is noise. Its logarithm is a sum of independent terms with a known
cumulant generating function, and is tested at every generation instead; V and m^2 are tested wherever a valid bound
still has something to say.
"""

import numpy as np
from scipy import special


def _log_moment(order: np.ndarray, num_samples: int) -> np.ndarray:
    """Return ln E (C / N)^order."""
    half = (num_samples - 1) / 2
    return special.gammaln(half + order) - special.gammaln(half) + order * np.log(2 / num_samples)


def log_variance_limits(
    num_samples: int, num_generations: int, num_replicates: int, delta: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits that the mean of ln V_t over R replicates leaves with probability at most delta, Chernoff, t = 0 .. T.

    Any fixed tilt gives a valid limit; the best of a grid is taken, the grid being fixed in advance.
    """
    half = (num_samples - 1) / 2
    generations = np.arange(num_generations + 1)[:, None]
    evidence = np.log(2 / delta) / num_replicates
    upper_tilt = half * np.geomspace(1e-6, 1e4, 800)
    lower_tilt = half * np.geomspace(1e-6, 0.9999, 600)
    upper = np.min((generations * _log_moment(upper_tilt, num_samples) + evidence) / upper_tilt, axis=1)
    lower = np.max(-(generations * _log_moment(-lower_tilt, num_samples) + evidence) / lower_tilt, axis=1)
    lower[0] = upper[0] = 0.0
    return lower, upper


def variance_moments(num_samples: int, num_generations: int) -> tuple[np.ndarray, np.ndarray]:
    """E V_t and E V_t^2 at t = 0 .. T."""
    generations = np.arange(num_generations + 1)
    return (1 - 1 / num_samples) ** generations, (1 - 1 / num_samples**2) ** generations


def squared_mean_moments(num_samples: int, num_generations: int) -> tuple[np.ndarray, np.ndarray]:
    """E m_t^2 = 1 - (1 - 1/N)^t and E m_t^4 at t = 0 .. T.

    With a = E m^2 V:  a' = (1 - 1/N)(a + E V^2 / N),  E m'^4 = E m^4 + 6 a / N + 3 E V^2 / N^2.
    """
    mean, square = variance_moments(num_samples, num_generations)
    fourth, cross = np.zeros(num_generations + 1), 0.0
    for t in range(num_generations):
        fourth[t + 1] = fourth[t] + 6 * cross / num_samples + 3 * square[t] / num_samples**2
        cross = (1 - 1 / num_samples) * (cross + square[t] / num_samples)
    return 1 - mean, fourth


def mean_limit(num_samples: int, num_generations: int, num_replicates: int, delta: float) -> np.ndarray:
    """Limit that |average of m_t| over R replicates exceeds with probability at most delta, t = 0 .. T.

    Given the variances, that average is normal with variance S/R, S the average of sum_{s<t} V_s / N. Markov's
    inequality at order p with Minkowski's, ||S||_p <= sum_s ||V_s||_p / N, bounds S at delta/2; the normal tail
    exp(-x^2/2) does the rest. The order is the best of a grid fixed in advance.
    """
    orders = np.linspace(1.0, 60.0, 237)
    growth = np.exp(np.minimum(_log_moment(orders, num_samples) / orders, 50.0))
    logs = np.arange(num_generations)[:, None] * np.log(growth)[None, :]
    with np.errstate(over="ignore"):
        norms = np.cumsum(np.exp(np.minimum(logs, 600.0)), axis=0) / num_samples
    largest = np.min(norms * (2 / delta) ** (1 / orders), axis=1)
    limit = np.sqrt(2 * np.log(4 / delta) * largest / num_replicates)
    return np.concatenate([[0.0], limit])
