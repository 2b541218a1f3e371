"""What every contender must hand over, so that all of them do the same work: moments and extremes by generation."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Record:
    """Over replicates, by generation 0 .. T or for T alone; each table maps a name to float64 of shape (generations,).

    Attributes:
        num_replicates: R.
        mean: average over replicates.
        variance: sample variance, divisor R - 1.
        minimum: smallest value.
        maximum: largest value.
        kernel: which algorithm ran, in its own words; empty where there is no choice.
    """

    num_replicates: int
    mean: Mapping[str, np.ndarray]
    variance: Mapping[str, np.ndarray]
    minimum: Mapping[str, np.ndarray]
    maximum: Mapping[str, np.ndarray]
    kernel: str = ""


def summarise(values: Mapping[str, np.ndarray], *, axis: int) -> Record:
    """Reduce values of all replicates along `axis`, the replicate axis."""
    num_replicates = next(iter(values.values())).shape[axis]
    return Record(
        num_replicates,
        {name: table.mean(axis=axis, dtype=np.float64) for name, table in values.items()},
        {name: table.var(axis=axis, ddof=1, dtype=np.float64) for name, table in values.items()},
        {name: table.min(axis=axis).astype(np.float64) for name, table in values.items()},
        {name: table.max(axis=axis).astype(np.float64) for name, table in values.items()},
    )


def concatenate(parts: Sequence[Mapping[str, np.ndarray]], *, axis: int) -> dict[str, np.ndarray]:
    """Join what several threads computed along the replicate axis."""
    return {name: np.concatenate([part[name] for part in parts], axis=axis) for name in parts[0]}
