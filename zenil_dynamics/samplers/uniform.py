"""Uniform numbers strictly between 0 and 1, and the conversion of random words to them."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Float32, UInt32

from zenil_dynamics import random
from zenil_dynamics.types import Key

_LARGEST_FLOAT32 = np.float32(1 - 2.0**-24)


def uniform(shape: tuple[int, ...] = (), *, key: Key, dtype: jnp.dtype | None = None) -> Float[Array, "..."]:
    """Uniform numbers on (0, 1); neither end is ever returned.

    float32: (w + 1/2) 2^-32 for a 32-bit word w, rounded to nearest, so that P(U < x) = x up to 2^-33 for small x
    (an event of probability 1e-8 happens with probability 1e-8); float64: 53 bits of two words.

    Args:
        shape: static.
        key: consumed.
        dtype: float32 or float64; None means the default float type.

    Returns:
        Array of `shape`.

    Raises:
        ValueError: `key` is not a typed threefry key, or `dtype` is not a float type.

    Definition.
    """
    first, second = random.pairs(key, shape)
    return from_words(first, second, float_dtype(dtype))


def from_words(first: UInt32[Array, "..."], second: UInt32[Array, "..."], dtype: np.dtype) -> Float[Array, "..."]:
    """Uniform on (0, 1) from random words; float32 uses the first word only."""
    if dtype == np.float64:
        high = (first >> np.uint32(5)).astype(dtype)
        low = (second >> np.uint32(6)).astype(dtype)
        return (high * 2.0**26 + low + 0.5) * 2.0**-53
    return jnp.minimum(from_word(first), _LARGEST_FLOAT32).astype(dtype)


def from_word(word: UInt32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """(w + 1/2) 2^-32 rounded to float32: in [2^-33, 1], the upper end by rounding only."""
    return word.astype(jnp.float32) * np.float32(2.0**-32) + np.float32(2.0**-33)


def float_dtype(dtype: jnp.dtype | None) -> np.dtype:
    """Resolve `dtype`: None is the default float type; anything but float32 and float64 is refused."""
    resolved = np.dtype(jnp.result_type(float) if dtype is None else dtype)
    if resolved not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"`dtype` must be float32 or float64; got {resolved}. Convert the result instead.")
    return resolved
