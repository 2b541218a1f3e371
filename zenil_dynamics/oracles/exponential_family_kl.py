"""Divergence of one generation in an exponential family: the Jensen gap of its convex conjugate."""

from typing import Any

import numpy as np
from scipy.special import kl_div
from scipy.stats import binom, nbinom, poisson

from zenil_dynamics.oracles.exponential_families import checked_mean, quadratic_variance
from zenil_dynamics.oracles.gamma_functions import digamma_minus_log
from zenil_dynamics.oracles.tables import whole_number

TAIL = 1e-22
"""Probability left out on each side of the sum over the sample total."""
LARGEST_MEAN = 1e7
"""Mean of the sample total beyond which the sum is refused."""
LARGEST_SUM = 20_000_000
"""Terms beyond which the sum is refused."""


def _support(totals: Any) -> np.ndarray:
    """All values of a frozen discrete law but tails of probability `TAIL` each."""
    mean, spread = float(totals.mean()), float(totals.std())
    if mean > LARGEST_MEAN:
        raise ValueError(f"`num_samples` times `mean` must be smaller; got {mean:g}. Use the limit 1 / (2N).")
    below = above = 12.0
    while mean - below * spread > 0 and totals.cdf(mean - below * spread) > TAIL:
        below *= 1.5
    while totals.sf(mean + above * spread) > TAIL:
        above *= 1.5
    first, last = np.floor(max(mean - below * spread, 0.0)), np.ceil(mean + above * spread)
    if last - first > LARGEST_SUM:
        raise ValueError(f"`num_samples` times `mean` must be smaller; got {mean:g}. Use the limit 1 / (2N).")
    return np.arange(first, min(last, float(totals.support()[1])) + 1)


def _divergence(first: np.ndarray, second: float) -> np.ndarray:
    """Accurate x log(x / y) - x + y without the cancellation near x = y, by its Taylor series there."""
    gap = first / second - 1
    near = np.abs(gap) < 0.02
    small = np.where(near, gap, 0.0)
    series = sum((-1) ** k * small**k / (k * (k - 1)) for k in range(2, 11))
    return np.where(near, second * series, kl_div(first, second))


def expected_one_step_kl(num_samples: int, mean: float, *, family: str, parameter: float | None = None) -> float:
    """E KL(Q_{t+1} || Q_t) given m_t, when Q_{t+1} is fitted to N draws of Q_t (alpha = 0).

    Q_{t+1} lies in the family, so this is E A*(m_{t+1}) - A*(m_t), A* the conjugate of the log-partition function:
    1/(2N) + O(N^-2) for every one-parameter family. In closed form for normal, 1/(2N), and gamma of shape k,
    k (log(Nk) - psi(Nk)), whatever m_t; otherwise summed over the law of the sample total, relative error below 1e-8.

    Args:
        num_samples: N.
        mean: m_t, units of the statistic, in the range of the family.
        family: one of bernoulli, binomial, poisson, geometric, negative_binomial, exponential, gamma, normal.
        parameter: number of trials, shape, or known variance; see `quadratic_variance`.

    Returns:
        Nats; 0 at the edge of the range, where the model is a point mass.

    Raises:
        ValueError: malformed arguments, or a sample total of mean above 1e7 or spread over more than 2e7 values.

    Source: Definition of KL in an exponential family; Jensen gap of A*.
    """
    law = quadratic_variance(family, parameter)
    size, center = whole_number(num_samples, "num_samples"), checked_mean(mean, "mean", law)
    if family == "normal":
        return 1 / (2 * size)
    if law.at(center) == 0:
        return 0.0
    if family in ("exponential", "gamma"):
        shape = 1 / law.quadratic
        return float(-shape * digamma_minus_log(np.array(size * shape)))
    totals: Any
    if family in ("bernoulli", "binomial"):
        totals = binom(size * int(law.high), center / law.high)
    elif family == "poisson":
        totals = poisson(size * center)
    else:
        shape = 1 / law.quadratic
        totals = nbinom(size * shape, shape / (shape + center))
    values = _support(totals)
    fitted = values / size
    loss = _divergence(fitted, center)
    if family in ("bernoulli", "binomial"):
        loss = loss + _divergence(law.high - fitted, law.high - center)
    elif family != "poisson":
        loss = loss - _divergence(fitted + shape, center + shape)
    # A common factor of the rounded probabilities of large totals cancels.
    weights = totals.pmf(values)
    return float(weights @ loss / weights.sum())
