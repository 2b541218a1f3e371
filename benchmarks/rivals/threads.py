"""Replicates over all cores for NumPy: its generators let go of the interpreter lock while they draw."""

import concurrent.futures
import os
from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.record import Record, concatenate, summarise


def num_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return max(1, os.cpu_count() or 1)


def over_blocks(
    draw: Callable[[np.random.Generator, int], Mapping[str, np.ndarray]],
    *,
    seed: int,
    num_replicates: int,
    block_size: int,
) -> Record:
    """Draw blocks of replicates on all cores and summarise them.

    Args:
        draw: (generator, number of replicates) -> tables of shape (T + 1, replicates).
        seed: of the whole run; every block has its own stream.
        num_replicates: R.
        block_size: replicates of a block, small enough for its arrays to stay in cache.
    """
    # No block may leave a core idle: at least one per core.
    block_size = max(1, min(block_size, -(-num_replicates // num_cores())))
    sizes = [min(block_size, num_replicates - first) for first in range(0, num_replicates, block_size)]
    # SFC64 is NumPy's fastest bit generator.
    generators = [
        np.random.Generator(np.random.SFC64(child)) for child in np.random.SeedSequence(seed).spawn(len(sizes))
    ]
    with concurrent.futures.ThreadPoolExecutor(num_cores()) as pool:
        parts = list(pool.map(draw, generators, sizes))
    return summarise(concatenate(parts, axis=1), axis=1)
