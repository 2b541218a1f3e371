"""Checks at the door: plain values in, checked NumPy float64 out, or one line that says what to do."""

import difflib
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from jaxtyping import Float

from zenil_dynamics.types import HostArray

SUM_TOLERANCE = 1e-6
"""How far given probabilities may miss 1 and still be renormalised."""


def probabilities(values: Any, *, name: str) -> Float[HostArray, " support"]:
    """Return `values` as a float64 point of the simplex.

    Args:
        values: shape (support,); non-negative, summing to 1 within `SUM_TOLERANCE`.
        name: how messages call the argument.

    Returns:
        Array of shape (support,), renormalised in float64.

    Raises:
        ValueError: wrong shape, an entry that is negative or not finite, or a sum too far from 1.
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"`{name}` must be a non-empty list of probabilities; got shape {array.shape}.")
    bad = np.flatnonzero(~np.isfinite(array) | (array < 0))
    if bad.size:
        raise ValueError(
            f"`{name}` must be non-negative and finite; entry {bad[0]} is {array[bad[0]]}. Correct that entry."
        )
    total = math.fsum(array)
    if abs(total - 1) > SUM_TOLERANCE:
        raise ValueError(
            f"`{name}` must sum to 1 (within {SUM_TOLERANCE:g}); got {total:.9g}. "
            "Divide them by their sum, or pass counts."
        )
    return array / total


def finite_number(value: Any, *, name: str) -> Float[HostArray, ""]:
    """Return `value` as a float64 scalar array, so that it is traced and never retraced per value.

    Raises:
        ValueError: not a single finite number.
    """
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    if array.ndim != 0 or not np.isfinite(array):
        raise ValueError(f"`{name}` must be one finite number; got {value!r}.")
    return array


def positive_integer(value: Any, *, name: str, smallest: int = 1) -> int:
    """Return `value` as an int of at least `smallest`.

    Raises:
        ValueError: fractional, not finite, or too small.
    """
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"`{name}` must be a whole number of at least {smallest}; got {value!r}.") from None
    if isinstance(value, bool) or whole != value or whole < smallest:
        raise ValueError(f"`{name}` must be a whole number of at least {smallest}; got {value!r}.")
    return whole


def nearest_names(wrong: str, known: Iterable[str]) -> str:
    """Return `; nearest: a, b` for messages about an unknown name, or an empty string when nothing is near."""
    close = difflib.get_close_matches(str(wrong), list(known), n=3)
    return f"; nearest: {', '.join(close)}" if close else ""
