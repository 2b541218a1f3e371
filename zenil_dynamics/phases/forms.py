"""What a symbolic schedule does in the long run: repeats, follows a power, follows an exponential, or bursts.

A form holds for every t >= 0 and is checked for every t >= 0: a schedule that leaves its range after a million
generations has no limit to speak of, however short the run.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from zenil_dynamics.phases.horizon import whole_samples
from zenil_dynamics.schedules import AbstractSchedule, Bursts, Constant, Geometric, Periodic, PowerLaw


class Cycle(NamedTuple):
    """`value` where `period` divides t, else `otherwise`; a constant has period 1. Holds from some t on."""

    value: float
    period: int
    otherwise: float

    @property
    def zero(self) -> bool:
        """Whether it is 0 for ever, from some t on."""
        return self.value == 0 and self.otherwise == 0

    def at(self, generations: np.ndarray) -> np.ndarray:
        """Values at generations."""
        return np.where(generations % self.period == 0, self.value, self.otherwise)


class Power(NamedTuple):
    """scale (t + offset)^-exponent; the exponent is positive for alpha_t and negative for N_t."""

    log_scale: float
    exponent: float
    offset: float

    def log(self, t: float) -> float:
        """Logarithm of the value at a t that may be as large as float64 goes."""
        return self.log_scale - self.exponent * math.log(t + self.offset)

    def rate(self, t: float) -> float:
        """Derivative of the logarithm."""
        return -self.exponent / (t + self.offset)

    def integral(self, start: float, end: float) -> float:
        """Integral from start to end, which may be infinite, of a power with exponent > 1."""
        tail = exp(self.log(end)) * (end + self.offset) if math.isfinite(end) else 0.0
        return (exp(self.log(start)) * (start + self.offset) - tail) / (self.exponent - 1)

    @property
    def inverse(self) -> "Power":
        """1 over it."""
        return Power(-self.log_scale, -self.exponent, self.offset)

    @property
    def summable(self) -> bool:
        """Whether its sum over t is finite."""
        return self.exponent > 1


class Exponential(NamedTuple):
    """first ratio^t; the ratio is below 1 for alpha_t and above 1 for N_t."""

    log_first: float
    log_ratio: float

    def log(self, t: float) -> float:
        """Logarithm of the value at t."""
        return self.log_first + t * self.log_ratio

    def rate(self, t: float) -> float:
        """Derivative of the logarithm."""
        return self.log_ratio

    def integral(self, start: float, end: float) -> float:
        """Integral from start to end, which may be infinite, of an exponential with ratio < 1."""
        tail = exp(self.log(end)) if math.isfinite(end) else 0.0
        return (exp(self.log(start)) - tail) / -self.log_ratio

    @property
    def inverse(self) -> "Exponential":
        """1 over it."""
        return Exponential(-self.log_first, -self.log_ratio)

    @property
    def summable(self) -> bool:
        """Whether its sum over t is finite."""
        return self.log_ratio < 0


class Sparse(NamedTuple):
    """`value` > 0 at t = 1, 2, 4, 8, ..., else 0."""

    value: float


Decay = Power | Exponential
SamplesForm = Cycle | Power | Exponential
FractionForm = Cycle | Power | Exponential | Sparse

ZERO = Cycle(0.0, 1, 0.0)
ONE = Cycle(1.0, 1, 1.0)


def exp(logarithm: float) -> float:
    """Exponential, cut off where float64 ends: a bound on 1/N or alpha beyond 1 says nothing, whatever it is."""
    return math.exp(min(logarithm, 700.0))


def samples_form(schedule: AbstractSchedule) -> SamplesForm | None:
    """N_t in the long run, rounded up; None for a table, a piecewise list or a function.

    Returns:
        `Cycle` of whole numbers where N_t is bounded (1 where it decays), else the growing form before rounding.

    Raises:
        ValueError: N_t is not positive at some generation.
    """
    match schedule:
        case Constant():
            return _repeated(_positive(schedule, 0), 1)
        case Periodic():
            value, period = _positive(schedule, 0), int(schedule.period)
            return _repeated(value, period, _positive(schedule, 1) if period > 1 else value)
        case PowerLaw():
            first, exponent = _positive(schedule, 0), float(schedule.exponent)
            if exponent == 0:
                return _repeated(first, 1)
            return ONE if exponent > 0 else Power(math.log(schedule.scale), exponent, float(schedule.offset))
        case Geometric():
            first, ratio = _positive(schedule, 0), float(schedule.ratio)
            if ratio == 0:
                _positive(schedule, 1)
            if ratio == 1:
                return _repeated(first, 1)
            return ONE if ratio < 1 else Exponential(math.log(first), math.log(ratio))
        case Bursts():
            _positive(schedule, 0)
    return None


def fraction_form(schedule: AbstractSchedule) -> FractionForm | None:
    """alpha_t in the long run; None for a table, a piecewise list or a function.

    Raises:
        ValueError: alpha_t leaves [0, 1] at some generation.
    """
    match schedule:
        case Constant():
            return _cycle(_share(schedule, 0))
        case Periodic():
            value, period = _share(schedule, 0), int(schedule.period)
            return _cycle(value, period, _share(schedule, 1) if period > 1 else value)
        case PowerLaw():
            return _power_fraction(schedule)
        case Geometric():
            return _geometric_fraction(schedule)
        case Bursts():
            value = _share(schedule, 1)
            return Sparse(value) if value else ZERO
    return None


def _power_fraction(schedule: PowerLaw) -> FractionForm:
    scale, exponent, offset = float(schedule.scale), float(schedule.exponent), float(schedule.offset)
    first = _share(schedule, 0) if scale >= 0 else _share(schedule, 1)
    if scale == 0:
        return ZERO
    if exponent == 0:
        return _cycle(first)
    if exponent < 0:
        _leaves(schedule, exp(math.log(scale) / exponent) - offset)
    return Power(math.log(scale), exponent, offset)


def _geometric_fraction(schedule: Geometric) -> FractionForm:
    first, ratio = _share(schedule, 0), float(schedule.ratio)
    if first == 0 or ratio == 0:
        return ZERO
    if ratio == 1:
        return _cycle(first)
    if ratio > 1:
        _leaves(schedule, -math.log(first) / math.log(ratio))
    return Exponential(math.log(first), math.log(ratio))


def _cycle(value: float, period: int = 1, otherwise: float | None = None) -> Cycle:
    """A cycle, of period 1 where both levels are the same."""
    if otherwise is None or otherwise == value:
        return Cycle(value, 1, value)
    return Cycle(value, period, otherwise)


def _repeated(value: float, period: int, otherwise: float | None = None) -> Cycle:
    """A cycle of whole numbers."""
    levels = whole_samples(np.array([value, value if otherwise is None else otherwise]))
    return _cycle(float(levels[0]), period, float(levels[1]))


def _positive(schedule: AbstractSchedule, generation: int) -> float:
    return _checked(schedule, generation, "num_samples", "be at least 1", lambda value: value > 0)


def _share(schedule: AbstractSchedule, generation: int) -> float:
    return _checked(schedule, generation, "exogenous_fraction", "lie in [0, 1]", lambda value: 0 <= value <= 1)


def _checked(
    schedule: AbstractSchedule, generation: int, name: str, rule: str, allowed: Callable[[float], bool]
) -> float:
    value = float(schedule(generation))
    if not allowed(value):
        raise ValueError(f"`{name}` must {rule}; got {value:g} at generation {generation}. Change the schedule.")
    return value


def _leaves(schedule: AbstractSchedule, crossing: float) -> None:
    """Refuse an alpha_t that grows past 1 where `crossing` says, up to rounding."""
    if crossing < 2**53:
        for generation in range(max(math.floor(crossing) - 1, 0), math.floor(crossing) + 3):
            _share(schedule, generation)
    raise ValueError(
        f"`exogenous_fraction` must lie in [0, 1] at every generation; {schedule} passes 1 near generation "
        f"{crossing:.3g}. Change the schedule."
    )
