"""Streaming summaries of recorded quantities: additive, host-side, float64, in absolute block order."""

from typing import NamedTuple, Self

import numpy as np

from zenil_dynamics.types import HostArray

QUANTILE_REPLICATES = 4096
"""Quantiles are order statistics of the first so many replicates: exact up to here, a fixed sample beyond."""

QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


class BlockMoments(NamedTuple):
    """What a block of replicates says of one quantity, per generation; all of shape (generations,).

    Attributes:
        finite: number of finite values.
        mean: of the finite values.
        scatter: their summed squared distance from that mean.
        minimum, maximum: of all values; nan where one is nan.
    """

    finite: HostArray
    mean: HostArray
    scatter: HostArray
    minimum: HostArray
    maximum: HostArray


class Summary:
    """Moments and extremes of one recorded quantity over all replicates so far, and the values that were kept.

    Merging follows Chan, Golub and LeVeque (1979). The order of merges is the order of blocks, never that of their
    completion, so that the last bits do not depend on threads.

    Attributes:
        total: replicates merged so far.
        moments: float64, per generation.
        kept: values of the first replicates, a list of arrays (generations, replicates).
    """

    def __init__(self, num_generations: int, keep: int):
        self.total = 0
        self.keep = keep
        self.num_kept = 0
        self.kept: list[np.ndarray] = []
        self.moments = BlockMoments(
            finite=np.zeros(num_generations),
            mean=np.zeros(num_generations),
            scatter=np.zeros(num_generations),
            minimum=np.full(num_generations, np.inf),
            maximum=np.full(num_generations, -np.inf),
        )

    @property
    def wants_values(self) -> bool:
        """Whether values of further replicates are to be kept."""
        return self.num_kept < self.keep

    def merge(self, block: BlockMoments, num_replicates: int, values: np.ndarray | None) -> Self:
        """Add a block of `num_replicates`; `values` has shape (generations, replicates) and is needed while wanted."""
        new = BlockMoments(*(np.asarray(part, np.float64) for part in block))
        if self.total == 0:
            self.moments = new
        else:
            self.moments = _merged(self.moments, new)
        self.total += num_replicates
        if values is not None and self.wants_values:
            wanted = min(values.shape[1], self.keep - self.num_kept)
            self.kept.append(np.array(values[:, :wanted]))
            self.num_kept += wanted
        return self

    def values(self) -> np.ndarray:
        """The kept values, shape (replicates, generations)."""
        if not self.kept:
            return np.zeros((0, self.moments.mean.shape[0]), np.float32)
        return np.ascontiguousarray(np.concatenate(self.kept, axis=1).T)

    @property
    def nonfinite(self) -> np.ndarray:
        """Fraction of replicates whose value is infinite or nan."""
        return 1 - self.moments.finite / max(self.total, 1)

    @property
    def minimum(self) -> np.ndarray:
        """Smallest value, infinite ones included."""
        return self.moments.minimum

    @property
    def maximum(self) -> np.ndarray:
        """Largest value, infinite ones included."""
        return self.moments.maximum

    @property
    def mean(self) -> np.ndarray:
        """Mean over all replicates: infinite or nan as soon as one of them is."""
        low, high = self.moments.minimum, self.moments.maximum
        infinite = np.where(np.isposinf(high), np.where(np.isneginf(low), np.nan, np.inf), -np.inf)
        infinite = np.where(np.isnan(low) | np.isnan(high), np.nan, infinite)
        return np.where(self.moments.finite == self.total, self.moments.mean, infinite)

    @property
    def variance(self) -> np.ndarray:
        """Sample variance (divisor R - 1); nan where a value is not finite or R = 1."""
        freedom = self.total - 1
        spread = self.moments.scatter / freedom if freedom > 0 else np.full_like(self.moments.scatter, np.nan)
        return np.where(self.moments.finite == self.total, spread, np.nan)

    @property
    def standard_error(self) -> np.ndarray:
        """Of the mean."""
        return np.sqrt(self.variance / max(self.total, 1))

    def quantiles(self, levels: tuple[float, ...] = QUANTILE_LEVELS) -> dict[float, np.ndarray]:
        """Order statistics of the kept replicates, inverted-CDF convention, so that infinite values stay infinite."""
        values = self.values()
        if not values.shape[0]:
            return {}
        table = np.quantile(values, levels, axis=0, method="inverted_cdf")
        return {level: np.asarray(table[i], np.float64) for i, level in enumerate(levels)}


def _merged(old: BlockMoments, new: BlockMoments) -> BlockMoments:
    """Moments of both sets together; a side without a finite value leaves the other as it is."""
    finite = old.finite + new.finite
    share = np.divide(new.finite, finite, out=np.zeros_like(finite), where=finite > 0)
    shift = np.where((old.finite > 0) & (new.finite > 0), new.mean - old.mean, 0.0)
    return BlockMoments(
        finite=finite,
        mean=np.where(old.finite > 0, old.mean, new.mean) + share * shift,
        scatter=old.scatter + new.scatter + shift * shift * share * old.finite,
        minimum=np.minimum(old.minimum, new.minimum),
        maximum=np.maximum(old.maximum, new.maximum),
    )
