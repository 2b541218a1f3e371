"""Which long-run behaviour a pair of symbolic schedules has: the phase diagram of docs/phases.md."""

import enum
import math
from typing import Any, NamedTuple

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.phases.forms import (
    Cycle,
    Decay,
    Exponential,
    FractionForm,
    Power,
    Sparse,
    exp,
    fraction_form,
    samples_form,
)
from zenil_dynamics.phases.frozen import frozen_limit, head_has_single_draw
from zenil_dynamics.schedules import AbstractSchedule, as_schedule

LONGEST_PERIOD = 1_000_000
"""Generations of a joint period that are computed one by one."""
SAME = 1e-12
"""Relative difference below which the values of an orbit are one number."""


class Regime(enum.StrEnum):
    """What becomes of Q_t, replacement and maximum likelihood, bernoulli mixing, P not a point mass."""

    CONVERGES = "converges"
    """Q_t -> P in L2: g_t -> 1."""
    PARTIAL = "partial"
    """g_t -> a value in (0, 1) that forgets the start."""
    OSCILLATES = "oscillates"
    """g_t has no limit: it runs between `lower` and `upper` for ever, and forgets the start."""
    FROZEN = "frozen"
    """Q_t converges almost surely to a random model; g_t -> a value that depends on the whole schedule."""
    ABSORBED = "collapse, absorbed"
    """g_t -> 0, and Q_t converges almost surely to one point mass."""
    HOPPING = "collapse, hopping"
    """g_t -> 0, yet Q_t almost surely visits the neighbourhood of every type of P again and again."""
    UNDECIDED = "undecided"
    """No rule applies; the reason says why."""
    FINITE_HORIZON = "finite horizon"
    """A schedule that is known generation by generation has no long run."""


class Phase(NamedTuple):
    """A regime, where the retained diversity g_t goes, and why.

    Attributes:
        regime: the class.
        lower: limit inferior of g_t, dimensionless; nan where unknown.
        upper: limit superior of g_t; `lower` where g_t converges.
        error: both limits are within this of the truth; 0 where they are closed forms, up to float64.
        reason: one sentence: which sums converge, and where N_t alpha_t goes.
    """

    regime: Regime
    lower: float
    upper: float
    error: float
    reason: str

    @property
    def limit(self) -> float:
        """Limit of g_t; nan where there is none."""
        return self.lower if self.lower == self.upper else math.nan


def classify(num_samples: Any, exogenous_fraction: Any = 0.0) -> Phase:
    """Long-run behaviour of the loop under a pair of schedules: arithmetic on their formulas, no horizon.

    With g*_t = m_t / (1 + m_t), m_t = (N_t - 1) alpha_t (2 - alpha_t), every step is
    g_{t+1} = u_t g_t + (1 - u_t) g*_t with 1 - u_t between max(alpha_t, 1/N_t) and 2 alpha_t + 1/N_t. Hence: if
    sum (alpha_t + 1/N_t) = inf and g*_t -> g*, then g_t -> g*; if the sum is finite, g_t freezes. docs/phases.md proves
    this and what follows for each pair of formulas.

    Args:
        num_samples: N_t, a number or schedule, as in `System`; rounded up.
        exogenous_fraction: alpha_t, a number or schedule; bernoulli mixing.

    Returns:
        A `Phase`. Constants, power laws, geometric, periodic and burst schedules are decided; tables, piecewise lists
        and functions are `Regime.FINITE_HORIZON`.

    Raises:
        ValueError: N_t that is not positive, or alpha_t that leaves [0, 1], at any generation however late.

    Example:
        >>> from zenil_dynamics import schedules
        >>> classify(schedules.power_law(10, -1), schedules.power_law(0.1, 1)).regime
        <Regime.PARTIAL: 'partial'>

    Source: docs/phases.md; at alpha = 0 the Wright-Fisher model with changing size (Wright 1931).
    """
    draws, shares = as_schedule(num_samples), as_schedule(exogenous_fraction)
    samples, fraction = samples_form(draws), fraction_form(shares)
    if samples is None or fraction is None:
        known = draws if samples is None else shares
        what = f"{known} is known generation by generation, so that its long run is not defined"
        return Phase(Regime.FINITE_HORIZON, math.nan, math.nan, math.nan, what)
    if isinstance(samples, Cycle):
        return _bounded(samples, fraction)
    return _growing(draws, shares, samples, fraction)


