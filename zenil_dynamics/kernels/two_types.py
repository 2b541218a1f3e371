"""Two types: the whole chain as one table, a row per count, a random word per generation.

The count of the first type is a Markov chain on 0 .. N whose rows are binomial laws. With N and alpha constant they are
tabulated once; a generation is then one look-up, and a recorded quantity is a look-up as well, because a state is its
count. Words are made for several generations at a time: they do not depend on the state.
"""

from typing import Any, ClassVar, Self, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Complex64, Float, Int32, UInt32

from zenil_dynamics.kernels import constant_counts
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.random import Tag, fold_in, joined, parted, threefry2x32, words
from zenil_dynamics.samplers import alias
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.base import Observed
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.types import HostArray, Key

_CPU_LANES, _ACCELERATOR_LANES = 2048, 65536
"""A state is one number: only the width pays for starting a pass."""

_TOGETHER = 16
"""Generations whose words are made in one pass; an even number, for a block has two words."""


class TwoTypes(AbstractKernel):
    """Categorical states on two types, all data replaced, fitted by maximum likelihood; constant N and alpha.

    Attributes:
        target: P.
        initial: Q_0 where it is fixed, None where it is estimated from a real sample of N draws.
        rare_threshold: for the recorders.
        num_samples: N.
        chain: binomial laws of N trials; row n of probability alpha P_1 + (1 - alpha) n / N, row `opening` of the
            first counts: of generation 1, or of the sample behind an estimated Q_0.
        opening: N + 1.
        num_generations: T.
    """

    target: Categorical
    initial: Categorical | None
    rare_threshold: Float[HostArray, ""]
    num_samples: Int32[HostArray, ""]
    chain: alias.AliasTable
    opening: Int32[HostArray, ""]
    num_generations: int = eqx.field(static=True)

    name: ClassVar[str] = "two-types"

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """See the base class."""
        general = constant_counts.refusal(system, table)
        if general is not None:
            return general
        if cast(Categorical, system.target).support_size != 2:
            return "it tabulates the chain of one count, and there are not two types"
        if table.num_samples[0] > alias.LARGEST_BINOMIAL_TRIALS:
            return f"its tables end at N = {alias.LARGEST_BINOMIAL_TRIALS}"
        if "successive_kl" in names:
            return "it sees one state at a time, and 'successive_kl' compares two"
        return None

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Tabulate the chain of one system."""
        num_samples, fraction = int(table.num_samples[0]), float(table.exogenous_fraction[0])
        target, start = system.target, system.initial_state
        assert isinstance(target, Categorical)
        assert isinstance(start, Categorical)
        real = float(np.asarray(target.probs, np.float64)[0])
        estimated = isinstance(system.initial, Estimate)
        first = real if estimated else fraction * real + (1 - fraction) * float(np.asarray(start.probs, np.float64)[0])
        shares = np.arange(num_samples + 1) / num_samples
        rows = np.concatenate([fraction * real + (1 - fraction) * shares, [first]])
        return cls(
            target,
            None if estimated else start,
            system.rare_threshold,
            np.asarray(num_samples, np.int32),
            alias.binomial(num_samples, np.clip(rows, 0.0, 1.0)),
            np.asarray(num_samples + 1, np.int32),
            table.num_generations,
        )

    @property
    def block_size(self) -> int:
        """By platform alone."""
        return _CPU_LANES if jax.default_backend() == "cpu" else _ACCELERATOR_LANES

    @property
    def description(self) -> str:
        """What is tabulated."""
        return "chain of one count from a table"

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""
        counts = self._counts(words(jax.vmap(lambda index: fold_in(key, index))(replicates)))
        drawn = self.num_generations + (1 if self.initial is None else 0)
        counts = counts[drawn - 1 : drawn] if terminal_only else counts[:drawn]
        values = tuple(self._tabulated(recorder)[counts] for recorder in recorders)
        if terminal_only or self.initial is None:
            return values
        beside = Observed(self.target, self.initial, self.rare_threshold)
        start = (jnp.full((1, counts.shape[1]), recorder(self.initial, beside)) for recorder in recorders)
        return tuple(jnp.concatenate(pair) for pair in zip(start, values, strict=True))

    def _counts(self, keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]]) -> Int32[Array, "draws lanes"]:
        """Counts draw after draw, the opening one first; a few more than are asked for."""
        passes = -(-(self.num_generations + 1) // _TOGETHER)

        def blocks(index: Array) -> Complex64[Array, "blocks lanes"]:
            half = _TOGETHER // 2
            number = index * np.uint32(half) + jnp.arange(half, dtype=jnp.uint32)[:, None]
            return joined(*threefry2x32(keys[0][None], keys[1][None], jnp.full_like(number, Tag.TWO_TYPES), number))

        def several(carry: tuple[Array, Array], index: Array) -> tuple[tuple[Array, Array], Array]:
            count, found = carry
            drawn = []
            for place in range(_TOGETHER // 2):
                for word in parted(found[place]):
                    count = self.chain.draw(count, word)
                    drawn.append(count)
            # Words come out of the carry: XLA makes a gather scalar, and with it all that it fuses into it.
            return (count, blocks(index + np.uint32(1))), jnp.stack(drawn)

        start = jnp.broadcast_to(jnp.asarray(self.opening), keys[0].shape)
        indices = jnp.arange(passes, dtype=jnp.uint32)
        _, counts = lax.scan(several, (start, blocks(jnp.uint32(0))), indices)
        return counts.reshape(passes * _TOGETHER, -1)

    def _tabulated(self, recorder: Recorder) -> Float[Array, " counts"]:
        """A quantity at every count."""
        num_samples = self.num_samples.astype(np.float32)
        count = jnp.minimum(jnp.arange(self.chain.rows.shape[0], dtype=jnp.float32), num_samples)

        def one(share: Array, other: Array) -> Any:
            state = eqx.tree_at(lambda state: state.probs, self.target, jnp.stack([share, other]))
            return jnp.asarray(recorder(state, Observed(self.target, state, self.rare_threshold)))

        return jax.vmap(one)(count / num_samples, (num_samples - count) / num_samples)
