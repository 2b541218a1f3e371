"""Batching by hand: a vectorised sampler whose loops stop on one scalar condition, however many `vmap`s surround it.

Under a plain `vmap` a while loop gets one condition per lane and a select on every carried array, and `lax.cond`
becomes a select that runs both branches. A sampler that already works on whole arrays needs neither: its batch rule is
to be called once more, with one more leading axis. Then "is any lane left?" is a scalar, and a regime that no lane
needs is skipped for real. A lane never reads another one, so it has the same bits whatever its neighbours hold.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.core import ShapedArray
from jax.extend.core import Primitive
from jax.interpreters import batching, mlir
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


def any_leading_axes(function: Callable[..., Array], *, dtype: Any = jnp.int32) -> Callable[..., Array]:
    """Make a function that accepts any leading axes (the same ones on all arguments) its own batch rule.

    The function becomes one operation, which is taken apart only when a program is lowered: then all axes are known,
    and it is traced once, for them alone. `custom_vmap` would trace it with every number of axes on the way, and
    tracing is most of what the start of a cached program costs.

    Args:
        function: takes arrays, returns one array of the shape of the argument that has most axes. A leading axis on all
            arguments must give the results of its slices, stacked.
        dtype: of the result; None means that of the first argument.

    Returns:
        The same function; under `vmap` it is called once, on arrays with one more leading axis.

    Definition.
    """
    compiled = jax.jit(function)
    operation = Primitive(function.__name__.lstrip("_"))

    def result(*arrays: Any) -> ShapedArray:
        longest = max(arrays, key=lambda array: len(array.shape))
        return ShapedArray(longest.shape, arrays[0].dtype if dtype is None else np.dtype(dtype))

    def rule(arrays: Sequence[Array], axes: Sequence[int | None]) -> tuple[Array, int]:
        """Give every argument the leading axis, then call again."""
        size = next(array.shape[axis] for array, axis in zip(arrays, axes, strict=True) if axis is not None)
        wide = (
            jnp.broadcast_to(array, (size, *array.shape)) if axis is None else jnp.moveaxis(array, axis, 0)
            for array, axis in zip(arrays, axes, strict=True)
        )
        return operation.bind(*wide), 0

    operation.def_impl(compiled)
    operation.def_abstract_eval(result)
    batching.primitive_batchers[operation] = rule
    mlir.register_lowering(operation, mlir.lower_fun(compiled, multiple_results=False))

    @wraps(function)
    def call(*arrays: Array) -> Array:
        return operation.bind(*map(jnp.asarray, arrays))

    return call
