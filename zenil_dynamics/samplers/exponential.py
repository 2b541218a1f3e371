"""Exponential numbers -log U from 64 random bits, with full relative precision at both ends of U."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.uniform import float_dtype
from zenil_dynamics.types import Key


def exponential(shape: tuple[int, ...] = (), *, key: Key, dtype: jnp.dtype | None = None) -> Float[Array, "..."]:
    """Exponential numbers of mean 1.

    Each value is within 3e-7, relatively, of the exact function of 64 random bits (float64: 3e-14), so that
    P(E < x) = x holds down to x = 2^-64: an event of probability 1e-8 happens with probability 1e-8 at either end.

    Args:
        shape: static.
        key: consumed.
        dtype: float32 or float64; None means the default float type.

    Returns:
        Positive array of `shape`, at most 45.1.

    Raises:
        ValueError: `key` is not a typed threefry key, or `dtype` is not a float type.

    Law: tests/samplers/test_exponential.py.
    Source: inversion.
    """
    return from_word_pairs(*random.pairs(key, shape), float_dtype(dtype))


def from_word_pairs(
    first: UInt32[Array, "*shape"], second: UInt32[Array, "*shape"], dtype: np.dtype
) -> Float[Array, "*shape"]:
    """Exponential numbers from pairs of random words; they never rise with (first, second), read as one integer.

    The highest bit says on which side of 1/2 the uniform U lies, the 63 others how far it is from its end of (0, 1). A
    float has its digits where it is needed then: below 1/2, U itself; above, 1 - U.

    Args:
        first: independent uniform words.
        second: of the same shape.
        dtype: float32 or float64.

    Returns:
        Positive array.

    Law: tests/samplers/test_exponential.py.
    """
    near_one = first >> np.uint32(31) != 0
    flip = jnp.where(near_one, np.uint32(0xFFFFFFFF), np.uint32(0))
    first, second = first ^ flip, second ^ flip
    lower = second.astype(dtype) * 2.0**-64 + 2.0**-65
    distance = (first.astype(dtype) * 2.0**-32 + lower).astype(dtype)
    return -jnp.where(near_one, jnp.log1p(-distance), jnp.log(distance))
