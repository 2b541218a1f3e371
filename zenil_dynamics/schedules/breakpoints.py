"""A number that changes at given generations and stays in between."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from zenil_dynamics.schedules.base import AbstractSchedule, spell
from zenil_dynamics.validate import finite_number, positive_integer


class Piecewise(AbstractSchedule):
    """The value of the last breakpoint that is not later than t.

    Attributes:
        breakpoints: generations, int64, increasing from 0, shape (pieces,).
        levels: values from each breakpoint on, shape (pieces,).

    Raises:
        ValueError: no piece, a breakpoint that is not whole or negative, no breakpoint 0, a value that is not finite.

    Source: Definition.
    """

    breakpoints: Int[np.ndarray, " pieces"]
    levels: Float[np.ndarray, " pieces"]

    def __init__(self, pieces: Mapping[int, Any]):
        if not isinstance(pieces, Mapping) or not pieces:
            raise ValueError(f"`pieces` must be a mapping such as {{0: 0.1, 50: 0}}; got {pieces!r}.")
        whole = {positive_integer(when, name="breakpoint", smallest=0): value for when, value in pieces.items()}
        ordered = sorted(whole)
        if ordered[0] != 0:
            raise ValueError(
                f"`pieces` must start at generation 0; the first breakpoint is {ordered[0]}. Add one at 0."
            )
        self.breakpoints = np.array(ordered, np.int64)
        self.levels = np.array([finite_number(whole[when], name=f"pieces[{when}]") for when in ordered], np.float64)

    def at(self, generations: np.ndarray) -> np.ndarray:
        """The formula of the class."""
        return self.levels[np.searchsorted(self.breakpoints, generations, side="right") - 1]

    def spec(self) -> str:
        """`piecewise:T0=V0,T1=V1,...`."""
        pairs = zip(self.breakpoints, self.levels, strict=True)
        return "piecewise:" + ",".join(f"{int(when)}={spell(value)}" for when, value in pairs)


def piecewise(pieces: Mapping[int, Any]) -> Piecewise:
    """A number that changes at given generations: the value of the last breakpoint that is not later than t.

    Args:
        pieces: breakpoint (generation) -> value from there on, in any order; one breakpoint must be 0.

    Returns:
        The schedule.

    Raises:
        ValueError: no piece, a breakpoint that is not whole or negative, no breakpoint 0, a value that is not finite.

    Example:
        >>> piecewise({0: 0.5, 2: 0}).values(4)
        array([0.5, 0.5, 0. , 0. ])

    Source: Definition.
    """
    return Piecewise(pieces)
