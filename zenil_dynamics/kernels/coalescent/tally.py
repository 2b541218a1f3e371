"""From lineages that have ended to counts of types."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Int32, UInt32

from zenil_dynamics.kernels.coalescent.type_law import TypeLaw
from zenil_dynamics.random import threefry2x32


def tally(
    counts: Int32[Array, " types_and_lanes"],
    law: TypeLaw,
    weights: Callable[[Array], Int32[Array, " rows_and_lanes"]],
    counted: Callable[[Int32[Array, "rows #lanes"]], Bool[Array, "rows lanes"]],
    *,
    chunks: tuple[Array, Array],
    chunk: int,
    keys: tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]],
    tag: int,
) -> Int32[Array, " types_and_lanes"]:
    """Give every lineage of some rows a type of its own and add its weight to the count of that type.

    Args:
        counts: type after type, all lanes of each side by side.
        law: of the types.
        weights: of one chunk, from its first row; row after row, lanes side by side.
        counted: which lineages of these rows have ended here.
        chunks: first one, and the one after the last.
        chunk: rows of a chunk.
        keys: of the replicates; block (tag, row) is encrypted.
        tag: of `random.Tag`.
    """
    lanes = keys[0].shape[0]
    lane = jnp.tile(jnp.arange(lanes, dtype=jnp.int32), chunk)

    def one(index: Array, counts: Array) -> Array:
        first = index * np.int32(chunk)
        row = first + jnp.arange(chunk, dtype=jnp.int32)[:, None]
        block = jnp.broadcast_to(row.astype(jnp.uint32), (chunk, lanes))
        words = threefry2x32(keys[0][None], keys[1][None], jnp.full_like(block, tag), block)
        kind = law.draw(words[0].reshape(-1), words[1].reshape(-1))
        weight = jnp.where(counted(row).reshape(-1), weights(first), np.int32(0))
        return counts.at[kind * np.int32(lanes) + lane].add(weight, mode="promise_in_bounds")

    return lax.fori_loop(*chunks, one, counts)
