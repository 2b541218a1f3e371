"""The composition of a loop, and the table that its schedules become."""

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int, UInt

from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood, Unbiased
from zenil_dynamics.mixing import MIXINGS, Mixing, mixture
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.schedules import AbstractSchedule, as_schedule
from zenil_dynamics.states.base import AbstractState
from zenil_dynamics.types import HostArray, Key
from zenil_dynamics.updates.accumulate import Accumulate
from zenil_dynamics.updates.base import AbstractUpdate
from zenil_dynamics.updates.replace import Replace
from zenil_dynamics.validate import finite_number, positive_integer

MAX_SAMPLES = 2**31 - 1
"""Counts are int32: no generation, and no accumulated pool, may hold more draws."""


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


class Estimate(NamedTuple):
    """Q_0 is fitted to `num_samples` draws of the target, afresh in every replicate."""

    num_samples: int


def estimate(num_samples: int) -> Estimate:
    """Start the loop from a model fitted to a finite real sample.

    Args:
        num_samples: N_0, at least 1.

    Raises:
        ValueError: not a whole number of at least 1, or beyond int32.
    """
    number = positive_integer(num_samples, name="num_samples")
    if number > MAX_SAMPLES:
        raise ValueError(f"`num_samples` must be below 2^31; got {number}.")
    return Estimate(number)


class System(eqx.Module):
    """One loop of recursive self-training: Q_{t+1} = fit(update(N_t draws of alpha_t P + (1 - alpha_t) Q_t)).

    Attributes:
        target: P.
        num_samples: N_t, a number or a schedule.
        exogenous_fraction: alpha_t in [0, 1], a number or a schedule.
        update: data policy.
        fit: estimation rule.
        initial: Q_0: None (the target itself), a state of the target's family, or `estimate(num_samples=...)`.
        mixing: "bernoulli" (each draw is real with probability alpha_t) or "stratified" (floor(alpha_t N_t + 1/2) are).
        rare_threshold: types whose target probability lies below it are rare; None means 1/N_0.

    Raises:
        ValueError: parts that do not fit together; the message says which and what to do.

    Source: arXiv 2601.05280v2, Definition 2, Eqs. (1), (9), (10).
    """

    target: AbstractState
    num_samples: AbstractSchedule
    exogenous_fraction: AbstractSchedule
    update: AbstractUpdate
    fit: AbstractFit
    initial: AbstractState | Estimate | None
    mixing: Mixing = eqx.field(static=True)
    rare_threshold: Float[HostArray, ""]

    def __init__(
        self,
        target: AbstractState,
        num_samples: Any,
        exogenous_fraction: Any = 0.0,
        update: AbstractUpdate | None = None,
        fit: AbstractFit | None = None,
        initial: AbstractState | Estimate | None = None,
        mixing: Mixing = "bernoulli",
        rare_threshold: float | None = None,
    ):
        if not isinstance(target, AbstractState):
            raise ValueError(f"`target` must be a state such as Categorical(...) or Gaussian(...); got {target!r}.")
        self.target = target
        if isinstance(num_samples, (int, float, np.number)):
            positive_integer(num_samples, name="num_samples")
        self.num_samples = as_schedule(num_samples)
        self.exogenous_fraction = as_schedule(exogenous_fraction)
        self.update = Replace() if update is None else update
        self.fit = MaximumLikelihood() if fit is None else fit
        self.fit.check_state(target)
        if isinstance(initial, AbstractState):
            target.check_pair(initial)
        elif initial is not None and not isinstance(initial, Estimate):
            raise ValueError(f"`initial` must be None, a state, or estimate(num_samples=...); got {initial!r}.")
        self.initial = initial
        if mixing not in MIXINGS:
            raise ValueError(f"`mixing` must be one of {', '.join(MIXINGS)}; got {mixing!r}.")
        self.mixing = mixing
        if rare_threshold is None:
            rare_threshold = 1.0 / self._first_num_samples()
        self.rare_threshold = finite_number(rare_threshold, name="rare_threshold")

    def _first_num_samples(self) -> float:
        """N_0: of the sample that Q_0 was fitted to, else of the first generation."""
        if isinstance(self.initial, Estimate):
            return float(self.initial.num_samples)
        return float(self.table(1).num_samples[0])

    @property
    def initial_state(self) -> AbstractState:
        """Q_0 where it is fixed; a template of its family where it is estimated."""
        return self.initial if isinstance(self.initial, AbstractState) else self.target

    def table(self, num_generations: int) -> ScheduleTable:
        """Evaluate both schedules at t = 0 .. T-1.

        N_t = ceil(x - 1e-9 x), so that a product that misses a whole number by rounding is not rounded up.

        Raises:
            ValueError: an N_t that is not finite, below 1 or beyond int32 (also summed, when data accumulate), an
                alpha_t outside [0, 1]; the message names the first generation that breaks the rule.
        """
        num_generations = positive_integer(num_generations, name="num_generations", smallest=0)
        samples = self.num_samples.values(num_generations)
        fractions = self.exogenous_fraction.values(num_generations)
        bad = np.flatnonzero(~np.isfinite(fractions) | (fractions < 0) | (fractions > 1))
        if bad.size:
            raise ValueError(
                f"`exogenous_fraction` must lie in [0, 1]; got {fractions[bad[0]]:g} at generation {bad[0]}. "
                "Change the schedule."
            )
        bad = np.flatnonzero(~np.isfinite(samples) | (samples <= 0))
        if bad.size:
            raise ValueError(
                f"`num_samples` must be at least 1; got {samples[bad[0]]:g} at generation {bad[0]}. "
                "Change the schedule."
            )
        if np.any(samples > MAX_SAMPLES):
            where = int(np.flatnonzero(samples > MAX_SAMPLES)[0])
            raise ValueError(f"`num_samples` must be below 2^31; got {samples[where]:g} at generation {where}.")
        # A whole number is itself: beyond 1e9 the allowance would exceed 1.
        whole = samples == np.floor(samples)
        counts = np.where(whole, samples, np.maximum(np.ceil(samples - 1e-9 * samples), 1)).astype(np.int64)
        if isinstance(self.update, Accumulate):
            self._check_pool(counts)
        if isinstance(self.fit, Unbiased):
            self._check_divisor(counts)
        num_real = np.minimum(np.floor(fractions * counts + 0.5).astype(np.int64), counts)
        return ScheduleTable(counts, fractions, num_real)

    def _check_pool(self, counts: np.ndarray) -> None:
        """Counts of the pool are int32 and would wrap silently."""
        opened = self.initial.num_samples if isinstance(self.initial, Estimate) else 0
        pool = opened + np.cumsum(counts)
        if pool.size and pool[-1] > MAX_SAMPLES:
            where = int(np.flatnonzero(pool > MAX_SAMPLES)[0])
            raise ValueError(
                f"the accumulated pool must stay below 2^31 draws; it reaches {pool[where]} at generation {where}. "
                "Lower `num_samples` or `num_generations`."
            )

    def _check_divisor(self, counts: np.ndarray) -> None:
        """A variance divided by N - 1 needs two draws in every set that is fitted."""
        opened = self.initial.num_samples if isinstance(self.initial, Estimate) else 0
        sizes = opened + np.cumsum(counts) if isinstance(self.update, Accumulate) else counts
        if np.any(sizes < 2) or opened == 1:
            raise ValueError("`fit` Unbiased divides by N - 1 and needs `num_samples` of at least 2 at every fit.")

    def describe(self) -> dict[str, Any]:
        """Plain values for reports; a run that prints them can be repeated from them."""
        if isinstance(self.initial, Estimate):
            initial: Any = f"estimate:{self.initial.num_samples}"
        else:
            initial = "target" if self.initial is None else self.initial.describe()
        return {
            "target": self.target.describe(),
            "num_samples": str(self.num_samples),
            "exogenous_fraction": str(self.exogenous_fraction),
            "mixing": self.mixing,
            "initial": initial,
            "rare_threshold": float(self.rare_threshold),
            **self.update.describe(),
            **self.fit.describe(),
        }