def _bounded(samples: Cycle, fraction: FractionForm) -> Phase:
    """N_t repeats: sum 1/N_t = inf."""
    draws = f"N_t stays bounded ({_levels(samples)}), so that sum 1/N_t = inf"
    if isinstance(fraction, Cycle):
        if fraction.zero:
            return _collapse(Regime.ABSORBED, f"{draws}, and there are no real data from some generation on")
        return _cycle(samples, fraction)
    if isinstance(fraction, Sparse):
        return _bounded_bursts(samples, fraction)
    if fraction.summable:
        return _collapse(Regime.ABSORBED, f"{draws}, while sum alpha_t < inf: the last real draw comes almost surely")
    return _collapse(Regime.HOPPING, f"{draws}, and N_t alpha_t -> 0 while sum alpha_t = inf: real data never end")


def _cycle(samples: Cycle, fraction: Cycle) -> Phase:
    """Both repeat: g_t tends to an orbit of their joint period."""
    period = math.lcm(samples.period, fraction.period)
    if period > LONGEST_PERIOD:
        reason = f"the joint period of {period} generations exceeds the {LONGEST_PERIOD} that are computed"
        return Phase(Regime.UNDECIDED, math.nan, math.nan, math.nan, reason)
    generations = np.arange(period)
    orbit = oracles.retained_diversity_cycle(samples.at(generations), fraction.at(generations))
    lower, upper = float(orbit.min()), float(orbit.max())
    if upper == 0:
        return _collapse(
            Regime.HOPPING, "real data come in only where N_t = 1, so that every model is a point mass, never the last"
        )
    if upper - lower <= SAME * upper:
        reason = f"(N_t - 1) alpha_t (2 - alpha_t) stays at {upper / (1 - upper):.6g} = m: g -> m/(1 + m)"
        return Phase(Regime.PARTIAL, upper, upper, 0.0, reason)
    reason = f"N_t and alpha_t repeat every {period} generations: g_t tends to an orbit of that period"
    return Phase(Regime.OSCILLATES, lower, upper, 0.0, reason)


def _bounded_bursts(samples: Cycle, fraction: Sparse) -> Phase:
    """Bursts at 2^k between which diversity is lost at an exponential rate."""
    period = samples.period
    # From some k on, 2^k is a multiple of the period if that is a power of two, and never otherwise.
    draws = samples.value if period & (period - 1) == 0 else samples.otherwise
    if draws == 1:
        return _collapse(
            Regime.HOPPING, "N_t is bounded, and a single draw follows each burst: sum alpha_t = inf moves point masses"
        )
    upper = (1 - 1 / draws) * fraction.value * (2 - fraction.value)
    reason = (
        f"N_t is bounded: each burst lifts g to (1 - 1/{draws:g}) alpha (2 - alpha), and g falls back before the next: "
        "it is near 0 in all but a vanishing share of generations"
    )
    return Phase(Regime.OSCILLATES, 0.0, upper, 0.0, reason)


