"""Counts, generation by generation, from Poisson tables that are conditioned on their sum.

Multinomial counts are independent Poisson numbers given that they add up to N. So a generation is drawn like this: one
type, the head, is set aside; every other type takes a Poisson number, looked up in an alias table; the head gets what
is left. That has the right law when it is accepted with a probability proportional to the Poisson probability of what
is left, about sqrt(share of the head) on average, and otherwise tried again with new words. At N draws from
alpha P + (1 - alpha) Q with Q = counts / N the means are alpha N P_i + (1 - alpha) count_i: the first part has a row
per type, the second a row per count. No number is approximated by a formula: the tables are exact within 2^-25 a type.

A lane holds one replicate and keeps its own generation and attempt: lanes do not wait for each other, and a lane that
has ended takes the next replicate. Without fresh draws a type that has died never returns: lanes then move their living
types together from time to time, and the loops over types end at the last living one. A lane that holds one type only
has been absorbed and ends.
"""

from typing import Any, ClassVar, NamedTuple, Self, cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int32, UInt32

from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood
from zenil_dynamics.kernels import poisson_lanes
from zenil_dynamics.kernels.additive import QUANTITIES, TabulatedQuantity, tabulate
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.kernels.poisson_lanes import CHUNK, UNITS, Attempt, Counts, Laws, Survey
from zenil_dynamics.random import fold_in, threefry2x32, words
from zenil_dynamics.samplers import alias
from zenil_dynamics.states.base import AbstractState, Observed
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.system import Estimate, ScheduleTable, System
from zenil_dynamics.types import Key
from zenil_dynamics.updates.replace import Replace

LARGEST_NUM_SAMPLES = int(alias.LARGEST_POISSON_MEAN)
LARGEST_SUPPORT = alias.LARGEST_ROWS

_LANES = 256
_BLOCK_WITH_REFILL = 1024


