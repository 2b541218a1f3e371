"""Value and bound of a claim along one parameter, through the example that its verdict shows."""

import math
import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from proofs_numeric.budget import Budget
from proofs_numeric.claim_words import value_words
from proofs_numeric.claims import Claim, Route
from proofs_numeric.exact.exact_check import Cache, check_exactly
from proofs_numeric.exact.expression_ranges import closed_value
from proofs_numeric.expressions import expression
from proofs_numeric.keys import batch_key, derive_key
from proofs_numeric.monte_carlo.draws import draw
from proofs_numeric.monte_carlo.mean_check import check_mean
from proofs_numeric.pictures import Curve, thinned

STREAM = "curve"
_MOST_PLACES = 13
_MOST_NAMES = 8
_MOST_DRAWS = 2**12
_BOX_PLACES = 33


def curve_of(claim: Claim, theta: Mapping[str, Any], budget: Budget, root: str) -> Curve | None:
    """Draw a claim along one parameter, the others as in an example.

    The parameter is the one of `claim.along`, else a real parameter of the claim's box, else the ordered parameter of
    the domain with most values, else the first with several.

    Args:
        claim: any claim that runs.
        theta: the example, real parameters of a box included or not.
        budget: draws per place of a Monte Carlo claim, and the error probability of each interval.
        root: hexadecimal root of the run; draws come from a stream of their own.

    Returns:
        The curve; None where nothing varies or fewer than two places are admitted.

    Source: Definition.
    """
    named = _places(claim, theta)
    if named is None:
        return None
    name, places = named
    if claim.route is Route.EP:
        return _measured(claim, theta, name, places, budget, root)
    return _computed(claim, theta, name, places)


def _places(claim: Claim, theta: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """What varies, and its admitted values in order."""
    if claim.along:
        ((name, values),) = claim.along.items()
    elif claim.box:
        name, (low, high) = next(iter(claim.box.items()))
        return name, [low + (high - low) * i / (_BOX_PLACES - 1) for i in range(_BOX_PLACES)]
    else:
        several = {name: values for name, values in claim.domain.items() if len(values) > 1}
        if not several:
            return None
        # Time first, then whatever has an order; names come last.
        name = max(several, key=lambda name: (_ordered(several[name]), name in ("t", "T"), len(several[name])))
        values = several[name]
    admitted = [value for value in values if claim.admits({**theta, name: value})]
    if _ordered(admitted):
        kept = sorted({*admitted, theta[name]} if name in theta else set(admitted))
        if not claim.along:
            kept = [kept[i] for i in thinned(len(kept), _MOST_PLACES)]
        if name in theta and theta[name] not in kept:
            kept = sorted([*kept, theta[name]])
    else:
        kept = admitted[:_MOST_NAMES]
        if theta.get(name) not in kept:
            kept = [*kept[:-1], theta[name]]
    return (name, kept) if len(kept) > 1 else None


def _ordered(values: Sequence[Any]) -> bool:
    return all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in values)


def _place(value: Any) -> float | str:
    return float(value) if _ordered([value]) else value_words(value)


def _position(theta: Mapping[str, Any], name: str, places: Sequence[Any]) -> int | None:
    return places.index(theta[name]) if name in theta and theta[name] in places else None


def _measured(
    claim: Claim, theta: Mapping[str, Any], name: str, places: Sequence[Any], budget: Budget, root: str
) -> Curve:
    size = claim.batch_size * math.ceil(min(budget.confirm_samples, _MOST_DRAWS) / claim.batch_size)
    values, bounds, intervals, spread = [], [], [], []
    for place in places:
        here = {**theta, name: place}
        first = draw(claim, here, batch_key(derive_key(root, claim.id, here, STREAM), 0))
        outcome = check_mean(
            claim, here, budget, root, stream=STREAM, num_samples=size, first=lambda first=first: first
        )
        low, high = outcome.interval or (math.nan, math.nan)
        values.append(outcome.value)
        bounds.append(outcome.bound)
        intervals.append((low + outcome.bound, high + outcome.bound))
        if first.ndim == 1:
            spread.append(tuple(np.quantile(first, (0.05, 0.95)).tolist()))
    return Curve(
        parameter=name,
        places=tuple(map(_place, places)),
        at=_position(theta, name, places),
        values=tuple(values),
        bounds=tuple(bounds),
        intervals=tuple(intervals),
        spread=tuple(spread) if len(spread) == len(places) else None,
        num_draws=size,
        level=budget.confirm_delta,
    )


def _computed(claim: Claim, theta: Mapping[str, Any], name: str, places: Sequence[Any]) -> Curve:
    cache = Cache()
    pairs = [_pair(claim, {**theta, name: place}, cache) for place in places]
    return Curve(
        parameter=name,
        places=tuple(map(_place, places)),
        at=_position(theta, name, places),
        values=tuple(value for value, _ in pairs),
        bounds=tuple(bound for _, bound in pairs),
    )


def _pair(claim: Claim, theta: Mapping[str, Any], cache: Cache) -> tuple[float, float]:
    """Value and bound, at the worst entry where there are several."""
    if claim.box:
        # The whole box belongs to the verdict; a point of it is a formula without variables.
        value = claim.value or (lambda theta: claim.evaluate(theta)[0])  # pyright: ignore[reportOptionalCall]
        bound = claim.bound or (lambda theta: claim.evaluate(theta)[1])  # pyright: ignore[reportOptionalCall]
        return _number(value(theta)), _number(bound(theta))
    outcome = check_exactly(claim, theta, cache)
    return outcome.value, outcome.bound


def _number(side: Any) -> float:
    return float(closed_value(expression(side)))
