"""Where a ranking is cut, without sorting: bisection on bit patterns, which order non-negative floats as integers.

A pass over the types per bit costs a tenth of XLA's sort on a CPU for a thousand types.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

Mask = Bool[Array, " support"]


def least_value(probs: Float[Array, " support"], reached: Callable[[Mask], Bool[Array, ""]]) -> Float[Array, ""]:
    """The least value v for which the types of at most v satisfy a monotone condition; inf where none does.

    Args:
        probs: non-negative, finite.
        reached: of a mask of types, true for every larger set once it is true.

    Returns:
        An entry of `probs`, 0, or inf.

    Definition.
    """
    integer = jnp.int64 if probs.dtype == jnp.float64 else jnp.int32
    patterns = lax.bitcast_convert_type(probs, integer)
    beyond = lax.bitcast_convert_type(jnp.full((), jnp.inf, probs.dtype), integer)

    def halve(_: int, ends: tuple[Int[Array, ""], Int[Array, ""]]) -> tuple[Int[Array, ""], Int[Array, ""]]:
        low, high = ends
        middle = low + (high - low) // 2
        enough = reached(patterns <= middle)
        return jnp.where(enough, low, middle + 1), jnp.where(enough, middle, high)

    bits = 8 * probs.dtype.itemsize - 1
    value, _ = lax.fori_loop(0, bits, halve, (jnp.zeros_like(beyond), beyond))
    return lax.bitcast_convert_type(value, probs.dtype)


def earlier_equals(equal: Mask) -> Int[Array, " support"]:
    """How many marked types have a smaller index."""
    marked = equal.astype(jnp.int32)
    return jnp.cumsum(marked, dtype=jnp.int32) - marked
