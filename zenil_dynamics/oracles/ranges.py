"""Checks at the door of the oracles for decoders: positive numbers, schedules of shares, one number per type."""

import numpy as np
from numpy.typing import ArrayLike

from zenil_dynamics.oracles.tables import simplex

LARGEST_SCORE = 1e300


def positive_number(value: float, name: str) -> float:
    """Return `value` as a finite float above 0.

    Raises:
        ValueError: anything else.
    """
    number = np.asarray(value, np.float64)
    if number.ndim != 0 or not np.isfinite(number) or not number > 0:
        raise ValueError(f"`{name}` must be one finite number above 0; got {value!r}. Correct it.")
    return float(number)


def share_schedule(values: ArrayLike, name: str) -> np.ndarray:
    """Return a schedule of shares in [0, 1], float64 of shape (T,).

    Raises:
        ValueError: another shape, or a share outside [0, 1], with its generation.
    """
    array = np.asarray(values, np.float64)
    if array.ndim != 1:
        raise ValueError(
            f"`{name}` must have shape (T,), one per generation; got shape {array.shape}. Use np.full(T, value)."
        )
    bad = np.flatnonzero(~((array >= 0) & (array <= 1)))
    if bad.size:
        raise ValueError(
            f"`{name}` must lie in [0, 1]; got {array[bad[0]]:g} at generation {bad[0]}. Correct the schedule."
        )
    return array


def score_per_type(values: ArrayLike, name: str, num_types: int, low: float = -np.inf) -> np.ndarray:
    """Return one finite number of at least `low` per type, float64 of shape (K,).

    Raises:
        ValueError: another shape, or an entry that is not finite, too small, or so large that differences overflow.
    """
    array = np.asarray(values, np.float64)
    if array.shape != (num_types,):
        raise ValueError(
            f"`{name}` must hold one number per type, shape ({num_types},); got shape {array.shape}. Correct it."
        )
    bad = np.flatnonzero(~((np.abs(array) <= LARGEST_SCORE) & (array >= low)))
    if bad.size:
        raise ValueError(
            f"`{name}` must be finite{f' and at least {low:g}' if low > -np.inf else ''}, of size at most "
            f"{LARGEST_SCORE:g}; entry {bad[0]} is {array[bad[0]]}. Correct that entry."
        )
    return array


def simplex_like(values: ArrayLike | None, name: str, target: np.ndarray) -> np.ndarray:
    """Return a distribution over as many types as `target`; `target` itself for None.

    Raises:
        ValueError: not a distribution, or another number of types.
    """
    if values is None:
        return target
    probs = simplex(values, name)
    if probs.shape != target.shape:
        raise ValueError(
            f"`{name}` must have as many types as `target`, {target.size}; got {probs.size}. "
            "Give absent types probability 0."
        )
    return probs