class Loop(eqx.Module):
    """What the kernel sees of a system: everything but the schedules, which have become rows.

    Attributes:
        closed: static; alpha is 0 at every generation, so that no generation consults the target.
    """

    target: AbstractState
    template: AbstractState
    update: AbstractUpdate
    fit: AbstractFit
    rare_threshold: Float[HostArray, ""]
    num_initial: Int[HostArray, ""] | None
    mixing: Mixing = eqx.field(static=True)
    closed: bool = eqx.field(static=True)

    @classmethod
    def of(cls, system: System, table: ScheduleTable) -> "Loop":
        """Strip the schedules off a system."""
        closed = not np.any(table.exogenous_fraction > 0)
        initial = system.initial
        return cls(
            target=system.target,
            template=system.initial_state,
            update=system.update,
            fit=system.fit,
            rare_threshold=system.rare_threshold,
            num_initial=np.asarray(initial.num_samples, np.int32) if isinstance(initial, Estimate) else None,
            # A closed loop never mixes: one name for both conventions, so that they share a compilation.
            mixing="bernoulli" if closed else system.mixing,
            closed=closed,
        )

    def start(self, *, key: Key) -> tuple[AbstractState, Any]:
        """Return Q_0 and the update's memory."""
        if self.num_initial is None:
            empty = self.target.draw(jnp.zeros((), jnp.int32), key=key)
            return self.template, self.update.init(empty, None)
        sample = self.target.draw(self.num_initial, key=fold_in(key, Stream.INITIAL))
        return self.fit(sample, self.template, key=key), self.update.init(sample, sample)

    def step(self, state: AbstractState, memory: Any, row: Row, *, key: Key) -> tuple[AbstractState, Any]:
        """Draw one generation and refit the state to it.

        counts ~ Multinomial(N_t, P'_t),   P'_t = alpha_t P + (1 - alpha_t) Q_t,   Q_{t+1} = counts / N_t.

        Args:
            state: Q_t, unbatched.
            memory: of the update.
            row: the schedule table at t.
            key: of this step; consumed.

        Returns:
            Q_{t+1} with the structure of Q_t, and the new memory.

        Source: arXiv 2601.05280v2, Eqs. (1), (9) and (10).
        """
        source = mixture(
            self.target,
            state,
            exogenous_fraction=row.exogenous_fraction,
            num_real=row.num_real,
            mixing=self.mixing,
            closed=self.closed,
        )
        # The draws encrypt blocks that no `fold_in` can reach (see `random`), so the key's other address stays free for
        # a fit that draws; a fold between would cost as many words as the draw itself.
        statistics, memory = self.update(memory, source, row.num_samples, key=key)
        return self.fit(statistics, state, key=fold_in(key, Stream.FIT)), memory
