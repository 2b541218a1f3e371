"""Batching by hand: a vectorised sampler whose loops stop on one scalar condition, however many `vmap`s surround it.

Under a plain `vmap` a while loop gets one condition per lane and a select on every carried array, and `lax.cond`
becomes a select that runs both branches. A sampler that already works on whole arrays needs neither: its batch rule is
to be called once more, with one more leading axis. Then "is any lane left?" is a scalar, and a regime that no lane
needs is skipped for real. A lane never reads another one, so it has the same bits whatever its neighbours hold.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.custom_batching import custom_vmap
from jaxtyping import Array, Bool, Int32


def _union(bits: Int32[Array, "..."]) -> Int32[Array, ""]:
    return lax.reduce(bits, jnp.int32(0), lax.bitwise_or, range(bits.ndim))


class AcrossLanes(NamedTuple):
    """What a sampler asks of all lanes at once; a compiler that knows other reductions is given other functions.

    Attributes:
        some: whether any of its booleans holds.
        union: the bits that any of its integers has.
    """

    some: Callable[[Bool[Array, "..."]], Bool[Array, ""]] = jnp.any
    union: Callable[[Int32[Array, "..."]], Int32[Array, ""]] = _union


BY_XLA = AcrossLanes()


def any_leading_axes(function: Callable[..., Array]) -> Callable[..., Array]:
    """Make a function that accepts any leading axes (the same ones on all arguments) its own batch rule.

    Args:
        function: takes arrays, returns one array. A leading axis on all arguments must give the results of its slices,
            stacked.

    Returns:
        The same function; under `vmap` it is called once, on arrays with one more leading axis.

    Definition.
    """
    batched = custom_vmap(jax.jit(function))

    @batched.def_vmap
    def rule(axis_size: int, in_batched: Sequence[bool], *arrays: Array) -> tuple[Array, bool]:
        """Give every argument the leading axis, then call again."""
        wide = [
            array if is_batched else jnp.broadcast_to(array, (axis_size, *array.shape))
            for array, is_batched in zip(arrays, in_batched, strict=True)
        ]
        return batched(*wide), True

    @wraps(function)
    def call(*arrays: Array) -> Array:
        return batched(*arrays)

    return call
