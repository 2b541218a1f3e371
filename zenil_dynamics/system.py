"""The composition of a loop."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.ensemble import Ensemble
from zenil_dynamics.fits.base import AbstractFit
from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood
from zenil_dynamics.mixing import MIXINGS, Mixing
from zenil_dynamics.schedule_table import MAX_SAMPLES, ScheduleTable
from zenil_dynamics.schedules import AbstractSchedule, as_schedule
from zenil_dynamics.states.base import AbstractState, Quantity, with_article
from zenil_dynamics.states.ensemble import EnsembleState
from zenil_dynamics.types import HostArray, Module
from zenil_dynamics.updates.base import AbstractUpdate
from zenil_dynamics.updates.population import Population
from zenil_dynamics.updates.replace import Replace
from zenil_dynamics.validate import finite_number, positive_integer


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


class System(Module):
    """One loop of recursive self-training: Q_{t+1} = fit(update(N_t draws of alpha_t P + (1 - alpha_t) Q_t)).

    Attributes:
        target: P.
        num_samples: N_t, a number or a schedule.
        exogenous_fraction: alpha_t in [0, 1], a number or a schedule.
        update: data policy.
        fit: estimation rule.
        initial: Q_0: None (the target itself, or what `model` makes of infinitely many draws of it), a state, or
            `estimate(num_samples=...)`.
        model: a state of the family that is fitted; None means that of `initial`, or else of the target. Any family of
            numbers on the line can meet a target of another such family.
        decoders: what stands between the model and its synthetic data, in the order in which they act.
        ensemble: None for one model; else several, each with the same update and fit.
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
    model: AbstractState | None
    decoders: tuple[AbstractDecoder, ...]
    ensemble: Ensemble | None
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
        model: AbstractState | None = None,
        decoders: AbstractDecoder | Sequence[AbstractDecoder] = (),
        ensemble: Ensemble | None = None,
    ):
        if not isinstance(target, AbstractState):
            raise ValueError(f"`target` must be a state such as Categorical(...) or Gaussian(...); got {target!r}.")
        self.target = target
        if isinstance(num_samples, (int, float, np.number)):
            positive_integer(num_samples, name="num_samples")
        self.num_samples = as_schedule(num_samples)
        self.exogenous_fraction = as_schedule(exogenous_fraction)
        self.update = Replace() if update is None else update
        if not isinstance(self.update, AbstractUpdate):
            raise ValueError(f"`update` must be a data policy such as Replace() or Accumulate(); got {update!r}.")
        self.fit = MaximumLikelihood() if fit is None else fit
        if not isinstance(self.fit, AbstractFit):
            raise ValueError(f"`fit` must be a fit such as MaximumLikelihood() or Unbiased(); got {fit!r}.")
        if not (initial is None or isinstance(initial, (AbstractState, Estimate))):
            raise ValueError(f"`initial` must be None, a state, or estimate(num_samples=...); got {initial!r}.")
        if not (model is None or isinstance(model, AbstractState)):
            raise ValueError(f"`model` must be None or a state of the family that is fitted; got {model!r}.")
        self.initial, self.model = initial, model
        family = self._family
        if isinstance(initial, AbstractState):
            family.check_pair(initial)
        if self.crosses_families:
            family.check_target(target)
        else:
            target.check_pair(family)
        self.fit.check_state(family)
        self.update.check_state(family)
        if self.fit.reads_totals and not self.update.keeps_totals:
            raise ValueError(
                f"`fit` {type(self.fit).__name__} corrects for the number of draws, which `update` "
                f"{type(self.update).__name__} does not keep. Use MaximumLikelihood."
            )
        self.update.check_opening(self._opened, family)
        if not (ensemble is None or isinstance(ensemble, Ensemble)):
            raise ValueError(f"`ensemble` must be None or Ensemble(...); got {ensemble!r}.")
        if ensemble is not None and ensemble.coupled and family.one_source:
            raise ValueError(
                f"members with {with_article(family.family)} state cannot be coupled: each labels a design of its own. "
                "Use Ensemble(..., coupled=False)."
            )
        self.ensemble = ensemble
        self.decoders = _decoders(decoders)
        self._check_chain()
        if mixing not in MIXINGS:
            raise ValueError(f"`mixing` must be one of {', '.join(MIXINGS)}; got {mixing!r}.")
        self.mixing = mixing
        if rare_threshold is None:
            rare_threshold = 1.0 / self._first_num_samples()
        self.rare_threshold = finite_number(rare_threshold, name="rare_threshold")

    def _check_chain(self) -> None:
        """Every decoder must take what the one before it returns, and the last one what the policy asks for."""
        if not self.decoders:
            return
        family, coupled = self._family, self.ensemble is not None and self.ensemble.coupled

        def decoded() -> Any:
            source: Any = family
            if self.ensemble is not None and coupled:
                source = EnsembleState.of(family, self.ensemble.weights).mixture
            for decoder in self.decoders:
                source = decoder(source)
            return source.expected() if isinstance(self.update, Population) else None

        for decoder in self.decoders:
            decoder.check_state(family)
        try:
            jax.eval_shape(decoded)
        except ValueError as error:
            if not coupled or family.mixtures_stay:
                raise
            raise ValueError(
                f"{error} Coupled members generate from their mixture, which is no {family.family} state: "
                "Ensemble(..., coupled=False) decodes each by itself."
            ) from error

    def _first_num_samples(self) -> float:
        """N_0: of the sample that Q_0 was fitted to, else of the first generation."""
        if isinstance(self.initial, Estimate):
            return float(self.initial.num_samples)
        return float(self.table(1).num_samples[0])

    @property
    def _opened(self) -> int:
        """Draws of the sample that Q_0 is fitted to; 0 where Q_0 is given."""
        return self.initial.num_samples if isinstance(self.initial, Estimate) else 0

    @property
    def _family(self) -> AbstractState:
        """A state of the family that is fitted."""
        if self.model is not None:
            return self.model
        return self.initial if isinstance(self.initial, AbstractState) else self.target

    @property
    def initial_state(self) -> AbstractState:
        """Q_0 where it is fixed; a template of its family where it is estimated. All members of an ensemble alike."""
        state = self.initial_member
        return state if self.ensemble is None else EnsembleState.of(state, self.ensemble.weights)

    @property
    def initial_member(self) -> AbstractState:
        """Q_0 of one model."""
        if isinstance(self.initial, AbstractState):
            return self.initial
        if self.initial is None and self.crosses_families:
            return self._family.matched(self.target.expected_as(self._family.empty))
        return self._family

    @property
    def crosses_families(self) -> bool:
        """Whether the target is of another family than the models."""
        return type(self._family) is not type(self.target)

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """What can be recorded: without comparisons to the target where it is of another family."""
        state = self._family if self.ensemble is None else self.initial_state
        if not self.crosses_families:
            return state.quantities
        return {name: of for name, of in state.quantities.items() if name not in state.comparisons}

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
        self._check_sizes(counts)
        num_real = np.minimum(np.floor(fractions * counts + 0.5).astype(np.int64), counts)
        table = ScheduleTable(counts, fractions, num_real)
        self.update.check_table(table)
        self._family.check_schedule(counts, fractions, self._opened)
        return table

    def state_bytes(self, table: ScheduleTable) -> int:
        """Bytes of one replicate's working state and of the update's memory, in float32; of all members.

        Args:
            table: schedules of the run, which size a pool.
        """
        update = self.update.sized(table.num_samples, self._opened)
        return working_bytes(self.initial_state, update)

    def _check_sizes(self, counts: np.ndarray) -> None:
        """Every part may refuse training sets of some sizes; beyond int32 counts would wrap silently."""
        opened = self._opened
        pool = self.update.pool_sizes(counts, opened)
        if np.any(pool > MAX_SAMPLES):
            where = int(np.flatnonzero(pool > MAX_SAMPLES)[0])
            raise ValueError(
                f"the accumulated pool must stay below 2^31 draws; it reaches {pool[where]} at generation {where}. "
                "Lower `num_samples` or `num_generations`."
            )
        sizes = self.update.set_sizes(counts, opened)
        fitted = np.concatenate([[opened], sizes]) if opened else sizes
        self.fit.check_sizes(fitted)
        self._family.check_sizes(fitted)

    def describe(self) -> dict[str, Any]:
        """Plain values for reports; a run that prints them can be repeated from them."""
        if isinstance(self.initial, Estimate):
            initial: Any = f"estimate:{self.initial.num_samples}"
        else:
            initial = "target" if self.initial is None else self.initial.describe()
        more: dict[str, Any] = {}
        if self.model is not None:
            more["model"] = self.model.describe()
        if self.ensemble is not None:
            more["ensemble"] = self.ensemble.describe()
        if self.decoders:
            more["decoders"] = [decoder.describe() for decoder in self.decoders]
        return {
            "target": self.target.describe(),
            "num_samples": str(self.num_samples),
            "exogenous_fraction": str(self.exogenous_fraction),
            "mixing": self.mixing,
            "initial": initial,
            "rare_threshold": float(self.rare_threshold),
            **self.update.describe(),
            **self.fit.describe(),
            **more,
        }


def _decoders(given: Any) -> tuple[AbstractDecoder, ...]:
    """One decoder, or several."""
    decoders = tuple(given) if isinstance(given, Sequence) else (given,)
    strangers = [item for item in decoders if not isinstance(item, AbstractDecoder)]
    if strangers:
        raise ValueError(f"`decoders` must be a decoder such as Temperature(0.7), or several; got {strangers[0]!r}.")
    return decoders


def working_bytes(state: AbstractState, update: AbstractUpdate) -> int:
    """Bytes of one replicate's working state and of a policy's memory, in float32.

    Every member of an ensemble has a memory of its own.

    Args:
        state: of one model, or of several.
        update: with the static shapes that a schedule needs.
    """
    if isinstance(state, EnsembleState):
        return state.weights.shape[0] * working_bytes(state.member, update)
    return state.num_bytes + update.num_bytes(state)
