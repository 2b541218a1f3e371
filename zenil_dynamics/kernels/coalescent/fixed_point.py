"""Uniform integers and Bernoulli events from 48 random bits, in 32-bit arithmetic."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, UInt32

from zenil_dynamics.types import HostArray

LOW = np.uint32(0xFFFF)
_HALF = np.uint32(16)

NARROW_RANGE = 1 << 16
"""Ranges below this need half of the products."""


class Bits48(NamedTuple):
    """The number high 2^16 + low in [0, 2^48); of the second word only the 16 low bits are set."""

    high: UInt32[HostArray, "*#shape"]
    low: UInt32[HostArray, "*#shape"]

    def below(self, threshold: "Bits48") -> Bool[Array, "*shape"]:
        """Whether this number is the smaller one."""
        return (self.high < threshold.high) | ((self.high == threshold.high) & (self.low < threshold.low))


def threshold(probability: np.ndarray) -> Bits48:
    """Probabilities in multiples of 2^-48, rounded; 1 becomes 1 - 2^-48."""
    scaled = np.minimum(np.rint(np.asarray(probability, np.float64) * 2.0**48), 2.0**48 - 1).astype(np.uint64)
    return Bits48((scaled >> np.uint64(16)).astype(np.uint32), (scaled & np.uint64(LOW)).astype(np.uint32))


def scaled(
    bits: Bits48, size: UInt32[HostArray, "*#shape"], *, wide: bool
) -> tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]:
    """Whole part of size u, u = bits / 2^48, and the next 32 bits of its fraction.

    The whole part of uniform bits takes each value of [0, size) with a probability within 2^-48 of 1 / size.

    Args:
        bits: uniform.
        size: below 2^16, or with `wide` below 2^31.
        wide: static.

    Definition.
    """
    high, low = bits
    if not wide:
        middle = (high & LOW) * size + ((low * size) >> _HALF)
        top = (high >> _HALF) * size + (middle >> _HALF)
        return top >> _HALF, (top << _HALF) | (middle & LOW)
    size_high, size_low = size >> _HALF, size & LOW
    cross = (high & LOW) * size_low
    cross_high = (high >> _HALF) * size_low + (cross >> _HALF)
    cross_low = (high & LOW) * size_high + (cross_high & LOW)
    whole = (high >> _HALF) * size_high + (cross_high >> _HALF) + (cross_low >> _HALF)
    fraction = (cross_low << _HALF) | (cross & LOW)
    refined = fraction + low * size_high + ((low * size_low) >> _HALF)
    return whole + jnp.where(refined < fraction, np.uint32(1), np.uint32(0)), refined
