"""What an exact answer is, and the refusal where there is none."""

from typing import Literal, NamedTuple

import numpy as np

Rung = Literal["closed form", "moment recursion", "exact chain", "enumeration"]


class NotReachable(ValueError):
    """No rung of the exactness ladder reaches this quantity of this system; the message says why."""


class Exact(NamedTuple):
    """An exact expectation by generation.

    Attributes:
        values: float64, shape (generations + 1,), index 0 the initial state; inf where the expectation is infinite.
        rung: how it was computed.
    """

    values: np.ndarray
    rung: Rung
