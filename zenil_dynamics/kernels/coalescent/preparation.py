"""From a system's schedules to what a genealogy reads."""

from typing import NamedTuple, Self

import numpy as np

from zenil_dynamics.fits.smoothed import Smoothed
from zenil_dynamics.kernels.coalescent.fixed_point import NARROW_RANGE, threshold
from zenil_dynamics.kernels.coalescent.genealogy import Genealogy, Generations
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import Estimate, System

LARGEST_NUM_LINEAGES = 1 << 20
"""Draws behind the last model: each has a row of every lane."""

LARGEST_NUM_GENERATIONS = (1 << 24) - 2
"""A generation is part of a tag."""

SMALLEST_CHUNK = 16
_CHUNKS = ((4096, SMALLEST_CHUNK), (LARGEST_NUM_LINEAGES, 32))
"""(largest capacity, rows computed together): more rows cost less each, and are wasted on the last few lineages."""


class Shares(NamedTuple):
    """Schedules as lineages meet them, float64, shape (generations,).

    Attributes:
        fresh: share of real draws.
        smoothed: share of the uniform law in Q_t.
        num_parents: draws that Q_t was fitted to, 0 where it is a given law.
    """

    fresh: np.ndarray
    smoothed: np.ndarray
    num_parents: np.ndarray

    @classmethod
    def of(cls, system: System, table: ScheduleTable) -> Self:
        """Those of a run from generation 0 on."""
        opened = system.initial.num_samples if isinstance(system.initial, Estimate) else 0
        num_parents = np.concatenate([[opened], table.num_samples[:-1]]).astype(np.int64)
        return cls._with(system, table, num_parents)

    @classmethod
    def stationary(cls, system: System, table: ScheduleTable) -> Self:
        """Those of a loop without beginning, all of whose generations are like the one of `table`.

        Raises:
            ValueError: no fresh draws.
        """
        shares = cls._with(system, table, table.num_samples.astype(np.int64))
        if not shares.ended[0] > 0:
            raise ValueError(
                "`exogenous_fraction` must be positive for a stationary law, under stratified mixing by one draw at "
                f"least; got {table.exogenous_fraction[0]:g}. Without real data types die out one by one."
            )
        return shares

    @classmethod
    def _with(cls, system: System, table: ScheduleTable, num_parents: np.ndarray) -> Self:
        smooth = isinstance(system.fit, Smoothed)
        added = float(system.fit.pseudocount) * system.target.support_size if smooth else 0.0  # pyright: ignore[reportAttributeAccessIssue]
        smoothed = np.where(num_parents > 0, added / np.maximum(num_parents + added, 1.0), 0.0)
        fresh = table.num_real / table.num_samples if system.mixing == "stratified" else table.exogenous_fraction
        return cls(fresh, smoothed, num_parents)

    @property
    def ended(self) -> np.ndarray:
        """Probability that a lineage ends at a generation."""
        return 1 - (1 - self.fresh) * (1 - self.smoothed)

    def expected_lineages(self, num_lineages: float) -> np.ndarray:
        """About how many lineages there are at each generation, from the last one back: k -> M (1 - exp(-k / M))."""
        left, through = num_lineages, []
        for ended, parents in zip(self.ended[::-1], self.num_parents[::-1], strict=True):
            through.append(left)
            left = left * (1 - ended)
            left = parents * -np.expm1(-left / parents) if parents else left
        return np.array(through)


def prepare(system: System, table: ScheduleTable, shares: Shares, *, endless: bool = False) -> Genealogy:
    """Bring the schedules into the form of the kernel.

    Args:
        system: the loop.
        table: of at least one generation.
        shares: of the same generations.
        endless: the one generation of `table` stands for all, without beginning.
    """
    number = int(table.num_samples[-1])
    # Four leading bits: runs whose N differ a little share a compilation.
    unit = max(1 << max(number.bit_length() - 4, 0), SMALLEST_CHUNK)
    capacity = -(-number // unit) * unit
    # A step to a given law neither joins lineages nor, where that law is the target, changes how they end.
    settled = not isinstance(system.initial, Estimate) and (system.initial is None or shares.fresh[0] == 0)
    steps = table.num_generations - 1 if settled else table.num_generations
    smooths = bool(np.any(shares.smoothed > 0))
    fresh = bool(np.any(shares.fresh > 0))
    return Genealogy(
        generations=Generations(
            num_samples=table.num_samples.astype(np.uint32),
            num_real=table.num_real.astype(np.int32),
            fresh=threshold(table.exogenous_fraction),
            smoothed=threshold(shares.smoothed),
            num_parents=shares.num_parents.astype(np.uint32),
        ),
        num_lineages=np.asarray(number, np.int32),
        capacity=capacity,
        chunk=next(rows for largest, rows in _CHUNKS if capacity <= largest),
        steps=LARGEST_NUM_GENERATIONS if endless else steps,
        endless=endless,
        ends=smooths or fresh,
        stratified=system.mixing == "stratified" and fresh,
        smooths=smooths,
        wide=int(max(table.num_samples.max(), shares.num_parents.max())) >= NARROW_RANGE,
    )
