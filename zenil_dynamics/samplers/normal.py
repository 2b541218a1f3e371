"""Normal numbers by inversion of a 32-bit word: symmetric, fused, and right in the tails."""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.uniform import float_dtype, from_words
from zenil_dynamics.types import Key

# Giles, "Approximating the erfinv function" (GPU Computing Gems 2, 2010), single precision, central and tail branch.
_CENTRE = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
    0.246640727, 1.50140941,
)  # fmt: skip
_TAIL = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
    1.00167406, 2.83297682,
)  # fmt: skip


def normal(shape: tuple[int, ...] = (), *, key: Key, dtype: jnp.dtype | None = None) -> Float[Array, "..."]:
    """Standard normal numbers.

    Args:
        shape: static.
        key: consumed.
        dtype: float32 or float64; None means the default float type.

    Returns:
        Array of `shape`.

    Raises:
        ValueError: `key` is not a typed threefry key, or `dtype` is not a float type.

    Source: inverse distribution function; Giles 2010 for its approximation.
    """
    first, second = random.pairs(key, shape)
    return normal_from_words(first, second, float_dtype(dtype))


def normal_from_words(
    first: UInt32[Array, "..."], second: UInt32[Array, "..."], dtype: np.dtype
) -> Float[Array, "..."]:
    """Standard normal from random words; float32 uses the first word only."""
    if dtype == np.float64:
        return math.sqrt(2) * lax.erf_inv(2 * from_words(first, second, dtype) - 1)
    return normal_from_word(first)


def normal_from_word(word: UInt32[Array, "..."]) -> Float32[Array, "..."]:
    """Standard normal float32: the lowest bit is the sign, the other 31 the tail probability p = (m + 1/2) 2^-32."""
    magnitude = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32).astype(jnp.float32)
    tail = magnitude * np.float32(2.0**-32) + np.float32(2.0**-33)
    centred = 1 - 2 * tail
    w = -jnp.log(4 * tail * (1 - tail))
    result = jnp.where(w < 5, _polynomial(_CENTRE, w - 2.5), _polynomial(_TAIL, jnp.sqrt(w) - 3)) * centred
    signed = lax.bitcast_convert_type(result * np.float32(math.sqrt(2)), jnp.uint32) ^ (word << np.uint32(31))
    return lax.bitcast_convert_type(signed, jnp.float32)


def _polynomial(coefficients: tuple[float, ...], x: Float32[Array, "..."]) -> Float32[Array, "..."]:
    """Horner's rule, highest power first."""
    result = jnp.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result = result * x + np.float32(coefficient)
    return result
