"""Schedules evaluated once, on the host: the numbers that kernels and oracles both read."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, UInt

from zenil_dynamics.types import HostArray

MAX_SAMPLES = 2**31 - 1
"""Counts are int32: no generation, and no training set, may hold more draws."""


class Row(NamedTuple):
    """The schedule table at one generation t, which drives the step from t to t + 1."""

    generation: UInt[HostArray, ""]
    num_samples: Int[HostArray, ""]
    exogenous_fraction: Float[HostArray, ""]
    num_real: Int[HostArray, ""]


class ScheduleTable(NamedTuple):
    """Schedules evaluated once, on the host, in float64; kernel and oracles read the same numbers.

    Attributes:
        num_samples: N_t, int64, shape (generations,).
        exogenous_fraction: alpha_t in [0, 1], float64, shape (generations,).
        num_real: floor(alpha_t N_t + 1/2), int64, shape (generations,): real draws of a stratified generation.
    """

    num_samples: np.ndarray
    exogenous_fraction: np.ndarray
    num_real: np.ndarray

    @property
    def num_generations(self) -> int:
        """T."""
        return self.num_samples.shape[0]

    def rows(self) -> Row:
        """The scan inputs, each of shape (generations,)."""
        return Row(
            generation=np.arange(self.num_generations, dtype=np.uint32),
            num_samples=self.num_samples.astype(np.int32),
            exogenous_fraction=self.exogenous_fraction,
            num_real=self.num_real.astype(np.int32),
        )
