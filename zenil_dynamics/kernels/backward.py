"""The state at T alone, exactly: its genealogy is traced back, and generations in between are never drawn.

The cost is that of the lineages that are left, about 2 N log T, whatever the number of types; with fresh draws about N.
"""

from typing import Any, ClassVar, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int32, UInt32

from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood
from zenil_dynamics.fits.smoothed import Smoothed
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.kernels.coalescent import Genealogy, Shares, TypeLaw, prepare, tally
from zenil_dynamics.kernels.coalescent.preparation import (
    LARGEST_NUM_GENERATIONS,
    LARGEST_NUM_LINEAGES,
    SMALLEST_CHUNK,
)
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import Tag, fold_in, words
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.base import Observed
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.statistics import Counts
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.types import Key
from zenil_dynamics.updates.replace import Replace

_STATIONARY_TAIL = 2.0**-30
"""Largest probability that a stationary lineage outlives all generations that can be addressed."""

_LANES = (16, 256)
_WORKING_SET = 2**24

# Nanoseconds on one core: a lineage and generation, a draw of a type, and per type and generation going forward.
_LINEAGE, _DRAW, _FORWARD_TYPE = 3.6, 10.0, 5.0


class Backward(AbstractKernel):
    """Categorical states, all data replaced, fitted by frequencies with or without pseudocounts.

    Every step of a lineage is within (o + 1) 2^-46 in total variation of its law, o the number of parents found so
    far, and every type within 2^-33 + K 2^-48. A step uses 48 bits twice, of which 16 are shared: they matter to both
    decisions only where the leading 32 bits leave both open.

    Attributes:
        loop: the system, for its fit and for what recorders see.
        genealogy: the schedules.
        origin: law of the lineages that reach generation 0.
        target: law of those that end before as fresh draws, where some do.
        uniform: law of those that end as pseudocounts, where some do.
    """

    loop: Loop
    genealogy: Genealogy | None
    origin: TypeLaw
    target: TypeLaw | None
    uniform: TypeLaw | None

    name: ClassVar[str] = "backward"

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """See the base class."""
        if not terminal_only:
            return "it computes the state at T alone, and every generation is recorded"
        if not isinstance(system.target, Categorical):
            return "it draws types, and the state is not categorical"
        if type(system.update) is not Replace:
            return "it needs the update Replace"
        if type(system.fit) not in (MaximumLikelihood, Smoothed):
            return "it needs the fit MaximumLikelihood or Smoothed"
        if "successive_kl" in names:
            return "'successive_kl' compares with generation T - 1, which is never drawn"
        if table.num_generations > LARGEST_NUM_GENERATIONS:
            return f"it addresses at most {LARGEST_NUM_GENERATIONS} generations"
        if table.num_generations and table.num_samples[-1] > LARGEST_NUM_LINEAGES:
            return f"the last model is fitted to more than {LARGEST_NUM_LINEAGES} draws"
        return None

    @classmethod
    def pays(cls, system: System, table: ScheduleTable) -> bool:
        """Where the expected number of lineages costs less than all types at all generations; on a CPU."""
        if jax.default_backend() != "cpu" or table.num_generations < 1:
            return False
        lineages = Shares.of(system, table).expected_lineages(float(table.num_samples[-1]))
        # The last few lineages are computed as a chunk.
        backward = _LINEAGE * np.maximum(lineages, SMALLEST_CHUNK).sum() + _DRAW * table.num_samples[-1]
        return bool(backward < _FORWARD_TYPE * system.target.support_size * table.num_generations)  # pyright: ignore[reportAttributeAccessIssue]

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Take over a run that is not refused."""
        genealogy = prepare(system, table, Shares.of(system, table)) if table.num_generations else None
        return cls._built(system, table, genealogy)

    @classmethod
    def stationary(cls, system: System) -> Self:
        """Sample the stationary law of the first row of the schedules: lineages are traced until all have ended.

        Raises:
            ValueError: a system that is not supported, no fresh draws, or too few of them.
        """
        table = system.table(1)
        refusal = cls.refusal(system, table, (), terminal_only=True)
        if refusal is not None:
            raise ValueError(f"`system` has no stationary sampler because {refusal}.")
        shares = Shares.stationary(system, table)
        survival = np.log1p(-min(float(shares.ended[0]), 1 - 2.0**-53))
        if np.log(float(table.num_samples[0])) + LARGEST_NUM_GENERATIONS * survival > np.log(_STATIONARY_TAIL):
            raise ValueError(
                f"`exogenous_fraction` must let every lineage end within {LARGEST_NUM_GENERATIONS} generations; got "
                f"{shares.fresh[0]:g}. Raise it."
            )
        return cls._built(system, table, prepare(system, table, shares, endless=True))

    @classmethod
    def _built(cls, system: System, table: ScheduleTable, genealogy: Genealogy | None) -> Self:
        loop = Loop.of(system, table)
        target = np.asarray(system.target.probs, np.float64)  # pyright: ignore[reportAttributeAccessIssue]
        start = system.target if isinstance(system.initial, Estimate) else system.initial_state
        origin = TypeLaw.of(np.asarray(start.probs, np.float64))  # pyright: ignore[reportAttributeAccessIssue]
        ends, smooths = genealogy is not None and genealogy.ends, genealogy is not None and genealogy.smooths
        return cls(
            loop=loop,
            genealogy=genealogy,
            origin=origin,
            target=TypeLaw.of(target) if ends else None,
            uniform=TypeLaw.of(np.full(target.shape, 1 / target.size)) if smooths else None,
        )

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""
        keys = jax.vmap(lambda index: fold_in(key, index))(replicates)
        if self.genealogy is None:
            states = jax.vmap(lambda key: self.loop.start(key=fold_in(key, jnp.uint32(0)))[0])(keys)
        else:
            counts = self._counts(self.genealogy, words(keys))
            states = jax.vmap(self._fitted)(counts.T, keys)

        def record(state: Any) -> tuple[Float[Array, ""], ...]:
            # Nobody asks for the previous state: what compares with it is refused.
            observed = Observed(self.loop.target, state, self.loop.rare_threshold)
            return tuple(jnp.asarray(recorder(state, observed)) for recorder in recorders)

        return tuple(values[None] for values in jax.vmap(record)(states))

    def _fitted(self, counts: Int32[Array, " support"], key: Key) -> Any:
        """The model of some counts."""
        return self.loop.fit(Counts(counts), self.loop.template, key=key)

    def _counts(
        self, genealogy: Genealogy, keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]]
    ) -> Int32[Array, "support lanes"]:
        """Counts of types in the last training set."""
        lanes, support = keys[0].shape[0], self.origin.alias.shape[0]
        if max(genealogy.rows, support) * lanes >= 2**31:
            raise ValueError(f"`block_size` is too large for this kernel; got {lanes}. Leave it to the kernel.")
        capacity, chunk = genealogy.capacity, genealogy.chunk
        size = chunk * lanes
        found, living, other = genealogy.trace(keys)

        def up_to(number: Array) -> tuple[Array, Array]:
            return jnp.int32(0), (jnp.max(number) + (chunk - 1)) // chunk

        def alive(first: Array) -> Array:
            return jax.lax.dynamic_slice(living, (first * lanes,), (size,))

        def ended(first: Array) -> Array:
            start = ((first + capacity) * lanes,)
            return jax.lax.dynamic_slice(living, start, (size,)) + jax.lax.dynamic_slice(other, start, (size,))

        options = {"chunk": chunk, "keys": keys}
        counts = tally(
            jnp.zeros(support * lanes, jnp.int32),
            self.origin,
            alive,
            lambda row: row < found.living[None],
            chunks=up_to(found.living),
            tag=Tag.BACKWARD_ORIGIN,
            **options,
        )
        if self.target is not None:
            counts = tally(
                counts,
                self.target,
                ended,
                lambda row: row < found.fresh[None],
                chunks=up_to(found.fresh),
                tag=Tag.BACKWARD_FRESH,
                **options,
            )
        if self.uniform is not None:
            first = (capacity - jnp.max(found.smoothed)) // chunk
            counts = tally(
                counts,
                self.uniform,
                ended,
                lambda row: row >= capacity - found.smoothed[None],
                chunks=(first, jnp.int32(capacity // chunk)),
                tag=Tag.BACKWARD_UNIFORM,
                **options,
            )
        return counts.reshape(support, lanes)

    @property
    def block_size(self) -> int:
        """As many lanes as keep all lineages within the working set, and as many as make a row worth its while."""
        rows = 1 if self.genealogy is None else self.genealogy.rows
        fitting = 2 ** int(np.log2(max(_WORKING_SET // (8 * rows), 1)))
        return int(min(max(fitting, _LANES[0]), _LANES[1]))

    @property
    def description(self) -> str:
        """Where it ends."""
        endless = self.genealogy is not None and self.genealogy.endless
        return "backward genealogy of categorical draws" + (", to its end (stationary law)" if endless else "")
