"""Counts, generation by generation, from Poisson tables that are conditioned on their sum.

Multinomial counts are independent Poisson numbers given that they add up to N. So a generation is drawn like this: one
type, the head, is set aside; every other type takes a Poisson number, looked up in an alias table; the head gets what
is left. That has the right law when it is accepted with a probability proportional to the Poisson probability of what
is left, about sqrt(share of the head) on average, and otherwise tried again with new words. At N draws from
alpha P + (1 - alpha) Q with Q = counts / N the means are alpha N P_i + (1 - alpha) count_i: the first part has a row
per type, the second a row per count. No number comes from a formula that approximates: each is within 2^-21 in total
variation of its law, and within 2^-25 where its mean is small.

A lane holds one replicate and keeps its own generation and attempt: lanes do not wait for each other. Without fresh
draws a type that has died never returns: lanes then move their living types together from time to time, and the loops
over types end at the last living one. A lane that holds one type only has been absorbed and ends.
"""

from typing import Any, ClassVar, NamedTuple, Self, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int32, UInt32

from zenil_dynamics.kernels import constant_counts, poisson_lanes
from zenil_dynamics.kernels.additive import QUANTITIES, TabulatedQuantity, tabulate
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.kernels.poisson_lanes import CHUNK, UNITS, Attempt, Counts, Laws, Survey
from zenil_dynamics.random import fold_in, threefry2x32, words
from zenil_dynamics.samplers import alias
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.base import AbstractState, Observed
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.types import Key

LARGEST_NUM_SAMPLES = int(alias.LARGEST_POISSON_MEAN)
LARGEST_SUPPORT = alias.LARGEST_ROWS

_LANES = 256
"""Replicates side by side: enough to pay for a pass over a chunk, few enough for their counts to stay in cache."""

_WIDE_SUPPORT = 512
"""Types from which half as many lanes are taken."""


_FEWEST_TYPES = 64
"""From so many types on the kernel beats `forward` in a loop without real data; docs/performance.md has the table."""


class Progress(NamedTuple):
    """Where lanes are: which generation, which attempt at the next one.

    Attributes:
        generation: the last one that is drawn; T once a lane has ended.
        attempt: words of the attempt at the next.
        ended: the generation after which nothing changes.
    """

    generation: Int32[Array, " lanes"]
    attempt: Attempt
    ended: Int32[Array, " lanes"]


