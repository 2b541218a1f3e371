"""What survives under given schedules: diversity by recursion, vocabulary by the exact chain or between bounds."""

import dataclasses
import math
from typing import Any

import numpy as np

import zenil_dynamics as zd

QUICK_OPERATIONS = 5e9
"""Cost of a chain that nobody was warned of: some seconds."""
SETTLED = 1e-12
"""Distance from the stationary law, in total variation, at which a chain counts as stationary."""
MOST_STEPS = 100_000
"""Generations that a search for a half-life or a stationary law runs through."""
EXACT_CHAIN = "exact chain"
BOUNDS = "effective sample sizes, proved bounds"
LIMIT_LAW = "closed form"


@dataclasses.dataclass(frozen=True)
class Loop:
    """One loop that is not run.

    Attributes:
        num_samples, exogenous_fraction: schedules.
        num_generations: T, or inf.
        mixing: bernoulli or stratified.
    """

    num_samples: Any
    exogenous_fraction: Any
    num_generations: float
    mixing: str

    @property
    def constant(self) -> bool:
        """Whether both schedules are one number."""
        return all(isinstance(each, zd.schedules.Constant) for each in (self.num_samples, self.exogenous_fraction))

    def table(self, num_generations: int) -> zd.ScheduleTable:
        """Both schedules as a loop reads them.

        Raises:
            ValueError: a schedule that leaves its range.
        """
        system = zd.System(
            zd.Categorical([0.5, 0.5]),
            self.num_samples,
            self.exogenous_fraction,
            mixing=self.mixing,  # type: ignore[arg-type]  # System refuses other words
        )
        return system.table(num_generations)


@dataclasses.dataclass(frozen=True)
class Diversity:
    """Shares of the diversity of P.

    Attributes:
        lower, upper: between which g_T lies; equal where it is a number, the limits inferior and superior at T = inf.
        error: both are within this of the truth.
        rung: where they come from.
        phase: class in the long run and its reason; None under stratified mixing with changing schedules.
        half_life: first generation with at most half of the diversity; inf: never; nan: not within `searched`.
        searched: generations that were searched for it.
    """

    lower: float
    upper: float
    error: float
    rung: str
    phase: zd.phases.Phase | None
    half_life: float
    searched: int


@dataclasses.dataclass(frozen=True)
class Vocabulary:
    """Expected vocabulary at T.

    Attributes:
        num_types: of P, with positive probability.
        alive: lower and upper bound of the expected number of types alive; equal where exact.
        missing: the same for the mass of P on lost types.
        rung: exact chain, closed form, or the name of the bounds.
    """

    num_types: int
    alive: tuple[float, float]
    missing: tuple[float, float]
    rung: str


def diversity(loop: Loop) -> Diversity:
    """Retained diversity at T or in the long run, and its half-life.

    Raises:
        ValueError: a schedule that leaves its range; no long run to speak of.
    """
    phase = long_run(loop)
    if math.isinf(loop.num_generations):
        if phase is None or math.isnan(phase.lower):
            reason = "stratified mixing has a long run for constant schedules only" if phase is None else phase.reason
            raise ValueError(f"--num-generations inf: {reason}. Give a number of generations.")
        half_life, searched = half_life_of(loop, MOST_STEPS)
        return Diversity(
            phase.lower,
            phase.upper,
            phase.error,
            "closed form" if not phase.error else "enclosure",
            phase,
            half_life,
            searched,
        )
    horizon = int(loop.num_generations)
    share = float(retained(loop, horizon)[-1])
    half_life, searched = half_life_of(loop, horizon)
    return Diversity(share, share, 0.0, "moment recursion", phase, half_life, searched)


def retained(loop: Loop, num_generations: int) -> np.ndarray:
    """g_0 .. g_T; under bernoulli mixing also for more draws than a loop can count."""
    if loop.mixing == "bernoulli":
        return zd.phases.retained_diversity(loop.num_samples, loop.exogenous_fraction, num_generations)
    table = loop.table(num_generations)
    return zd.oracles.retained_diversity(
        table.num_samples, table.exogenous_fraction, table.num_real, mixing=loop.mixing
    )


