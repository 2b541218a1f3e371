"""Check one example of a deterministic claim: rationals exactly, floats within a tolerance, intervals by enclosure."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from proofs_numeric.claim import Claim
from proofs_numeric.intervals import Interval
from proofs_numeric.keys import canonical
from proofs_numeric.outcome import Outcome
from proofs_numeric.relation import excess, excess_interval, holds, is_rational, is_strict
from proofs_numeric.verdict import Status


class Cache:
    """Remembers what a function returned at an example, so that mutants of the bound do not repeat the enumeration.

    Definition.
    """

    def __init__(self):
        self._results: dict[tuple[Callable, str], Any] = {}

    def __call__(self, function: Callable, theta: Mapping[str, Any]) -> Any:
        """`function(theta)`, computed once per function and example."""
        address = (function, canonical(theta))
        if address not in self._results:
            self._results[address] = function(theta)
        return self._results[address]


def evaluate(claim: Claim, theta: Mapping[str, Any], cache: Cache) -> tuple[Any, Any]:
    """Value and bound of a deterministic claim at an example, after all replacements of a variant.

    Definition.

    Args:
        claim: a claim whose route is not EP.
        theta: the example.
        cache: shared by a claim and its variants.

    Returns:
        (value, bound) as the author gave them.

    Raises:
        ValueError: `evaluate` returned something else than a pair.
    """
    value = bound = None
    if claim.evaluate is not None and (claim.value is None or claim.bound is None):
        pair = cache(claim.evaluate, theta)
        if not (isinstance(pair, tuple) and len(pair) == 2):
            raise ValueError(
                f"`evaluate` of {claim.id!r} must return (value, bound); got {type(pair).__name__} at {theta}."
            )
        value, bound = pair
    if claim.value is not None:
        value = cache(claim.value, theta)
    if claim.adjust_value is not None:
        value = claim.adjust_value(theta, value)
    return value, claim.bound_at(theta, bound)


def entries(x: Any) -> list:
    """The numbers of a scalar, array or nested sequence, in order. Definition."""
    if isinstance(x, (list, tuple)):
        return [entry for part in x for entry in entries(part)]
    if isinstance(x, np.ndarray) or hasattr(x, "__array__"):
        return np.asarray(x).ravel().tolist()
    return [x]


def _pairs(claim: Claim, theta: Mapping[str, Any], value: Any, bound: Any) -> list[tuple[Any, Any]]:
    values, bounds = entries(value), entries(bound)
    if not values or not bounds:
        raise ValueError(
            f"claim {claim.id!r} must give at least one value and bound; got none at {theta}. Use `where`."
        )
    length = max(len(values), len(bounds))
    values = values * length if len(values) == 1 else values
    bounds = bounds * length if len(bounds) == 1 else bounds
    if len(values) != len(bounds):
        raise ValueError(
            f"value and bound of {claim.id!r} must have equal lengths; got {len(values)} and {len(bounds)} at {theta}."
        )
    return list(zip(values, bounds, strict=True))


def check_enclosure(claim: Claim, theta: Mapping[str, Any], value: Any, bound: Any) -> Outcome:
    """Decide by enclosures: SUPPORTED if every cell holds entirely, REFUTED if some cell is violated entirely.

    Definition.

    Args:
        claim: route INT.
        theta: the example.
        value: interval (or array of them), or a number.
        bound: the same.

    Returns:
        The outcome; UNDECIDED where an enclosure straddles the border.
    """
    value, bound = Interval.of(value), Interval.of(bound)
    gap = excess_interval(value, bound, claim.relation)
    low, high = np.atleast_1d(gap.lower), np.atleast_1d(gap.upper)
    delta = float(claim.delta_at(theta))
    if np.any(np.isnan(low)) or np.any(np.isnan(high)):
        status, worst = Status.INVALID, int(np.argmax(np.isnan(low) | np.isnan(high)))
    else:
        strict = is_strict(claim.relation)
        inside = high < -delta if strict else high <= delta
        outside = low >= -delta if strict else low > delta
        if np.any(outside):
            status, worst = Status.REFUTED, int(np.argmax(np.where(outside, low, -np.inf)))
        else:
            status, worst = (Status.SUPPORTED if np.all(inside) else Status.UNDECIDED), int(np.argmax(high))
    difference = value - bound
    ends = float(np.atleast_1d(difference.lower).ravel()[worst]), float(np.atleast_1d(difference.upper).ravel()[worst])
    bounds = np.broadcast_to(0.5 * (bound.lower + bound.upper), difference.lower.shape)
    middle = float(np.atleast_1d(bounds).ravel()[worst])
    return Outcome(
        theta=theta,
        status=status,
        value=middle + 0.5 * (ends[0] + ends[1]),
        bound=middle,
        excess=float(high.ravel()[worst]),
        interval=ends,
        certified=True,
        delta=delta,
        note=f"cell {worst} of {low.size}" if low.size > 1 else "",
    )


def check_exactly(claim: Claim, theta: Mapping[str, Any], cache: Cache) -> Outcome:
    """Decide one example of a deterministic claim.

    Definition.

    Args:
        claim: route EX, REC, CF, POP or INT.
        theta: the example.
        cache: shared by a claim and its variants.

    Returns:
        The outcome at the worst entry; INVALID where a value is not a number.
    """
    value, bound = evaluate(claim, theta, cache)
    if isinstance(value, Interval) or isinstance(bound, Interval):
        return check_enclosure(claim, theta, value, bound)
    delta = claim.delta_at(theta)
    pairs = _pairs(claim, theta, value, bound)
    gaps = [excess(entry, limit, claim.relation) for entry, limit in pairs]
    invalid = next((index for index, gap in enumerate(gaps) if math.isnan(gap)), None)
    worst = invalid if invalid is not None else max(range(len(gaps)), key=gaps.__getitem__)
    if invalid is not None:
        status = Status.INVALID
    else:
        status = Status.SUPPORTED if holds(gaps[worst], claim.relation, delta) else Status.REFUTED
    return Outcome(
        theta=theta,
        status=status,
        value=float(pairs[worst][0]),
        bound=float(pairs[worst][1]),
        excess=float(gaps[worst]),
        rational=all(is_rational(entry) and is_rational(limit) for entry, limit in pairs),
        delta=float(delta),
        note=f"entry {worst} of {len(pairs)}" if len(pairs) > 1 else "",
    )