class Progress(NamedTuple):
    """Where lanes are: which replicate, which generation, which attempt at the next one.

    Attributes:
        slot: index of the replicate in the block.
        generation: the last one that is drawn.
        attempt: words of the attempt at the next.
        next_slot: first replicate that no lane has begun.
        ended: per replicate, the generation after which nothing changes.
    """

    slot: Int32[Array, " lanes"]
    generation: Int32[Array, " lanes"]
    attempt: Attempt
    next_slot: Int32[Array, ""]
    ended: Int32[Array, " replicates"]


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
        if not isinstance(system.target, Categorical):
            return "it draws counts, and the state is not categorical"
        if type(system.update) is not Replace or type(system.fit) is not MaximumLikelihood:
            return "it needs the update Replace and the fit MaximumLikelihood"
        if jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            return "its tables have 32 bits, and x64 is on"
        if table.num_generations < 1:
            return "there is no generation to draw"
        if np.ptp(table.num_samples) or np.ptp(table.exogenous_fraction):
            return "its tables hold for one N and one alpha, and a schedule varies"
        if system.mixing != "bernoulli" and table.exogenous_fraction[0] > 0:
            return "it draws every sample from the mixture, and the mixing is stratified"
        if table.num_samples[0] > LARGEST_NUM_SAMPLES or system.target.support_size > LARGEST_SUPPORT:
            return f"its tables end at N = {LARGEST_NUM_SAMPLES} and {LARGEST_SUPPORT} types"
        if isinstance(system.initial, Estimate) and system.initial.num_samples != table.num_samples[0]:
            return "its tables hold for one N, and the initial sample has another size"
        missing = [name for name in names if name not in QUANTITIES]
        if missing:
            return f"it records sums over types ({', '.join(QUANTITIES)}), and {missing[0]!r} is none of them"
        return None

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
        """More replicates than lanes where a lane can take another one."""
        return _LANES if self.closed else _BLOCK_WITH_REFILL

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
        num_replicates, last = replicates.shape[0], self.num_generations
        traces = tuple(jnp.zeros((last + 1, num_replicates)).at[self._opened].set(value) for value in begun)
        if self.initial is not None:
            still = (recorder(self.initial, self.beside) for recorder in recorders)
            traces = tuple(trace.at[0].set(value) for trace, value in zip(traces, still, strict=True))
        traces = self._generations(traces, counts, keys)
        return tuple(trace[-1:] for trace in traces) if terminal_only else traces

    @property
    def _opened(self) -> int:
        """Generation of the first counts."""
        return 0 if self.initial is None else 1

    def _open(
        self, keys: tuple[UInt32[Array, " replicates"], UInt32[Array, " replicates"]]
    ) -> tuple[Int32[Array, "types replicates"], tuple[Float[Array, " replicates"], ...]]:
        """Draw the first counts of all replicates, and what is recorded of them."""
        assert self.opening.fresh_means is not None
        num_replicates = keys[0].shape[0]
        slot = jnp.arange(num_replicates, dtype=jnp.int32)
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

        attempt = _first_attempt(keys, slot, jnp.full_like(slot, self._opened - 1))
        carry = (jnp.zeros(num_replicates, bool), attempt, nothing, state, values)
        _, _, _, opened, values = lax.while_loop(unfinished, again, carry)
        return opened.counts, values

    def _generations(
        self,
        traces: tuple[Float[Array, "generations replicates"], ...],
        counts: Int32[Array, "types replicates"],
        keys: tuple[UInt32[Array, " replicates"], UInt32[Array, " replicates"]],
    ) -> tuple[Float[Array, "generations replicates"], ...]:
        """Run lanes until every replicate has its last generation."""
        num_replicates = counts.shape[1]
        lanes = num_replicates if self.closed else min(_LANES, num_replicates)
        slot = jnp.arange(lanes, dtype=jnp.int32)
        generation = jnp.full_like(slot, self._opened)
        progress = Progress(
            slot,
            generation,
            _first_attempt(keys, slot, generation),
            jnp.int32(lanes),
            jnp.full(num_replicates, self.num_generations, jnp.int32),
        )
        state = poisson_lanes.settle(self.laws, counts[:, :lanes])

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
            if not self.closed:
                return (*self._refill(state, progress, counts, keys), proposal, traces)
            ended = progress.generation >= self.num_generations
            return poisson_lanes.gather_living(state, ended), progress, proposal, traces

        carry = (state, progress, jnp.zeros_like(state.counts), traces)
        _, progress, _, traces = lax.while_loop(unfinished, attempt, carry)
        if not self.closed:
            return traces
        # What an absorbed replicate records never changes again.
        late = jnp.arange(self.num_generations + 1, dtype=jnp.int32)[:, None] > progress.ended
        return tuple(jnp.where(late, jnp.take_along_axis(trace, progress.ended[None], 0), trace) for trace in traces)

    def _values(self, state: Counts, survey: Survey) -> tuple[Float[Array, " lanes"], ...]:
        """Quantities of a proposal, the head included."""
        heads = poisson_lanes.head_terms(self.quantities, state, jnp.maximum(survey.left, 0))
        sums = zip(self.quantities, survey.quantities, heads, strict=True)
        return tuple(quantity.constant + (others + head) for quantity, others, head in sums)

    def _record(
        self,
        traces: tuple[Float[Array, "generations replicates"], ...],
        state: Counts,
        progress: Progress,
        accepted: Bool[Array, " lanes"],
        survey: Survey,
    ) -> tuple[Float[Array, "generations replicates"], ...]:
        """Write what was accepted at the generation of its lane."""
        place = jnp.where(accepted, progress.generation + 1, self.num_generations + 1)
        values = self._values(state, survey)
        return tuple(
            trace.at[place, progress.slot].set(value, mode="drop", unique_indices=True)
            for trace, value in zip(traces, values, strict=True)
        )

    def _advance(
        self,
        progress: Progress,
        keys: tuple[UInt32[Array, " replicates"], UInt32[Array, " replicates"]],
        accepted: Bool[Array, " lanes"],
        survey: Survey,
    ) -> Progress:
        """Next generation where the attempt was accepted, next attempt elsewhere."""
        generation = progress.generation + accepted
        ended = progress.ended
        if self.closed:
            absorbed = accepted & (survey.left == self.laws.num_samples)
            ended = ended.at[progress.slot].min(jnp.where(absorbed, generation, self.num_generations))
            generation = jnp.where(absorbed, self.num_generations, generation)
        fresh = _first_attempt(keys, progress.slot, generation)
        again = progress.attempt._replace(number=progress.attempt.number + np.uint32(1))
        attempt = Attempt(*(jnp.where(accepted, new, old) for new, old in zip(fresh, again, strict=True)))
        return progress._replace(generation=generation, attempt=attempt, ended=ended)

    def _refill(
        self,
        state: Counts,
        progress: Progress,
        counts: Int32[Array, "types replicates"],
        keys: tuple[UInt32[Array, " replicates"], UInt32[Array, " replicates"]],
    ) -> tuple[Counts, Progress]:
        """Hand replicates that no lane has begun to lanes that have ended."""
        num_replicates = counts.shape[1]
        ended = progress.generation >= self.num_generations

        def take(state: Counts, progress: Progress) -> tuple[Counts, Progress]:
            wanted = progress.next_slot + jnp.cumsum(ended, dtype=jnp.int32) - 1
            taking = ended & (wanted < num_replicates)
            slot = jnp.where(taking, wanted, progress.slot)
            begun = poisson_lanes.settle(self.laws, counts[:, slot])
            generation = jnp.where(taking, self._opened, progress.generation)
            first = _first_attempt(keys, slot, generation)
            attempt = Attempt(*(jnp.where(taking, new, old) for new, old in zip(first, progress.attempt, strict=True)))
            number = progress.next_slot + jnp.sum(taking, dtype=jnp.int32)
            return (
                state._replace(
                    counts=jnp.where(taking, begun.counts, state.counts),
                    head=jnp.where(taking, begun.head, state.head),
                ),
                Progress(slot, generation, attempt, number, progress.ended),
            )

        some = jnp.any(ended) & (progress.next_slot < num_replicates)
        return lax.cond(some, take, lambda state, progress: (state, progress), state, progress)


def _first_attempt(
    keys: tuple[UInt32[Array, " replicates"], UInt32[Array, " replicates"]],
    slot: Int32[Array, " lanes"],
    generation: Int32[Array, " lanes"],
) -> Attempt:
    """Key of the step from `generation` of every lane's replicate, where the forward kernel has it: `fold_in`."""
    address = (generation + 1).astype(jnp.uint32)
    key_0, key_1 = (word.at[slot].get(mode="promise_in_bounds") for word in keys)
    return Attempt(*threefry2x32(key_0, key_1, jnp.zeros_like(address), address), jnp.zeros_like(address))


def _padded(state: AbstractState) -> np.ndarray:
    """Probabilities of a categorical state, float64, with zeros up to a whole number of chunks."""
    probs = np.asarray(cast(Categorical, state).probs, np.float64)
    return np.concatenate([probs, np.zeros(-probs.size % CHUNK)])


def _log_factorial_remainder(length: int) -> np.ndarray:
    """log(k!) - k log k + k for k below `length`: what Stirling's main part leaves."""
    from scipy.special import gammaln, xlogy

    counts = np.arange(length, dtype=np.float64)
    return (gammaln(counts + 1) - xlogy(counts, counts) + counts).astype(np.float32)
