"""An interval for reporting: an anytime-valid confidence sequence from n, sum and sum of squares.

K1 and K5 never get smaller when m of the null "E X <= m" falls, so the largest rejected m is a valid lower limit at
every time. Both are bounded below by functions of three sums, which cost nothing to keep:

    K1 >= logmeanexp_j (c_j S - psi(c_j) Q),  psi(c) = -log(1-c) - c,  S = sum xi, Q = sum xi^2      (kernel K2)
    K5 >= logmeanexp_j (l_j S - 0.1 l_j^2 Q - n log1p(l_j^2 v/2)),   since log g(y) >= y - 0.1 y^2

and a smaller evidence gives a wider, hence still valid, interval.

Source: K2: Fan, Grama & Liu 2015; empirical-Bernstein form as in Waudby-Smith & Ramdas 2024 (arXiv 2010.09686).
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from proofs_numeric.sequential.bounded_variance import STANDARDISED_BETS
from proofs_numeric.sequential.lower_bounded import FRACTIONS

_CURVATURE = -np.log1p(-FRACTIONS) - FRACTIONS
_DISTANCES = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 121)])


@dataclass(frozen=True)
class Sums:
    """n, sum and sum of squares of X - center; the common center avoids cancellation. Definition.

    Args:
        center: a fixed number near the mean, chosen before the data.
        n: samples.
        first: sum of X - center.
        second: sum of (X - center)^2.
    """

    center: float
    n: int = 0
    first: float = 0.0
    second: float = 0.0

    def add(self, samples: Float[np.ndarray, " samples"]) -> "Sums":
        """Sums with these samples included. Definition."""
        shifted = np.asarray(samples, np.float64) - self.center
        return Sums(
            self.center,
            self.n + shifted.size,
            self.first + float(np.sum(shifted)),
            self.second + float(np.sum(shifted * shifted)),
        )

    def __add__(self, other: "Sums") -> "Sums":
        if other.center != self.center:
            raise ValueError(f"`other` must have center {self.center}; got {other.center}. Use one center per stream.")
        return Sums(self.center, self.n + other.n, self.first + other.first, self.second + other.second)

    @property
    def mean(self) -> float:
        """Sample mean. Definition."""
        return self.center + self.first / self.n if self.n else math.nan

    @property
    def standard_deviation(self) -> float:
        """Sample standard deviation, divisor n; infinite where its square is beyond float64. Definition."""
        if not self.n:
            return math.nan
        mean = self.first / self.n
        square = self.second / self.n - mean * mean
        return math.sqrt(max(0.0, square)) if math.isfinite(square) else math.inf

    def mirrored(self) -> "Sums":
        """Sums of -X. Definition."""
        return Sums(-self.center, self.n, -self.first, self.second)


def _log_evidence(
    sums: Sums, means: Float[np.ndarray, " nulls"], lower: float | None, variance: float | None
) -> Float[np.ndarray, " nulls"]:
    """Lower bound of the evidence against each E X <= m, nats."""
    shift = (means - sums.center)[:, None]
    first = sums.first - sums.n * shift
    second = np.maximum(0.0, sums.second - 2.0 * shift * sums.first + sums.n * shift * shift)
    parts = []
    if lower is not None:
        # A null below the lower end is impossible; it gets no evidence here, and the caller reports the end itself.
        scale = np.where(means > lower, means - lower, np.inf)[:, None]
        parts.append(FRACTIONS * (first / scale) - _CURVATURE * (second / scale**2))
    if variance is not None and variance > 0:
        bets = STANDARDISED_BETS / math.sqrt(variance)
        parts.append(bets * first - 0.1 * bets**2 * second - sums.n * np.log1p(0.5 * STANDARDISED_BETS**2))
    if not parts:
        return np.full(means.shape, -math.inf)
    logs = np.concatenate(parts, axis=1)
    largest = logs.max(axis=1)
    return largest + np.log(np.mean(np.exp(logs - largest[:, None]), axis=1))


def lower_limit(sums: Sums, delta: float, lower: float | None, variance: float | None) -> float:
    """Lower limit of E X, valid at every time at once with probability 1 - delta.

    The largest m at which "E X <= m" is rejected at level delta.

    Args:
        sums: what the samples left behind.
        delta: error probability.
        lower: proved lower end of X, or None.
        variance: proved bound of the variance, or None.

    Returns:
        The limit, units of X; the proved lower end (or -inf) where the data reject nothing.

    Source: module docstring.
    """
    floor = -math.inf if lower is None else lower
    if sums.n == 0:
        return floor
    threshold = math.log(1.0 / delta)
    reach = sums.mean - lower if lower is not None else 1e3 * math.sqrt(variance) if variance is not None else 0.0
    if reach <= 0:
        return floor
    nulls = sums.mean - reach * _DISTANCES
    limit = floor
    for _ in range(4):
        rejected = _log_evidence(sums, nulls, lower, variance) >= threshold
        if not rejected.any():
            break
        nearest = max(1, int(np.argmax(rejected)))
        limit = float(nulls[nearest])
        nulls = np.linspace(nulls[nearest - 1], nulls[nearest], 33)
    return limit


def confidence_sequence(
    sums: Sums, delta: float, lower: float | None, upper: float | None, variance: float | None
) -> tuple[float, float]:
    """Interval that contains E X at every time at once with probability 1 - delta.

    Each side is a one-sided limit at delta/2.

    Args:
        sums: what the samples left behind.
        delta: error probability of the pair.
        lower: proved lower end of X, or None.
        upper: proved upper end of X, or None.
        variance: proved bound of the variance, or None.

    Returns:
        (lower limit, upper limit), units of X; an end is infinite where nothing licenses it.

    Source: module docstring.
    """
    below = lower_limit(sums, delta / 2, lower, variance)
    above = -lower_limit(sums.mirrored(), delta / 2, None if upper is None else -upper, variance)
    return below, above
