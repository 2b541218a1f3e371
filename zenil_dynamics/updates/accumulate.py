"""Train on everything drawn so far."""

from typing import Any

import numpy as np

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Accumulate(AbstractUpdate):
    """Keep a running sum of statistics; N_t draws join it at each generation.

    With Q_0 = P the pool starts empty and its first batch is real. When Q_0 was fitted to a real sample, that sample
    opens the pool.

    Source: Gerstgrasser et al., arXiv 2404.01413 (the accumulate policy).
    """

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> Any:
        """The pool."""
        return empty if collected is None else collected

    def __call__(self, memory: Any, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, Any]:
        """Add N_t draws to the pool and train on all of it."""
        pool = memory + source.draw(row.num_samples, key=key)
        return pool, pool

    def set_sizes(self, num_samples: np.ndarray, opened: int) -> np.ndarray:
        """The pool grows by every generation's draws."""
        return opened + np.cumsum(num_samples)

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "accumulate"}
