"""Decay or growth by a power of the generation, or by a constant factor."""

from typing import Any

import numpy as np
from jaxtyping import Float

from zenil_dynamics.schedules.base import AbstractSchedule, spell
from zenil_dynamics.validate import finite_number


class PowerLaw(AbstractSchedule):
    """scale * (t + offset)^-exponent; a negative exponent grows.

    Attributes:
        scale: units of the scheduled number.
        exponent: dimensionless.
        offset: generations, positive; 0 is allowed where the exponent is not positive.

    Raises:
        ValueError: a number that is not finite, or an offset that makes t = 0 meaningless.

    Source: Definition; the borderline of summable alpha_t is exponent 1 (arXiv 2601.05280v2, Theorem 3).
    """

    scale: Float[np.ndarray, ""]
    exponent: Float[np.ndarray, ""]
    offset: Float[np.ndarray, ""]

    def __init__(self, scale: Any, exponent: Any, offset: Any = 1.0):
        self.scale = finite_number(scale, name="scale")
        self.exponent = finite_number(exponent, name="exponent")
        self.offset = finite_number(offset, name="offset")
        if self.offset < 0 or (self.offset == 0 and self.exponent > 0):
            raise ValueError(
                f"`offset` must be positive, or 0 with an exponent that is not; got {spell(self.offset)} with exponent "
                f"{spell(self.exponent)}. Use 1."
            )

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The formula of the class."""
        return self.scale * (generations + self.offset) ** -self.exponent

    def spec(self) -> str:
        """`power_law:SCALE,EXPONENT[,OFFSET]`."""
        offset = "" if self.offset == 1 else f",{spell(self.offset)}"
        return f"power_law:{spell(self.scale)},{spell(self.exponent)}{offset}"


class Geometric(AbstractSchedule):
    """first * ratio^t.

    Attributes:
        first: value at t = 0, units of the scheduled number.
        ratio: dimensionless, non-negative; 0 means `first` once and 0 ever after.

    Raises:
        ValueError: a number that is not finite, or a negative ratio.

    Source: Definition.
    """

    first: Float[np.ndarray, ""]
    ratio: Float[np.ndarray, ""]

    def __init__(self, first: Any, ratio: Any):
        self.first = finite_number(first, name="first")
        self.ratio = finite_number(ratio, name="ratio")
        if self.ratio < 0:
            raise ValueError(f"`ratio` must be at least 0; got {spell(self.ratio)}. Alternating signs have no meaning.")

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The formula of the class."""
        return self.first * self.ratio ** generations.astype(np.float64)

    def spec(self) -> str:
        """`geometric:FIRST,RATIO`."""
        return f"geometric:{spell(self.first)},{spell(self.ratio)}"


def power_law(scale: Any, exponent: Any, offset: Any = 1.0) -> PowerLaw:
    """Decay by a power: scale * (t + offset)^-exponent.

    Args:
        scale: value at t = 0 when offset is 1.
        exponent: positive decays, negative grows.
        offset: generations, positive; 0 is allowed where the exponent is not positive.

    Returns:
        The schedule.

    Raises:
        ValueError: a number that is not finite, or an offset that makes t = 0 meaningless.

    Example:
        >>> power_law(scale=1.0, exponent=0.5).values(4)
        array([1.        , 0.70710678, 0.57735027, 0.5       ])

    Source: Definition.
    """
    return PowerLaw(scale, exponent, offset)


def geometric(first: Any, ratio: Any) -> Geometric:
    """Decay or growth by a constant factor: first * ratio^t.

    Args:
        first: value at t = 0.
        ratio: non-negative.

    Returns:
        The schedule.

    Raises:
        ValueError: a number that is not finite, or a negative ratio.

    Example:
        >>> geometric(8, 0.5).values(4)
        array([8., 4., 2., 1.])

    Source: Definition.
    """
    return Geometric(first, ratio)