def _growing(draws: AbstractSchedule, shares: AbstractSchedule, samples: Decay, fraction: FractionForm) -> Phase:
    """N_t -> inf."""
    thinning = samples.inverse.summable
    noise = "sum 1/N_t < inf" if thinning else "sum 1/N_t = inf"
    if isinstance(fraction, Sparse):
        return _growing_bursts(samples, fraction)
    if isinstance(fraction, Cycle) and not fraction.zero:
        reason = (
            f"N_t grows without bound, and alpha_t is {_levels(fraction)}: sum alpha_t = inf outweighs ever less noise"
        )
        return Phase(Regime.CONVERGES, 1.0, 1.0, 0.0, reason)
    if isinstance(fraction, Cycle) or fraction.summable:
        fresh = "no real data from some generation on" if isinstance(fraction, Cycle) else "sum alpha_t < inf"
        if not thinning:
            return _collapse(Regime.ABSORBED, f"{noise} with {fresh}{_returns(samples, fraction)}")
        if isinstance(fraction, Cycle) and head_has_single_draw(draws, shares):
            return _collapse(Regime.ABSORBED, "N_t = 1 at a generation after which no real data come in")
        limit, error = frozen_limit(draws, shares, samples, fraction)
        reason = f"{noise} and {fresh}: what happens after generation t vanishes with t"
        return Phase(Regime.FROZEN, limit, limit, error, reason)
    return _balance(samples, fraction, noise)


def _balance(samples: Decay, fraction: Decay, noise: str) -> Phase:
    """alpha_t -> 0 with sum alpha_t = inf against a growing N_t: the limit of N_t alpha_t decides."""
    power = samples.exponent + fraction.exponent if isinstance(samples, Power) and isinstance(fraction, Power) else -1.0
    if power < 0:
        reason = f"sum alpha_t = inf and N_t alpha_t -> inf: real data outweigh the noise of drawing ({noise})"
        return Phase(Regime.CONVERGES, 1.0, 1.0, 0.0, reason)
    if power > 0:
        return _collapse(Regime.HOPPING, f"{noise} and N_t alpha_t -> 0, while sum alpha_t = inf: real data never end")
    # Equal exponents, so that offsets and rounding do not matter in the limit.
    assert isinstance(samples, Power)
    assert isinstance(fraction, Power)
    ratio = 2 * exp(samples.log_scale + fraction.log_scale)
    share = ratio / (1 + ratio)
    reason = f"sum 1/N_t = sum alpha_t = inf, and 2 N_t alpha_t -> rho = {ratio:.6g}: g -> rho/(1 + rho)"
    return Phase(Regime.PARTIAL, share, share, 0.0, reason)


def _growing_bursts(samples: Decay, fraction: Sparse) -> Phase:
    """Bursts at 2^k: a race between the noise of [2^k, 2^{k+1}) and the renewal at its end."""
    renewed = fraction.value * (2 - fraction.value)
    growth = math.inf if isinstance(samples, Exponential) else -samples.exponent
    if growth > 1:
        reason = "sum 1/N_t < inf, and each of infinitely many bursts multiplies what was lost by (1 - alpha)^2"
        return Phase(Regime.CONVERGES, 1.0, 1.0, 0.0, reason)
    if growth < 1:
        reason = (
            "sum 1/N_t over [2^k, 2^{k+1}) grows: each burst lifts g to alpha (2 - alpha), and g falls back before the "
            "next: it is near 0 in all but a vanishing share of generations"
        )
        return Phase(Regime.OSCILLATES, 0.0, renewed, 0.0, reason)
    kept = math.exp(-math.log(2) / exp(samples.log_scale)) if isinstance(samples, Power) else 0.0
    upper = renewed / (1 - kept * (1 - renewed))
    reason = f"from one burst to the next g is multiplied by {kept:.6g} = 2^(-lim t/N_t): a cycle in log t"
    return Phase(Regime.OSCILLATES, kept * upper, upper, 0.0, reason)


def _returns(samples: Decay, fraction: Decay | Cycle) -> str:
    """Whether real draws end although sum alpha_t is finite: N_t of them might come."""
    if isinstance(samples, Power) and isinstance(fraction, Power) and samples.exponent + fraction.exponent <= 1:
        return ", yet sum N_t alpha_t = inf: real draws disturb the point mass for ever, in vanishing shares"
    return ": the last real draw comes almost surely"


def _collapse(regime: Regime, reason: str) -> Phase:
    return Phase(regime, 0.0, 0.0, 0.0, reason)


def _levels(form: Cycle) -> str:
    """A cycle in words."""
    if form.period == 1:
        return f"{form.value:g}"
    return f"{form.value:g} in every generation that {form.period} divides, else {form.otherwise:g}"
