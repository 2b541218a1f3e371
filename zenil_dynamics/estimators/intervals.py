"""Quantiles and tail probabilities of replicates, with confidence intervals that hold for any law.

Computed on the host in float64: what licenses an interval is the tail of a binomial law, which float32 does not
resolve. SciPy is loaded when the first interval is asked for, since it would slow down every import.
"""

import math
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from jaxtyping import Float

from zenil_dynamics.types import HostArray
from zenil_dynamics.validate import positive_integer

Tail = Literal["upper", "lower"]


class Interval(NamedTuple):
    """An estimate, and ends that enclose the truth with probability at least 1 - delta.

    Attributes:
        estimate: units of what is estimated, float64, shape (...).
        lower: at most the estimate.
        upper: at least the estimate.
    """

    estimate: Float[HostArray, "..."]
    lower: Float[HostArray, "..."]
    upper: Float[HostArray, "..."]


def quantile_interval(values: Any, level: float, *, delta: float) -> Interval:
    """Quantile of replicate values, with an interval of two order statistics.

    X_(l) exceeds a quantile q only if at most l - 1 of n values are <= q, and their number is at least binomial with
    P(X <= q) >= level. So l is the largest rank with P(Bin(n, level) <= l - 1) <= delta / 2, and u the smallest with
    P(Bin(n, level) >= u) <= delta / 2; ranks 0 and n + 1 stand for -inf and inf.

    Args:
        values: shape (replicates, ...), independent over the first axis.
        level: in (0, 1).
        delta: error probability of each interval, in (0, 1), half of it for each end.

    Returns:
        Units of `values`, shape (...): the order statistic of rank ceil(n level) and the interval. It covers every
        number q with P(X < q) <= level <= P(X <= q), whatever the law. nan, which sorts last, makes all three nan.

    Raises:
        ValueError: no replicate, or a level or delta that is not in (0, 1).

    Source: David and Nagaraja, Order Statistics (2003), section 7.1.
    """
    values = np.asarray(values, np.float64)
    if values.ndim == 0 or values.shape[0] == 0:
        raise ValueError(f"`values` must have shape (replicates, ...); got shape {values.shape}.")
    lower, upper = quantile_ranks(values.shape[0], level, delta=delta)
    ends = np.full((1, *values.shape[1:]), np.inf)
    ranked = np.concatenate([-ends, np.sort(values, axis=0), ends])
    broken = np.any(np.isnan(values), axis=0)
    # Rounded up only where level is no multiple of 1/n: 0.1 * 30 is 3.0000000000000004.
    middle = max(math.ceil(values.shape[0] * level * (1 - 1e-12)), 1)
    return Interval(*(np.where(broken, np.nan, ranked[rank])[()] for rank in (middle, lower, upper)))


def quantile_ranks(num_replicates: int, level: float, *, delta: float) -> tuple[int, int]:
    """Ranks of the order statistics that enclose a quantile; see `quantile_interval`.

    Args:
        num_replicates: n, at least 1.
        level: in (0, 1).
        delta: in (0, 1).

    Returns:
        (l, u) with 0 <= l < u <= n + 1, counted from 1.

    Raises:
        ValueError: a number outside of its range.

    Source: as `quantile_interval`.
    """
    from scipy.special import bdtr, bdtrc

    number = positive_integer(num_replicates, name="num_replicates")
    level, delta = _inside_unit(level, name="level"), _inside_unit(delta, name="delta")
    counts = np.arange(number + 1, dtype=np.float64)
    lower = int(np.count_nonzero(bdtr(counts, number, level) <= delta / 2))
    # bdtrc(k) = P(Bin > k) falls in k; the first k at which it is small enough is u - 1.
    upper = 1 + int(np.count_nonzero(bdtrc(counts, number, level) > delta / 2))
    return lower, upper


def tail_probability(values: Any, threshold: float, tail: Tail, *, delta: float) -> Interval:
    """Probability that a replicate's value lies at or beyond a threshold, with Clopper and Pearson's interval.

    Args:
        values: shape (replicates, ...), independent over the first axis; nan lies beyond no threshold.
        threshold: units of `values`.
        tail: "upper" for P(X >= threshold), "lower" for P(X <= threshold).
        delta: error probability of each interval, in (0, 1).

    Returns:
        Shares of replicates in [0, 1] and their intervals, shape (...).

    Raises:
        ValueError: no replicate, an unknown tail, a threshold that is not one number, or a delta outside (0, 1).

    Source: Definition; `clopper_pearson`.
    """
    values = np.asarray(values)
    if values.ndim == 0 or values.shape[0] == 0:
        raise ValueError(f"`values` must have shape (replicates, ...); got shape {values.shape}.")
    if tail not in get_args(Tail):
        raise ValueError(f"`tail` must be 'upper' or 'lower'; got {tail!r}.")
    if np.ndim(threshold) != 0 or np.isnan(threshold):
        raise ValueError(f"`threshold` must be one number; got {threshold!r}.")
    # In the dtype of the values: 0.1 is not below float32's 0.1.
    level = np.asarray(threshold, values.dtype if np.issubdtype(values.dtype, np.floating) else np.float64)
    beyond = values >= level if tail == "upper" else values <= level
    return clopper_pearson(np.count_nonzero(beyond, axis=0), values.shape[0], delta=delta)


def clopper_pearson(successes: Any, num_trials: int, *, delta: float) -> Interval:
    """Share of successes among independent trials, with the interval that inverts the binomial tails.

    lower(k) solves P(Bin(n, p) >= k) = delta / 2, upper(k) solves P(Bin(n, p) <= k) = delta / 2.

    Args:
        successes: whole numbers k in [0, n], any shape.
        num_trials: n, at least 1.
        delta: error probability of each interval, in (0, 1), half of it for each end.

    Returns:
        k / n and the interval, in [0, 1], of the shape of `successes`.

    Raises:
        ValueError: counts that are not whole numbers in [0, n], no trial, or a delta outside (0, 1).

    Source: Clopper and Pearson, Biometrika 26 (1934).
    """
    from scipy.special import betainccinv, betaincinv

    number, delta = positive_integer(num_trials, name="num_trials"), _inside_unit(delta, name="delta")
    counts = np.asarray(successes, np.float64)
    wrong = ~((counts >= 0) & (counts <= number) & (counts == np.floor(counts)))
    if np.any(wrong):
        raise ValueError(f"`successes` must be whole numbers in [0, {number}]; got {counts[wrong].flat[0]:g}.")
    some, some_failures = np.maximum(counts, 1), np.maximum(number - counts, 1)
    lower = np.where(counts == 0, 0.0, betaincinv(some, number - counts + 1, delta / 2))
    # The complement, because 1 - delta / 2 has lost the digits of a small delta.
    upper = np.where(counts == number, 1.0, betainccinv(counts + 1, some_failures, delta / 2))
    return Interval((counts / number)[()], lower[()], upper[()])


def _inside_unit(value: Any, *, name: str) -> float:
    if np.ndim(value) != 0 or not 0 < float(value) < 1:
        raise ValueError(f"`{name}` must lie in (0, 1); got {value!r}.")
    return float(value)
