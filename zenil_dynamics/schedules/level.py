"""The same number at every generation."""

from typing import Any

import numpy as np
from jaxtyping import Float

from zenil_dynamics.schedules.base import AbstractSchedule, spell
from zenil_dynamics.validate import finite_number


class Constant(AbstractSchedule):
    """value at every t.

    Attributes:
        value: float64 scalar, units of the scheduled number.

    Raises:
        ValueError: not one finite number.

    Source: Definition.
    """

    value: Float[np.ndarray, ""]

    def __init__(self, value: Any):
        self.value = finite_number(value, name="value")

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The value, repeated."""
        return np.full(generations.shape, self.value)

    def spec(self) -> str:
        """A plain number."""
        return spell(self.value)


def constant(value: Any) -> Constant:
    """The same number at every generation.

    Args:
        value: finite.

    Returns:
        The schedule.

    Raises:
        ValueError: not one finite number.

    Example:
        >>> constant(0.1).values(3)
        array([0.1, 0.1, 0.1])

    Source: Definition.
    """
    return Constant(value)
