"""Blocks of one run, split over processes and handed to each of them in absolute order."""

import io
import itertools
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from zenil_dynamics.blocks import Block, BlockLayout, run_blocks
from zenil_dynamics.distributed import Processes
from zenil_dynamics.summaries import Gatherer, Values

BLOCKS_PER_EXCHANGE = 8
"""Blocks that a process computes before it hands them over: few enough to be a message, many enough to hide it."""


class SharedBlock(NamedTuple):
    """A finished block, whoever computed it.

    Attributes:
        index: absolute number of the block.
        moments: the fields of `BlockMoments`, shape (5, quantities, generations).
        values: what it recorded, where that is kept, else None.
    """

    index: int
    moments: np.ndarray
    values: Values | None


def shared_blocks(
    compiled: Any, arguments: Any, layout: BlockLayout, gatherer: Gatherer, team: Processes
) -> Iterator[SharedBlock]:
    """Yield every block that `gatherer` lacks, in order, on all processes.

    Of P processes the one with index p computes every P-th block from the p-th on.

    Args:
        compiled: the block function.
        arguments: of it.
        layout: how replicates become blocks.
        gatherer: says which block comes first and whether its values are kept; merging is left to the caller.
        team: who shares the work.
    """
    start = gatherer.state.num_blocks
    mine = run_blocks(compiled, arguments, layout, range(start + team.index, layout.num_blocks, team.count))

    def with_values(block: Block) -> SharedBlock:
        kept = block.index * layout.block_size < gatherer.keep
        return SharedBlock(block.index, block.moments, block.fetch() if kept else None)

    if team.count == 1:
        yield from map(with_values, mine)
        return
    indices = range(start, layout.num_blocks)
    for first in range(0, len(indices), BLOCKS_PER_EXCHANGE * team.count):
        window = indices[first : first + BLOCKS_PER_EXCHANGE * team.count]
        own = itertools.islice(mine, len(window[team.index :: team.count]))
        parts = [_unpacked(part) for part in team.gather(_packed(map(with_values, own)))]
        for place, index in enumerate(window):
            arrays = parts[place % team.count]
            moments = next(arrays)
            kept = index * layout.block_size < gatherer.keep
            yield SharedBlock(index, moments, tuple(next(arrays) for _ in moments[0]) if kept else None)


def _packed(blocks: Iterable[SharedBlock]) -> bytes:
    """Moments, then values if there are any, block after block."""
    buffer = io.BytesIO()
    for block in blocks:
        for array in (block.moments, *(block.values or ())):
            np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _unpacked(payload: bytes) -> Iterator[np.ndarray]:
    """The arrays of `_packed`."""
    buffer = io.BytesIO(payload)
    while buffer.tell() < len(payload):
        yield np.load(buffer, allow_pickle=False)
