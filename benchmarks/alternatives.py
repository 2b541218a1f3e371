"""Ways to draw counts that `zenil_dynamics` does not use, as kernels, so that the choice can be measured.

Both compute what `kernels.Forward` computes for categorical states under replacement and maximum likelihood, for one N.
"""

import abc
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

from zenil_dynamics import samplers
from zenil_dynamics.kernels import AbstractKernel, Recorder
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import fold_in, threefry2x32, words
from zenil_dynamics.schedule_table import Row, ScheduleTable
from zenil_dynamics.states import Categorical
from zenil_dynamics.states.base import Observed
from zenil_dynamics.system import System
from zenil_dynamics.types import Key


class _Alternative(AbstractKernel):
    """A scan over generations like `Forward`, with another sampler of counts."""

    loop: Loop
    rows: Row
    num_samples: int = eqx.field(static=True)

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """Only the benchmark asks for these, and it knows what they can do."""
        return None

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Take over a system."""
        return cls(Loop.of(system, table), table.rows(), int(table.num_samples[0]))

    @property
    def block_size(self) -> int:
        """As `ConditionedPoisson`."""
        return 256

    @property
    def description(self) -> str:
        """Its name."""
        return self.name

    @abc.abstractmethod
    def counts(self, probs: Float[Array, " support"], *, key: Key) -> Array:
        """Counts of N draws."""

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""
        loop = self.loop
        target = loop.target
        assert isinstance(target, Categorical)
        real = jnp.asarray(target.probs, jnp.float32)

        def one(index: Array) -> Any:
            below = fold_in(key, index)

            def step(probs: Array, row: Row) -> tuple[Array, Any]:
                state = eqx.tree_at(lambda state: state.probs, target, probs)
                seen = tuple(recorder(state, Observed(target, state, loop.rare_threshold)) for recorder in recorders)
                share = row.exogenous_fraction.astype(jnp.float32)
                mixed = share * real + (1 - share) * probs
                counts = self.counts(mixed, key=fold_in(below, row.generation + 1))
                return counts.astype(jnp.float32) / self.num_samples, seen

            return jax.lax.scan(step, real, self.rows)[1]

        return jax.vmap(one, out_axes=1)(replicates)


class Individuals(_Alternative):
    """Every draw picks its type: cumulative probabilities, a search, and a histogram."""

    name: ClassVar[str] = "individuals"

    def counts(self, probs: Float[Array, " support"], *, key: Key) -> Array:
        """See the base class."""
        index = jnp.arange(self.num_samples, dtype=jnp.uint32)
        word, _ = threefry2x32(*words(key), jnp.full_like(index, 1 << 24), index)
        uniform = (word >> np.uint32(8)).astype(jnp.float32) * np.float32(2.0**-24)
        ends = jnp.cumsum(probs)
        found = jnp.searchsorted(ends[:-1], uniform * ends[-1], side="right")
        return jnp.zeros(probs.shape[0], jnp.int32).at[found].add(1)


class Splitting(_Alternative):
    """Binary splitting: N is divided between the halves of the types, each part between its halves, and so on."""

    name: ClassVar[str] = "splitting"

    def counts(self, probs: Float[Array, " support"], *, key: Key) -> Array:
        """See the base class."""
        depth = (probs.shape[0] - 1).bit_length()
        sums = [jnp.pad(probs, (0, (1 << depth) - probs.shape[0]))]
        for _ in range(depth):
            sums.append(sums[-1].reshape(-1, 2).sum(axis=1))
        counts = jnp.full(1, self.num_samples, jnp.int32)
        for level in reversed(range(depth)):
            left, right = sums[level].reshape(-1, 2).T
            taken = samplers.binomial(counts, left, right, key=fold_in(key, level))
            counts = jnp.stack([taken, counts - taken], axis=1).reshape(-1)
        return counts[: probs.shape[0]]