class ConditionedPoisson(AbstractKernel):
    """Categorical states, all data replaced, fitted by maximum likelihood; constant N and alpha.

    Attributes:
        initial: Q_0 where it is fixed, None where it is estimated from a real sample of N draws.
        beside: what a recorder sees beside Q_0.
        opening: what the first counts are drawn from: generation 1, or the sample behind an estimated Q_0.
        laws: what the others are drawn from.
        quantities: what is recorded.
        num_generations: T.
    """

    initial: Categorical | None
    beside: Observed
    opening: Laws
    laws: Laws
    quantities: tuple[TabulatedQuantity, ...]
    num_generations: int = eqx.field(static=True)

    name: ClassVar[str] = "poisson"

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """See the base class."""
        general = constant_counts.refusal(system, table)
        if general is not None:
            return general
        if (
            table.num_samples[0] > LARGEST_NUM_SAMPLES
            or cast(Categorical, system.target).support_size > LARGEST_SUPPORT
        ):
            return f"its tables end at N = {LARGEST_NUM_SAMPLES} and {LARGEST_SUPPORT} types"
        missing = [name for name in names if name not in QUANTITIES]
        if missing:
            return f"it records sums over types ({', '.join(QUANTITIES)}), and {missing[0]!r} is none of them"
        return None

    @classmethod
    def pays(cls, system: System, table: ScheduleTable) -> bool:
        """Where types die for good: retries cost more than the look-ups save, unless most types are soon gone."""
        if jax.default_backend() != "cpu" or np.any(table.exogenous_fraction > 0):
            return False
        return cast(Categorical, system.target).support_size >= _FEWEST_TYPES

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Tabulate the laws of one system."""
        num_samples, fraction = int(table.num_samples[0]), float(table.exogenous_fraction[0])
        target = _padded(system.target)
        # Powers of two: runs whose N differ a little share a compilation.
        length = 1 << (num_samples + 1).bit_length()
        remainder = _log_factorial_remainder(length)
        own_rows, thousands = np.arange(min(UNITS, length)), None
        if num_samples >= UNITS:
            thousands = alias.poisson((1 - fraction) * UNITS * np.arange(num_samples // UNITS + 1))
        laws = Laws(
            num_samples=np.asarray(num_samples, np.int32),
            own=alias.poisson((1 - fraction) * own_rows),
            thousands=thousands,
            fresh=alias.poisson(fraction * num_samples * target) if fraction > 0 else None,
            own_share=np.asarray(1 - fraction, np.float32),
            fresh_means=(fraction * num_samples * target).astype(np.float32) if fraction > 0 else None,
            log_factorial=remainder,
        )
        estimated = isinstance(system.initial, Estimate)
        first = target if estimated else fraction * target + (1 - fraction) * _padded(system.initial_state)
        opening = Laws(
            num_samples=np.asarray(num_samples, np.int32),
            own=alias.poisson(np.zeros(1)),
            thousands=None,
            fresh=alias.poisson(num_samples * first),
            own_share=np.zeros((), np.float32),
            fresh_means=(num_samples * first).astype(np.float32),
            log_factorial=remainder,
        )
        threshold = system.rare_threshold
        quantities = tuple(tabulate(name, num_samples, length, target, float(threshold)) for name in names)
        initial = None if estimated else cast(Categorical, system.initial_state)
        beside = Observed(system.target, system.initial_state, threshold)
        return cls(initial, beside, opening, laws, quantities, table.num_generations)

    @property
    def block_size(self) -> int:
        """By the number of types, for a pass reads all counts of a block."""
        assert self.opening.fresh_means is not None
        return _LANES if self.opening.fresh_means.shape[0] < _WIDE_SUPPORT else _LANES // 2

    @property
    def description(self) -> str:
        """What is tabulated."""
        return "counts from conditioned Poisson tables" + (", living types only" if self.closed else "")

    @property
    def closed(self) -> bool:
        """Whether no draw is fresh."""
        return self.laws.fresh is None

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""
        keys = words(jax.vmap(lambda index: fold_in(key, index))(replicates))
        counts, begun = self._open(keys)
        # Of the last generation alone there is one row, which every generation overwrites.
        length = 1 if terminal_only else self.num_generations + 1
        first = 0 if terminal_only else self._opened
        traces = tuple(jnp.zeros((length, replicates.shape[0])).at[first].set(value) for value in begun)
        if self.initial is not None and not terminal_only:
            still = (recorder(self.initial, self.beside) for recorder in recorders)
            traces = tuple(trace.at[0].set(value) for trace, value in zip(traces, still, strict=True))
        return self._generations(traces, counts, keys)

    @property
    def _opened(self) -> int:
        """Generation of the first counts."""
        return 0 if self.initial is None else 1

    def _open(
        self, keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]]
    ) -> tuple[Int32[Array, "types lanes"], tuple[Float[Array, " lanes"], ...]]:
        """Draw the first counts of all replicates, and what is recorded of them."""
        assert self.opening.fresh_means is not None
        num_replicates = keys[0].shape[0]
        nothing = jnp.zeros((self.opening.fresh_means.shape[0], num_replicates), jnp.int32)
        state = poisson_lanes.settle(self.opening, nothing)
        values = tuple(jnp.zeros(num_replicates) for _ in self.quantities)

        def unfinished(carry: Any) -> Array:
            return ~jnp.all(carry[0])

        def again(carry: Any) -> Any:
            done, attempt, proposal, opened, values = carry
            proposal = poisson_lanes.propose(self.opening, state, attempt, proposal)
            survey = poisson_lanes.survey(self.opening, self.quantities, state, proposal)
            accepted = ~done & poisson_lanes.accept(self.opening, state, attempt, survey.left)
            opened = poisson_lanes.commit(self.opening, opened, proposal, accepted, survey)._replace(head=state.head)
            seen = self._values(state, survey)
            values = tuple(jnp.where(accepted, new, old) for new, old in zip(seen, values, strict=True))
            return done | accepted, attempt._replace(number=attempt.number + np.uint32(1)), proposal, opened, values

        attempt = _first_attempt(keys, jnp.full(num_replicates, self._opened - 1, jnp.int32))
        carry = (jnp.zeros(num_replicates, bool), attempt, nothing, state, values)
        _, _, _, opened, values = lax.while_loop(unfinished, again, carry)
        return opened.counts, values

    def _generations(
        self,
        traces: tuple[Float[Array, "generations lanes"], ...],
        counts: Int32[Array, "types lanes"],
        keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]],
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """Run lanes until every replicate has its last generation."""
        generation = jnp.full(counts.shape[1], self._opened, jnp.int32)
        last = jnp.full_like(generation, self.num_generations)
        progress = Progress(generation, _first_attempt(keys, generation), last)
        state = poisson_lanes.settle(self.laws, counts)

        def unfinished(carry: Any) -> Array:
            return jnp.any(carry[1].generation < self.num_generations)

        def attempt(carry: Any) -> Any:
            state, progress, proposal, traces = carry
            proposal = poisson_lanes.propose(self.laws, state, progress.attempt, proposal)
            survey = poisson_lanes.survey(self.laws, self.quantities, state, proposal)
            accepted = poisson_lanes.accept(self.laws, state, progress.attempt, survey.left)
            accepted = accepted & (progress.generation < self.num_generations)
            traces = self._record(traces, state, progress, accepted, survey)
            state = poisson_lanes.commit(self.laws, state, proposal, accepted, survey)
            progress = self._advance(progress, keys, accepted, survey)
            if self.closed:
                state = poisson_lanes.gather_living(state, progress.generation >= self.num_generations)
            return state, progress, proposal, traces

        carry = (state, progress, jnp.zeros_like(state.counts), traces)
        _, progress, _, traces = lax.while_loop(unfinished, attempt, carry)
        if not self.closed or traces[0].shape[0] == 1:
            return traces
        # What an absorbed replicate records never changes again.
        late = jnp.arange(self.num_generations + 1, dtype=jnp.int32)[:, None] > progress.ended[None]
        return tuple(jnp.where(late, jnp.take_along_axis(trace, progress.ended[None], 0), trace) for trace in traces)

    def _values(self, state: Counts, survey: Survey) -> tuple[Float[Array, " lanes"], ...]:
        """Quantities of a proposal, the head included."""
        heads = poisson_lanes.head_terms(self.quantities, state, jnp.maximum(survey.left, 0))
        sums = zip(self.quantities, survey.quantities, heads, strict=True)
        return tuple(quantity.constant + (others + head) for quantity, others, head in sums)

    def _record(
        self,
        traces: tuple[Float[Array, "generations lanes"], ...],
        state: Counts,
        progress: Progress,
        accepted: Bool[Array, " lanes"],
        survey: Survey,
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """Write what was accepted at the generation of its lane."""
        length = traces[0].shape[0]
        place = jnp.where(accepted, jnp.minimum(progress.generation + 1, length - 1), length)
        values = self._values(state, survey)
        lanes = jnp.arange(place.shape[0])
        return tuple(
            trace.at[place, lanes].set(value, mode="drop", unique_indices=True)
            for trace, value in zip(traces, values, strict=True)
        )

    def _advance(
        self,
        progress: Progress,
        keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]],
        accepted: Bool[Array, " lanes"],
        survey: Survey,
    ) -> Progress:
        """Next generation where the attempt was accepted, next attempt elsewhere."""
        generation = progress.generation + accepted.astype(jnp.int32)
        ended = progress.ended
        if self.closed:
            absorbed = accepted & (survey.left == self.laws.num_samples)
            ended = jnp.where(absorbed, generation, ended)
            generation = jnp.where(absorbed, self.num_generations, generation)
        first = _first_attempt(keys, generation)
        again = progress.attempt._replace(number=progress.attempt.number + np.uint32(1))
        attempt = Attempt(*(jnp.where(accepted, new, old) for new, old in zip(first, again, strict=True)))
        return Progress(generation, attempt, ended)


def _first_attempt(
    keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]], generation: Int32[Array, " lanes"]
) -> Attempt:
    """Key of the step from `generation` of every lane's replicate, where the forward kernel has it: `fold_in`."""
    address = (generation + 1).astype(jnp.uint32)
    return Attempt(*threefry2x32(*keys, jnp.zeros_like(address), address), jnp.zeros_like(address))


def _padded(state: AbstractState) -> np.ndarray:
    """Probabilities of a categorical state, float64, with zeros up to a whole number of chunks."""
    probs = np.asarray(cast(Categorical, state).probs, np.float64)
    return np.concatenate([probs, np.zeros(-probs.size % CHUNK)])


def _log_factorial_remainder(length: int) -> np.ndarray:
    """log(k!) - k log k + k for k below `length`: what Stirling's main part leaves."""
    from scipy.special import gammaln, xlogy

    counts = np.arange(length, dtype=np.float64)
    return (gammaln(counts + 1) - xlogy(counts, counts) + counts).astype(np.float32)
