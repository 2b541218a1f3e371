"""The relations of claims, and how far an instance is from breaking one.

Five compare a number with its bound; six speak of whole laws (see `questions`), and there the number is a distance or
a ratio.

Definition. `excess` is positive in the direction of a violation: value - bound for "<=", "<" and distances, bound -
value for ">=" and ">", |value - bound| for "==". With a tolerance delta >= 0 an instance holds when

    excess <= delta   ("<=", ">=", "=="),        excess < -delta   ("<", ">"),

so a strict claim has to show a gap larger than delta, and with rationals and delta = 0 both readings are exact.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import numpy as np

Relation = Literal[
    "<=", "<", ">=", ">", "==", "law", "same law", "stochastically below", "drift", "symmetric", "scale ratio"
]
BETWEEN_NUMBERS: tuple[str, ...] = ("<=", "<", ">=", ">", "==")
BETWEEN_LAWS: Mapping[str, tuple[int, ...]] = {
    "law": (1, 2),
    "same law": (2,),
    "stochastically below": (2,),
    "drift": (3, 4),
    "symmetric": (1,),
    "scale ratio": (2,),
}
"""Relation -> how many numbers a draw may consist of."""

RELATIONS: tuple[str, ...] = (*BETWEEN_NUMBERS, *BETWEEN_LAWS)
Number = int | float | Fraction


def is_rational(x: Any) -> bool:
    """Whether `x` is an exact number: int or Fraction, not bool or float. Definition."""
    return isinstance(x, (int, Fraction, np.integer)) and not isinstance(x, bool)


def is_strict(relation: str) -> bool:
    """Whether equality breaks the relation. Definition."""
    return relation in ("<", ">")


def nearest_float(x: Number) -> float:
    """The float that shows an exact number; infinite beyond the largest one. Definition."""
    try:
        return float(x)
    except OverflowError:
        return float("inf") if x > 0 else float("-inf")


def excess(value: Number, bound: Number, relation: str) -> Number:
    """How far `value` stands on the wrong side of `bound`; positive means violated. Definition.

    Args:
        value: the statistic; rationals stay rationals.
        bound: what it is compared with.
        relation: one of `RELATIONS`.

    Returns:
        Signed excess in the units of the statistic.
    """
    difference = value - bound
    if relation in (">=", ">"):
        return -difference
    return abs(difference) if relation == "==" else difference


def holds(excess_value: Number, relation: str, delta: Number) -> bool:
    """Whether an instance with this excess obeys the relation at tolerance `delta`. Definition."""
    if is_strict(relation):
        return bool(excess_value < -delta)
    return bool(excess_value <= delta)
