"""Weights on a common grid of integers, where the weight of what follows a category is obtained by exact subtraction.

A weight is high + low 2^-low_bits with two int32 parts, scaled by a power of two so that the sum stays below 2^31.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, Int32

from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.two_float import TwoFloat


def low_bits_of(support: int) -> int:
    """How many bits a low part may have so that a sum of `support` of them still fits into 31."""
    return 31 - (support - 1).bit_length()


def power_below(largest: Float[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """Power of two that brings the largest weight, at least 2^-126, below 1 and to 1/2 or more."""
    exponent = (lax.bitcast_convert_type(largest.astype(jnp.float32), jnp.int32) >> 23) - 126  # largest < 2^exponent
    return lax.bitcast_convert_type((127 - jnp.clip(exponent, -126, 126)) << 23, jnp.float32)


def split(
    weights: Float[Array, "*#shape"], power: Float[Array, "*#shape"], low_bits: int
) -> tuple[Int32[Array, "*shape"], Int32[Array, "*shape"]]:
    """High and low parts of weights times `power`, which is of their dtype."""
    scaled = (weights * power) * 2.0**low_bits
    high = jnp.floor(scaled)
    low = jnp.floor((scaled - high) * 2.0**low_bits)
    return high.astype(jnp.int32), low.astype(jnp.int32)


def carry(
    high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int
) -> tuple[Int32[Array, "*lanes"], Int32[Array, "*lanes"]]:
    """Bring `low` back into [0, 2^low_bits), whether a sum left it above or a difference below."""
    return high + (low >> low_bits), low & (2**low_bits - 1)


def rounded(high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int) -> Float32[Array, "*lanes"]:
    """Weight rounded to float32."""
    return high.astype(jnp.float32) + low.astype(jnp.float32) * np.float32(2.0**-low_bits)


def as_two_float(high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int) -> TwoFloat:
    """Weight with about 36 bits or more."""
    fraction = low.astype(jnp.float32) * np.float32(2.0**-low_bits)
    return two_float.add(two_float.from_integer(high), TwoFloat(fraction, jnp.zeros_like(fraction)))
