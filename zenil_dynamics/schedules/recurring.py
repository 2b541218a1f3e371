"""A number that comes back: at every multiple of a period, or at powers of two."""

from typing import Any

import numpy as np
from jaxtyping import Float, Int

from zenil_dynamics.schedules.base import AbstractSchedule, spell
from zenil_dynamics.validate import finite_number, positive_integer


class Periodic(AbstractSchedule):
    """value where the period divides t (t = 0 included), otherwise another number.

    Attributes:
        value: units of the scheduled number.
        period: generations, at least 1.
        otherwise: units of the scheduled number.

    Raises:
        ValueError: a number that is not finite, or a period that is not whole and at least 1.

    Source: Definition.
    """

    value: Float[np.ndarray, ""]
    period: Int[np.ndarray, ""]
    otherwise: Float[np.ndarray, ""]

    def __init__(self, value: Any, period: Any, otherwise: Any = 0.0):
        self.value = finite_number(value, name="value")
        self.period = np.asarray(positive_integer(period, name="period"), np.int64)
        self.otherwise = finite_number(otherwise, name="otherwise")

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The formula of the class."""
        return np.where(generations % self.period == 0, self.value, self.otherwise)

    def spec(self) -> str:
        """`periodic:VALUE,PERIOD[,ELSE]`."""
        otherwise = "" if self.otherwise == 0 else f",{spell(self.otherwise)}"
        return f"periodic:{spell(self.value)},{int(self.period)}{otherwise}"


class Bursts(AbstractSchedule):
    """value at t = 1, 2, 4, 8, ..., otherwise 0: ever rarer, yet never the last time.

    Attributes:
        value: units of the scheduled number.

    Raises:
        ValueError: not one finite number.

    Source: Definition.
    """

    value: Float[np.ndarray, ""]

    def __init__(self, value: Any):
        self.value = finite_number(value, name="value")

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The formula of the class."""
        power_of_two = (generations > 0) & (generations & (generations - 1) == 0)
        return np.where(power_of_two, self.value, 0.0)

    def spec(self) -> str:
        """`bursts:VALUE`."""
        return f"bursts:{spell(self.value)}"


def periodic(value: Any, period: Any, otherwise: Any = 0.0) -> Periodic:
    """A number at t = 0, period, 2 period, ..., and another one in between.

    Args:
        value: where the period divides t.
        period: generations, whole, at least 1.
        otherwise: at all other generations.

    Returns:
        The schedule.

    Raises:
        ValueError: a number that is not finite, or a period that is not whole and at least 1.

    Example:
        >>> periodic(0.5, 3).values(5)
        array([0.5, 0. , 0. , 0.5, 0. ])

    Source: Definition.
    """
    return Periodic(value, period, otherwise)


def bursts(value: Any) -> Bursts:
    """A number at t = 1, 2, 4, 8, ..., and 0 at all other generations.

    Args:
        value: at powers of two.

    Returns:
        The schedule.

    Raises:
        ValueError: not one finite number.

    Example:
        >>> bursts(1).values(6)
        array([0., 1., 1., 0., 1., 0.])

    Source: Definition.
    """
    return Bursts(value)
