"""Blocks of replicates: compiled once per structure, dispatched by host threads, handed over in block order."""

import collections
import concurrent.futures
import functools
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from zenil_dynamics import devices
from zenil_dynamics.kernels import AbstractKernel, Recorder
from zenil_dynamics.summaries import BlockMoments


class BlockLayout(NamedTuple):
    """How replicates become blocks.

    Attributes:
        block_size: replicates compiled together.
        num_blocks: blocks in all; the last one may be padded.
        num_replicates: R.
    """

    block_size: int
    num_blocks: int
    num_replicates: int

    def count(self, index: int) -> int:
        """Replicates of block `index` that are asked for."""
        return min(self.block_size, self.num_replicates - index * self.block_size)


def run_block(
    recorders: tuple[Recorder, ...],
    block_size: int,
    terminal_only: bool,
    arguments: tuple[AbstractKernel, jax.Array],
    first: jax.Array,
    num_valid: jax.Array,
) -> tuple[tuple[jax.Array, jax.Array], ...]:
    """Run one block and reduce it; the values have shape (generations, replicates)."""
    kernel, key_words = arguments
    lanes = jnp.arange(block_size, dtype=jnp.uint32)
    values = kernel(recorders, first + lanes, key=jax.random.wrap_key_data(key_words), terminal_only=terminal_only)
    valid = lanes < num_valid
    return tuple((_block_moments(recorded, valid), recorded) for recorded in values)


def _block_moments(values: jax.Array, valid: jax.Array) -> jax.Array:
    """Two-pass moments over the lanes that count: the fields of `BlockMoments` in one array, hence in one transfer."""
    inside = jnp.broadcast_to(valid[None, :], values.shape)
    finite = inside & jnp.isfinite(values)
    count = jnp.sum(finite, axis=1).astype(values.dtype)
    safe = jnp.maximum(count, jnp.ones_like(count))
    # Deviations from the first lane keep equal values exactly equal, and lose no digits where the spread is small.
    origin = jnp.where(finite[:, :1], values[:, :1], jnp.zeros_like(values[:, :1]))
    deviation = jnp.where(finite, values - origin, jnp.zeros_like(values))
    shift = jnp.sum(deviation, axis=1) / safe
    centred = jnp.where(finite, deviation - shift[:, None], jnp.zeros_like(values))
    moments = BlockMoments(
        finite=count,
        mean=origin[:, 0] + shift,
        scatter=jnp.sum(centred * centred, axis=1),
        minimum=jnp.min(jnp.where(inside, values, jnp.full_like(values, jnp.inf)), axis=1),
        maximum=jnp.max(jnp.where(inside, values, jnp.full_like(values, -jnp.inf)), axis=1),
    )
    return jnp.stack(moments)


_COMPILED: dict[Any, Any] = {}
_COMPILING = threading.Lock()


def compile_block(arguments: Any, recorders: tuple[Recorder, ...], block_size: int, terminal_only: bool) -> Any:
    """Compile the block function, once per structure: values of parameters never recompile."""
    dynamic, static = eqx.partition(arguments, eqx.is_array_like)
    leaves, treedef = jax.tree.flatten(dynamic)
    shapes = tuple((np.shape(leaf), np.asarray(leaf).dtype.str) for leaf in leaves)
    identity = (
        recorders,
        block_size,
        terminal_only,
        treedef,
        jax.tree.structure(static),
        shapes,
        jax.config.jax_enable_x64,  # pyright: ignore[reportAttributeAccessIssue]
        jax.default_backend(),
    )
    with _COMPILING:
        if identity not in _COMPILED:
            function = jax.jit(functools.partial(run_block, recorders, block_size, terminal_only))
            _COMPILED[identity] = function.lower(arguments, np.uint32(0), np.uint32(0)).compile()
        return _COMPILED[identity]


def run_blocks(compiled: Any, arguments: Any, layout: BlockLayout, first_block: int) -> Iterator[tuple[int, Any]]:
    """Yield (block index, outputs) in block order while host threads run a few blocks ahead."""
    placed = jax.device_put(arguments)

    def run(index: int) -> Any:
        outputs = compiled(placed, np.uint32(index * layout.block_size), np.uint32(layout.count(index)))
        return jax.block_until_ready(outputs)

    workers = devices.num_workers()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        waiting: collections.deque[tuple[int, concurrent.futures.Future[Any]]] = collections.deque()
        upcoming = iter(range(first_block, layout.num_blocks))
        try:
            for index in upcoming:
                waiting.append((index, pool.submit(run, index)))
                if len(waiting) >= 2 * workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
