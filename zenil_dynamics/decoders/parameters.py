"""Checks of a decoder's numbers at the door; each returns a float64 scalar array, traced and never retraced."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from zenil_dynamics.types import HostArray
from zenil_dynamics.validate import finite_number, positive_integer

LEAST, LARGEST = 1e-37, 1e37
"""Sizes that float32 neither rounds to 0 nor to infinity."""


def positive(value: Any, *, name: str) -> Float[HostArray, ""]:
    """Return `value`, a number above 0 of a size that float32 can hold.

    Raises:
        ValueError: anything else.
    """
    number = finite_number(value, name=name)
    if not number > 0:
        raise ValueError(f"`{name}` must be positive; got {number:g}. Give a number above 0.")
    return _held(number, name=name)


def nonzero(value: Any, *, name: str) -> Float[HostArray, ""]:
    """Return `value`, a number that is not 0, of a size that float32 can hold.

    Raises:
        ValueError: anything else.
    """
    number = finite_number(value, name=name)
    if number == 0:
        raise ValueError(f"`{name}` must not be 0: a constant score selects nothing. Leave the decoder out.")
    return _held(number, name=name)


def _held(number: Float[HostArray, ""], *, name: str) -> Float[HostArray, ""]:
    if not LEAST <= abs(number) <= LARGEST:
        raise ValueError(
            f"`{name}` must be between {LEAST:g} and {LARGEST:g} in size, which float32 can hold; got {number:g}. "
            "Change its units."
        )
    return number


def share(value: Any, *, name: str) -> Float[HostArray, ""]:
    """Return `value`, a number in [0, 1].

    Raises:
        ValueError: anything else.
    """
    number = finite_number(value, name=name)
    if not 0 <= number <= 1:
        raise ValueError(f"`{name}` must lie in [0, 1]; got {number:g}. Give a share.")
    return number


def candidates(value: Any, *, name: str) -> Int[HostArray, ""]:
    """Return `value`, a whole number of at least 1, as a traced int32.

    Raises:
        ValueError: anything else, or beyond int32.
    """
    number = positive_integer(value, name=name)
    if number >= 2**31:
        raise ValueError(f"`{name}` must be below 2^31; got {number}. Give fewer.")
    return np.asarray(number, np.int32)


def mask(values: Any, *, name: str) -> Bool[HostArray, " support"]:
    """Return `values`, one truth value per type.

    Raises:
        ValueError: not a vector of truth values (or of zeros and ones).
    """
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0 or not np.all((array == 0) | (array == 1)):
        raise ValueError(
            f"`{name}` must hold one truth value per type; got {array.dtype} of shape {array.shape}. "
            "Give a list of True and False."
        )
    return array.astype(bool)


def short(values: np.ndarray) -> Any:
    """A vector for reports: itself where it is short, else its size and range."""
    if values.size <= 20:
        return values.tolist()
    return {"size": int(values.size), "minimum": float(values.min()), "maximum": float(values.max())}
