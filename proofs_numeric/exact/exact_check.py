"""Check one example of a deterministic claim: rationals exactly, floats within a tolerance, the rest by enclosure."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from proofs_numeric.claims import Claim
from proofs_numeric.exact.enclosure_check import check_enclosure
from proofs_numeric.exact.expression_check import check_expressions
from proofs_numeric.exact.intervals import Interval, at_working_precision, is_ball
from proofs_numeric.expressions import Expression
from proofs_numeric.keys import canonical
from proofs_numeric.outcome import Outcome
from proofs_numeric.real_box import variables_of
from proofs_numeric.relation import excess, holds, is_rational, nearest_float
from proofs_numeric.verdict import Status


class Cache:
    """Remembers what a function returned at an example, so that mutants of the bound do not repeat the enumeration.

    Definition.
    """

    def __init__(self):
        self._results: dict[tuple[Callable, str], Any] = {}

    def __call__(self, function: Callable, theta: Mapping[str, Any], real: Mapping[str, Any] | None = None) -> Any:
        """`function({**theta, **real})`, computed once per function, example and names of real parameters."""
        real = real or {}
        address = (function, canonical({**theta, **dict.fromkeys(real)}))
        if address not in self._results:
            self._results[address] = function({**theta, **real})
        return self._results[address]


@at_working_precision
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
    real = variables_of(claim.box)
    if claim.evaluate is not None and (claim.value is None or claim.bound is None):
        pair = cache(claim.evaluate, theta, real)
        if not (isinstance(pair, tuple) and len(pair) == 2):
            raise ValueError(
                f"`evaluate` of {claim.id!r} must return (value, bound); got {type(pair).__name__} at {theta}."
            )
        value, bound = pair
    if claim.value is not None:
        value = cache(claim.value, theta, real)
    if claim.adjust_value is not None:
        value = claim.adjust_value({**theta, **real}, value)
    return value, claim.bound_at({**theta, **real}, bound)


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
    if any(isinstance(side, Interval) or is_ball(side) for side in (value, bound)):
        return check_enclosure(claim, theta, value, bound)
    pairs = _pairs(claim, theta, value, bound)
    if claim.box or any(isinstance(side, Expression) for pair in pairs for side in pair):
        return check_expressions(claim, theta, pairs)
    delta = claim.delta_at(theta)
    gaps = [excess(entry, limit, claim.relation) for entry, limit in pairs]
    invalid = next((index for index, gap in enumerate(gaps) if gap != gap), None)
    worst = invalid if invalid is not None else max(range(len(gaps)), key=gaps.__getitem__)
    if invalid is not None:
        status = Status.INVALID
    else:
        status = Status.SUPPORTED if holds(gaps[worst], claim.relation, delta) else Status.REFUTED
    return Outcome(
        theta=theta,
        status=status,
        value=nearest_float(pairs[worst][0]),
        bound=nearest_float(pairs[worst][1]),
        excess=nearest_float(gaps[worst]),
        rational=all(is_rational(entry) and is_rational(limit) for entry, limit in pairs),
        delta=float(delta),
        note=f"entry {worst} of {len(pairs)}" if len(pairs) > 1 else "",
    )
