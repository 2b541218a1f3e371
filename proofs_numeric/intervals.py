"""Interval arithmetic with outward rounding, for bounds over a continuum.

Every operation returns an interval that contains all real results. The four operations and the square root are
correctly rounded in IEEE 754, so one step outwards suffices; logarithm and exponential are not, hence
`TRANSCENDENTAL_STEPS` steps (an assumption on the mathematical library, printed with the verdict).
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Union

import numpy as np
from jaxtyping import Float

TRANSCENDENTAL_STEPS = 8
ASSUMPTION = f"log and exp of the mathematical library err by less than {TRANSCENDENTAL_STEPS} units in the last place"

Operand = Union["Interval", float, int, Fraction, np.ndarray]


def _down(x: np.ndarray, steps: int = 1) -> np.ndarray:
    for _ in range(steps):
        x = np.nextafter(x, -np.inf)
    return x


def _up(x: np.ndarray, steps: int = 1) -> np.ndarray:
    for _ in range(steps):
        x = np.nextafter(x, np.inf)
    return x


@dataclass(frozen=True, eq=False)
class Interval:
    """A closed interval [lower, upper] of reals, or an array of them.

    Definition.

    Args:
        lower: lower ends, float64, any shape.
        upper: upper ends, same shape.
    """

    # NumPy must hand `array * interval` over to us instead of making an object array.
    __array_ufunc__ = None

    lower: Float[np.ndarray, "..."]
    upper: Float[np.ndarray, "..."]

    def __post_init__(self):
        lower, upper = np.broadcast_arrays(np.asarray(self.lower, np.float64), np.asarray(self.upper, np.float64))
        if np.any(lower > upper):
            raise ValueError("`lower` must not exceed `upper`; got an empty interval. Exchange the two ends.")
        object.__setattr__(self, "lower", lower)
        object.__setattr__(self, "upper", upper)

    @staticmethod
    def of(x: Operand) -> "Interval":
        """Smallest interval of floats around a number. Definition.

        Args:
            x: a float (taken as exact), an integer, a Fraction (enclosed), an array, or an interval.

        Returns:
            The interval.
        """
        if isinstance(x, Interval):
            return x
        if isinstance(x, Fraction) or (isinstance(x, int) and abs(x) > 2**53):
            nearest = np.asarray(float(x))
            exact = Fraction(float(nearest)) == Fraction(x)
            return Interval(nearest, nearest) if exact else Interval(_down(nearest), _up(nearest))
        return Interval(np.asarray(x, np.float64), np.asarray(x, np.float64))

    def __neg__(self) -> "Interval":
        return Interval(-self.upper, -self.lower)

    def __add__(self, other: Operand) -> "Interval":
        other = Interval.of(other)
        return Interval(_down(self.lower + other.lower), _up(self.upper + other.upper))

    def __sub__(self, other: Operand) -> "Interval":
        return self + (-Interval.of(other))

    def __mul__(self, other: Operand) -> "Interval":
        other = Interval.of(other)
        corners = [a * b for a in (self.lower, self.upper) for b in (other.lower, other.upper)]
        return Interval(_down(np.minimum.reduce(corners)), _up(np.maximum.reduce(corners)))

    def __truediv__(self, other: Operand) -> "Interval":
        other = Interval.of(other)
        if np.any((other.lower <= 0) & (other.upper >= 0)):
            raise ValueError("the divisor must not contain 0; split the interval there before dividing.")
        corners = [a / b for a in (self.lower, self.upper) for b in (other.lower, other.upper)]
        return Interval(_down(np.minimum.reduce(corners)), _up(np.maximum.reduce(corners)))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Operand) -> "Interval":
        return Interval.of(other) - self

    def __rtruediv__(self, other: Operand) -> "Interval":
        return Interval.of(other) / self

    def __pow__(self, exponent: int) -> "Interval":
        if not isinstance(exponent, int) or exponent < 0:
            raise ValueError(
                f"`exponent` must be a nonnegative integer; got {exponent!r}. Use exp(y * x.log()) for others."
            )
        result = Interval.of(np.ones_like(self.lower))
        for _ in range(exponent):
            result = result * self
        # An even power is nonnegative, which repeated multiplication of a sign-changing interval forgets.
        return Interval(np.maximum(result.lower, 0.0), result.upper) if exponent % 2 == 0 else result

    def sqrt(self) -> "Interval":
        """Square root of a nonnegative interval. Definition."""
        if np.any(self.lower < 0):
            raise ValueError("sqrt needs a nonnegative interval; cut the negative part off first.")
        return Interval(np.maximum(_down(np.sqrt(self.lower)), 0.0), _up(np.sqrt(self.upper)))

    def log(self) -> "Interval":
        """Natural logarithm; log 0 is -inf. Definition."""
        if np.any(self.lower < 0):
            raise ValueError("log needs a nonnegative interval; cut the negative part off first.")
        with np.errstate(divide="ignore"):
            return Interval(
                _down(np.log(self.lower), TRANSCENDENTAL_STEPS), _up(np.log(self.upper), TRANSCENDENTAL_STEPS)
            )

    def exp(self) -> "Interval":
        """Exponential. Definition."""
        lower, upper = np.exp(self.lower), np.exp(self.upper)
        return Interval(np.maximum(_down(lower, TRANSCENDENTAL_STEPS), 0.0), _up(upper, TRANSCENDENTAL_STEPS))

    def abs(self) -> "Interval":
        """Absolute value. Definition."""
        crosses = (self.lower <= 0) & (self.upper >= 0)
        small = np.where(crosses, 0.0, np.minimum(np.abs(self.lower), np.abs(self.upper)))
        return Interval(small, np.maximum(np.abs(self.lower), np.abs(self.upper)))

    def sum(self, axis: int = -1) -> "Interval":
        """Sum along an axis, rounded outwards at each addition. Definition.

        Args:
            axis: axis to sum over.

        Returns:
            The interval of sums.
        """
        lower, upper = np.moveaxis(self.lower, axis, 0), np.moveaxis(self.upper, axis, 0)
        total = Interval(np.zeros(lower.shape[1:]), np.zeros(lower.shape[1:]))
        for low, high in zip(lower, upper, strict=True):
            total = total + Interval(low, high)
        return total

    def __getitem__(self, index) -> "Interval":
        return Interval(self.lower[index], self.upper[index])

    def __repr__(self) -> str:
        return f"Interval({self.lower!r}, {self.upper!r})"
