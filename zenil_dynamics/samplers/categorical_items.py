"""Types of single items by inversion of the distribution function, in integers of 64 bits.

Two traps lie in float32. Its cumulative sums lose whatever is below 2^-24 of what stands before it; and neither its
uniform numbers nor 32 bits can tell a million types apart: each border between two types would be off by up to 2^-32,
which may add up to 10^-4 in total variation. So probabilities become integers of 63 bits in two words, whose sums are
exact, and an item takes two random words.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Int32, UInt32

from zenil_dynamics.samplers.weight_grid import power_below

LARGEST_SUPPORT = 1 << 21

Wide = tuple[UInt32[Array, "..."], UInt32[Array, "..."]]
"""Integers of 64 bits: upper words, lower words."""


def categorical_items(
    probs: Float[Array, " support"], uniforms: tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]]
) -> Int32[Array, "*shape"]:
    """Types of independent items: the first i with p_0 + ... + p_i above U (p_0 + p_1 + ...), for each uniform U.

    Within 2^-21 in total variation of the law proportional to these very `probs`. A type of probability 0 is never
    drawn. Equal uniforms give items that agree for equal laws and nearly always for similar ones.

    Args:
        probs: at least 0, finite, at most 2^21 of them, the largest at least 2^-126; they need not sum to 1.
        uniforms: two independent random words per item, `random.pairs(key, shape)`; the first one leads.

    Returns:
        int32 indices in [0, support), which never fall when `uniforms` grow.

    Raises:
        ValueError: `probs` is not a vector, or of more than 2^21 entries (while tracing).

    Law: tests/samplers/test_categorical_items.py.
    Source: inversion.
    """
    probs = jnp.asarray(probs)
    if probs.ndim != 1 or not 0 < probs.shape[0] <= LARGEST_SUPPORT:
        raise ValueError(
            f"`probs` must be a vector of 1 to {LARGEST_SUPPORT} probabilities; got shape {probs.shape}. Use vmap."
        )
    sums = cumulative(probs)
    return first_above(sums, scaled(uniforms, (sums[0][-1], sums[1][-1])))


def cumulative(probs: Float[Array, " support"]) -> Wide:
    """Sums p_0 + ... + p_i in units of 2^-(63 - log2 support) of the largest, rounded up to powers of two.

    A probability is rounded down to that unit, so that all are off by support^2 2^-63 in total variation at most.

    Args:
        probs: at least 0, the largest at least 2^-126.

    Returns:
        Integers below 2^63, exact sums of what the probabilities were rounded to.

    Definition.
    """
    bits = 31 - (probs.shape[0] - 1).bit_length()
    in_units = probs * power_below(jnp.max(probs)).astype(probs.dtype) * 2.0**bits
    upper = jnp.floor(in_units)
    lower = jnp.floor((in_units - upper) * 2.0**32)
    return lax.associative_scan(_add, (upper.astype(jnp.uint32), lower.astype(jnp.uint32)))


def scaled(uniforms: Wide, total: Wide) -> Wide:
    """Uniform integers below `total`: the upper 64 bits of the product with `uniforms`, or one less.

    Args:
        uniforms: uniform on all integers of 64 bits.
        total: scalars.

    Returns:
        Integers of the shape of `uniforms`, below `total`.

    Definition.
    """
    upper, first = _product(uniforms[0], total[0]), _product(uniforms[0], total[1])
    second = _product(uniforms[1], total[0])
    carried = _add((jnp.zeros_like(first[0]), first[0]), (jnp.zeros_like(second[0]), second[0]))
    middle = _add((jnp.zeros_like(first[1]), first[1]), (jnp.zeros_like(second[1]), second[1]))
    return _add(_add(upper, carried), (jnp.zeros_like(middle[0]), middle[0]))


def first_above(sums: Wide, level: Wide) -> Int32[Array, "*shape"]:
    """Index of the first of the rising `sums` that is above each level, by bisection; the last one if none is.

    Args:
        sums: shape (support,), never falling.
        level: any shape.

    Returns:
        int32 indices of the shape of `level`.

    Definition.
    """
    support = sums[0].shape[0]

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) >> 1
        upper, lower = (words.at[middle].get(mode="promise_in_bounds") for words in sums)
        above = _less(level, (upper, lower))
        return jnp.where(above, low, jnp.minimum(middle + 1, high)), jnp.where(above, middle, high)

    ends = jnp.zeros_like(level[0], jnp.int32), jnp.full_like(level[0], support - 1, jnp.int32)
    return lax.fori_loop(0, (support - 1).bit_length(), halve, ends)[0]


def _add(x: Wide, y: Wide) -> Wide:
    """Sum of 64-bit integers; it wraps."""
    lower = x[1] + y[1]
    return x[0] + y[0] + (lower < x[1]).astype(jnp.uint32), lower


def _less(x: Wide, y: Wide) -> Bool[Array, "..."]:
    """Whether x < y."""
    return (x[0] < y[0]) | ((x[0] == y[0]) & (x[1] < y[1]))


def _product(x: UInt32[Array, "..."], y: UInt32[Array, "..."]) -> Wide:
    """Exact product of 32-bit integers, by halves of 16 bits."""
    mask, half = np.uint32(0xFFFF), np.uint32(16)
    low_low, high_high = (x & mask) * (y & mask), (x >> half) * (y >> half)
    cross = (x >> half) * (y & mask) + (low_low >> half)
    other = (x & mask) * (y >> half) + (cross & mask)
    return high_high + (cross >> half) + (other >> half), (other << half) | (low_low & mask)
