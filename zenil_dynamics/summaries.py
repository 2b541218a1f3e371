"""Streaming summaries of recorded quantities: additive, host-side, float64, in absolute block order."""

import math
from typing import NamedTuple

import numpy as np

from zenil_dynamics.types import HostArray

QUANTILE_REPLICATES = 4096
"""Quantiles are order statistics of the first so many replicates: exact up to here, a fixed sample beyond."""

QUANTILE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


class BlockMoments(NamedTuple):
    """What a set of replicates says of some quantities, per generation; all of shape (..., generations).

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


Values = tuple[np.ndarray, ...]
"""What one block recorded: an array (generations, replicates) per quantity."""


class Gathered(NamedTuple):
    """What the blocks so far have left behind; never changed in place.

    Attributes:
        num_blocks: merged so far; they are blocks 0 .. num_blocks - 1.
        total: replicates in them.
        moments: float64, fields of shape (quantities, generations).
        num_kept: replicates whose values were kept.
    """

    num_blocks: int
    total: int
    moments: BlockMoments
    num_kept: int


class Gatherer:
    """Merges blocks in absolute order, in float64, so that the last bits do not depend on who computed which block.

    Merging follows Chan, Golub and LeVeque (1979). `state` is replaced in one step: an interruption finds all
    quantities before a block or all of them after it.

    Args:
        num_quantities: recorded side by side.
        num_generations: recorded of each.
        keep: values of the first so many replicates are kept; at most as many as there will be.
    """

    def __init__(self, num_quantities: int, num_generations: int, keep: int):
        self.shape = (num_quantities, num_generations)
        self.keep = keep
        nothing = BlockMoments(*(np.full(self.shape, value) for value in (0.0, 0.0, 0.0, np.inf, -np.inf)))
        self.state = Gathered(0, 0, nothing, 0)
        # One array, for NumPy puts large ones on large pages: holding on to the blocks costs ten times as much.
        self._kept = np.empty((*self.shape, 0), np.float32)

    def merge(self, moments: np.ndarray, num_replicates: int, values: Values | None) -> None:
        """Add the next block.

        Args:
            moments: the fields of `BlockMoments`, shape (5, quantities, generations), any floating dtype.
            num_replicates: of the block.
            values: of the block's first replicates; needed while `num_kept` is below `keep`.
        """
        old = self.state
        new = BlockMoments(*np.asarray(moments, np.float64))
        num_kept = old.num_kept
        if values is not None and num_kept < self.keep:
            if not self._kept.size:
                self._kept = np.empty((*self.shape, self.keep), values[0].dtype)
            wanted = min(num_replicates, self.keep - num_kept)
            for place, value in zip(self._kept, values, strict=True):
                place[:, num_kept : num_kept + wanted] = value[:, :wanted]
            num_kept += wanted
        merged = new if old.total == 0 else _merged(old.moments, new)
        self.state = Gathered(old.num_blocks + 1, old.total + num_replicates, merged, num_kept)

    @property
    def kept(self) -> np.ndarray:
        """The values kept so far, shape (quantities, generations, replicates)."""
        return self._kept[:, :, : self.state.num_kept]

    def restore(self, state: Gathered, kept: np.ndarray) -> None:
        """Take over what another gatherer had when it was interrupted: its `state` and `kept`."""
        self._kept = np.empty((*self.shape, self.keep), kept.dtype)
        self._kept[:, :, : state.num_kept] = kept
        self.state = state

    def summary(self, quantity: int) -> "Summary":
        """What is known of one quantity."""
        moments = BlockMoments(*(part[quantity] for part in self.state.moments))
        return Summary(self.state.total, moments, self.kept[quantity])


class Summary:
    """Moments and extremes of one recorded quantity over all replicates, and the values that were kept.

    Attributes:
        total: replicates.
        moments: float64, per generation.
        kept: values of the first replicates, shape (generations, replicates).
    """

    def __init__(self, total: int, moments: BlockMoments, kept: np.ndarray):
        self.total = total
        self.moments = moments
        self.kept = kept

    def values(self) -> np.ndarray:
        """The kept values, shape (replicates, generations); a view, since a copy would be as large again."""
        return self.kept.T

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
        """Order statistics of the kept replicates, inverted-CDF convention, so that infinite values stay infinite.

        Source: Hyndman and Fan, "Sample quantiles in statistical packages" (1996), definition 1.
        """
        count = self.kept.shape[1]
        if not count:
            return {}
        # Sorting contiguous rows is vectorised; `np.quantile` selects along the other axis and takes ten times as long.
        ordered = np.sort(self.kept, axis=1)
        missing = np.isnan(ordered[:, -1])
        ranks = {level: max(math.ceil(count * level - 1), 0) for level in levels}
        return {level: np.where(missing, np.nan, ordered[:, rank].astype(np.float64)) for level, rank in ranks.items()}


def _merged(old: BlockMoments, new: BlockMoments) -> BlockMoments:
    """Moments of both sets together; a side without a finite value leaves the other as it is."""
    finite = old.finite + new.finite
    share = new.finite / np.maximum(finite, 1)
    shift = new.mean - old.mean
    mean = old.mean
    if not (old.finite.all() and new.finite.all()):
        shift = np.where((old.finite > 0) & (new.finite > 0), shift, 0.0)
        mean = np.where(old.finite > 0, old.mean, new.mean)
    step = share * shift
    return BlockMoments(
        finite=finite,
        mean=mean + step,
        scatter=old.scatter + new.scatter + shift * step * old.finite,
        minimum=np.minimum(old.minimum, new.minimum),
        maximum=np.maximum(old.maximum, new.maximum),
    )