def long_run(loop: Loop) -> zd.phases.Phase | None:
    """The class of the loop; under stratified mixing only where both schedules are constant."""
    if loop.mixing == "bernoulli":
        return zd.phases.classify(loop.num_samples, loop.exogenous_fraction)
    if not loop.constant:
        return None
    row = loop.table(1)
    limit = zd.oracles.retained_diversity_stationary(row.num_samples[0], 0.0, row.num_real[0], mixing="stratified")
    regime = zd.phases.Regime.PARTIAL if limit else zd.phases.Regime.ABSORBED
    reason = f"{row.num_real[0]} of {row.num_samples[0]} draws are real in every generation"
    if not limit and row.num_real[0]:
        regime = zd.phases.Regime.HOPPING
    return zd.phases.Phase(regime, limit, limit, 0.0, reason)


def half_life_of(loop: Loop, horizon: int) -> tuple[float, int]:
    """First generation with at most half of the diversity, and how many were searched."""
    if loop.constant:
        row = loop.table(1)
        arguments = (int(row.num_samples[0]), float(row.exogenous_fraction[0]), int(row.num_real[0]))
        return zd.oracles.diversity_half_life(*arguments, mixing=loop.mixing), 0
    shares = retained(loop, horizon)
    below = np.flatnonzero(shares <= 0.5)
    return (float(below[0]), horizon) if below.size else (math.nan, horizon)


def vocabulary(loop: Loop, target: Any, operations: float) -> Vocabulary:
    """Expected number of types alive and missing mass.

    Args:
        loop: what is asked about.
        target: categorical state.
        operations: greatest cost of an exact chain.

    Returns:
        `Vocabulary`: exact where the chain is affordable, else between proved bounds.

    Raises:
        ValueError: the long run of schedules that are not constant.
    """
    probs = np.asarray(target.probs, np.float64)
    probs = probs / probs.sum()
    num_types = int(np.count_nonzero(probs))
    if math.isfinite(loop.num_generations):
        return at_horizon(loop, probs, num_types, int(loop.num_generations), operations)
    if not loop.constant:
        raise ValueError(
            "--target with --num-generations inf needs constant N and alpha. Give a number of generations."
        )
    share = real_share(loop)
    if share == 0:
        missing = float(1 - np.sum(probs**2))
        return Vocabulary(num_types, (1.0, 1.0), (missing, missing), LIMIT_LAW)
    # After T generations without a real ancestor in N lines of descent, chance N (1 - alpha)^T, the start is forgotten.
    size = int(loop.table(1).num_samples[0])
    steps = 1 if share == 1 else math.ceil(math.log(SETTLED / size) / math.log1p(-share))
    if steps <= MOST_STEPS:
        settled = at_horizon(loop, probs, num_types, steps, operations)
        if settled.rung == EXACT_CHAIN:
            return settled
    return bounds(loop, probs, num_types, min(steps, MOST_STEPS), stationary=True)


def real_share(loop: Loop) -> float:
    """Share of real draws under constant schedules."""
    row = loop.table(1)
    if loop.mixing == "stratified":
        return float(row.num_real[0] / row.num_samples[0])
    return float(row.exogenous_fraction[0])


def at_horizon(loop: Loop, probs: np.ndarray, num_types: int, horizon: int, operations: float) -> Vocabulary:
    """The exact chain where it is affordable, else the bounds."""
    table = loop.table(horizon)
    arguments = (probs, table.num_samples, table.exogenous_fraction, table.num_real)
    if zd.oracles.marginal_chain_cost(*arguments, mixing=loop.mixing) <= operations:
        try:
            exact = zd.oracles.marginal_chain(
                *arguments, mixing=loop.mixing, functionals=("support_size", "missing_mass")
            )
        except ValueError:
            # The table has been checked: what is left to refuse is an interpolation that misses its tolerance.
            return bounds(loop, probs, num_types, horizon)
        alive, missing = float(exact["support_size"][-1]), float(exact["missing_mass"][-1])
        return Vocabulary(num_types, (alive, alive), (missing, missing), EXACT_CHAIN)
    return bounds(loop, probs, num_types, horizon)


def bounds(loop: Loop, probs: np.ndarray, num_types: int, horizon: int, *, stationary: bool = False) -> Vocabulary:
    """Proved bounds, at any size."""
    table = loop.table(horizon)
    found = zd.oracles.vocabulary_bounds(
        probs,
        table.num_samples,
        table.exogenous_fraction,
        table.num_real,
        mixing=loop.mixing,
        stationary=stationary,
    )
    return Vocabulary(num_types, found.support_size, found.missing_mass, BOUNDS)
