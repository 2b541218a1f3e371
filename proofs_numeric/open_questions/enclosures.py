"""Balls of Arb as the numbers of an estimate."""

from typing import TypedDict

from flint import arb

from proofs_numeric.exact.intervals import Interval, balls

ENCLOSURE = "exact enclosure"
"""What an interval is called that no rounding and no chance can miss."""


class Enclosed(TypedDict):
    """The fields of an `Estimate` that an enclosure fills."""

    value: float
    interval: tuple[float, float]
    kind: str


def enclosed(lower: arb, upper: arb | None = None) -> Enclosed:
    """Value, interval and kind of a number between two balls.

    Args:
        lower: a ball whose lower end bounds the number from below.
        upper: a ball whose upper end bounds it from above; None takes the same ball.

    Returns:
        Keyword arguments of `Estimate`; the value is the middle of the interval.

    Source: Definition.
    """
    low, high = (float(end) for end in Interval(balls(lower), balls(lower if upper is None else upper)).floats())
    return {"value": min(max((low + high) / 2, low), high), "interval": (low, high), "kind": ENCLOSURE}
