"""What a report draws of a verdict: a curve through the example that is shown, and the path of its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Value and bound along one parameter, the others fixed at the example that a verdict shows. Definition.

    Args:
        parameter: what varies.
        places: its values in order: numbers, or names where the parameter has no order.
        at: position of the shown example among `places`, or None.
        values: the statistic: exact, or the mean of draws; NaN where there is none.
        bounds: the bound, same units.
        intervals: (lower, upper) of the values where they come from draws, else None.
        spread: (5 %, 95 %) quantiles of the draws, else None.
        num_draws: behind each estimate; 0 where values are exact.
        level: probability that one of the intervals misses its mean.
    """

    parameter: str
    places: tuple[float | str, ...]
    at: int | None
    values: tuple[float, ...]
    bounds: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...] | None = None
    spread: tuple[tuple[float, float], ...] | None = None
    num_draws: int = 0
    level: float = 0.0

    @property
    def ordered(self) -> bool:
        """Whether the places are numbers. Definition."""
        return all(not isinstance(place, str) for place in self.places)


@dataclass(frozen=True, kw_only=True)
class EvidencePath:
    """Evidence of one example after each batch, in decimal logarithms. Definition.

    Args:
        n: samples drawn.
        against: evidence against the claim.
        in_favour: evidence against "violated by at least the margin"; None where no margin licenses support.
        refutes_at: what `against` has to reach.
        supports_at: what `in_favour` has to reach.
    """

    n: tuple[int, ...]
    against: tuple[float, ...]
    in_favour: tuple[float, ...] | None
    refutes_at: float
    supports_at: float


def thinned(length: int, most: int) -> Sequence[int]:
    """Positions that keep a path of `length` points readable: all of them, or `most`, the first and last included.

    Definition.
    """
    if length <= most:
        return range(length)
    return sorted({round(i * (length - 1) / (most - 1)) for i in range(most)})
