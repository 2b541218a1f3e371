"""Batching by hand: a vectorised sampler whose loops stop on one scalar condition, however many `vmap`s surround it.

Under a plain `vmap` a while loop gets one condition per lane and a select on every carried array, and `lax.cond` becomes
a select that runs both branches. A sampler that is already elementwise needs neither: its batch rule is to be called
once more, with wider arrays. Then "is any lane left?" is a scalar, and a regime that no lane needs is skipped for real.
A lane never reads another lane, so its result has the same bits whatever its neighbours hold.
"""

from collections.abc import Callable, Sequence
from functools import wraps

import jax.numpy as jnp
from jax.custom_batching import custom_vmap
from jaxtyping import Array


def lanes(function: Callable[..., Array]) -> Callable[..., Array]:
    """Make an elementwise function of equally shaped arrays its own batch rule.

    Args:
        function: takes arrays of one shape, returns one array of that shape; elementwise apart from scalar loop
            conditions.

    Returns:
        The same function; under `vmap` it is called on arrays with a leading batch axis.

    Definition.
    """
    batched = custom_vmap(function)

    @batched.def_vmap
    def rule(axis_size: int, in_batched: Sequence[bool], *arrays: Array) -> tuple[Array, bool]:
        """Broadcast what is not batched, then call again."""
        wide = [
            array if is_batched else jnp.broadcast_to(array, (axis_size, *array.shape))
            for array, is_batched in zip(arrays, in_batched, strict=True)
        ]
        return batched(*wide), True

    @wraps(function)
    def call(*arrays: Array) -> Array:
        return batched(*jnp.broadcast_arrays(*arrays))

    return call
