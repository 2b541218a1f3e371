"""Many replicates: what to run, what to keep, and a result."""

import pathlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from zenil_dynamics import devices, snapshots
from zenil_dynamics.blocks import BlockLayout, compile_block
from zenil_dynamics.distributed import ALONE, processes
from zenil_dynamics.kernels import AUTOMATIC, AbstractKernel, Recorder, choose
from zenil_dynamics.random import host_words
from zenil_dynamics.sharing import shared_blocks
from zenil_dynamics.summaries import QUANTILE_REPLICATES, Gatherer
from zenil_dynamics.system import System
from zenil_dynamics.trajectory import Trajectory
from zenil_dynamics.types import Key
from zenil_dynamics.validate import nearest_names, positive_integer

Keep = Literal["summary", "replicates"]
Progress = Callable[[int, int], None]

BLOCKS_PER_CHUNK = 64
"""Blocks between two checkpoints where the caller names no chunk size."""


class Plan(NamedTuple):
    """How replicates become blocks, and what they cost.

    Attributes:
        block_size: replicates compiled together.
        chunk_size: replicates between checkpoints, a whole number of blocks.
        num_blocks: blocks in all; the last one may be padded.
        num_bytes: host and device memory that the run needs at its widest, an estimate from array shapes.
    """

    block_size: int
    chunk_size: int
    num_blocks: int
    num_bytes: int


def plan(
    system: System,
    *,
    kernel: AbstractKernel,
    num_generations: int,
    num_replicates: int,
    num_records: int,
    keep: Keep = "summary",
    quantiles: bool = True,
    block_size: int | None = None,
    chunk_size: int | None = None,
    terminal_only: bool = False,
) -> Plan:
    """Choose block and chunk sizes and estimate memory, without touching a device.

    Raises:
        ValueError: sizes that are not positive whole numbers.
    """
    state_bytes = system.state_bytes(system.table(num_generations))
    width = kernel.block_size if block_size is None else positive_integer(block_size, name="block_size")
    blocks_per_chunk = BLOCKS_PER_CHUNK
    if chunk_size is not None:
        blocks_per_chunk = -(-positive_integer(chunk_size, name="chunk_size") // width)
    recorded = 1 if terminal_only else num_generations + 1
    kept = _num_kept(num_replicates, keep, quantiles)
    in_flight = 2 * devices.num_workers()
    # Trace, its concatenation with generation 0, and the reduction's temporaries: three copies of the values.
    per_block = width * (8 * state_bytes + 12 * recorded * num_records)
    # Kept values exist twice while they are concatenated.
    num_bytes = 2 * 4 * kept * recorded * num_records + in_flight * per_block + 100 * recorded * num_records
    return Plan(width, width * blocks_per_chunk, -(-num_replicates // width), num_bytes)


def simulate(
    system: System,
    *,
    num_generations: int,
    num_replicates: int,
    key: Key,
    record: Sequence[str | Recorder],
    keep: Keep = "summary",
    quantiles: bool = True,
    terminal_only: bool = False,
    block_size: int | None = None,
    chunk_size: int | None = None,
    kernel: str | AbstractKernel = AUTOMATIC,
    progress: Progress | None = None,
    checkpoint: str | pathlib.Path | None = None,
    distributed: bool = False,
) -> Trajectory:
    """Run `num_replicates` independent copies of a loop and summarise what they record.

    Replicate i is the same bits for any `num_replicates` and any `chunk_size`, on one kind of device with one
    `block_size`; its key is `fold_in(key, i)`.

    Args:
        system: the loop.
        num_generations: T, at least 0; generation 0 is the initial state.
        num_replicates: R, at least 1 and below 2^32.
        key: typed threefry key, `jax.random.key(seed)`.
        record: names from the state's table of quantities, or module-level functions `(state, target) -> scalar`.
        keep: "summary" keeps moments, extremes and the first replicates' values for quantiles; "replicates" keeps
            every value, R x (T + 1) numbers a record.
        quantiles: whether a summary keeps the values that quantiles need.
        terminal_only: record generation T alone.
        block_size: replicates compiled together; None chooses by state size and platform. Local accelerators take
            turns, a block each.
        chunk_size: replicates between checkpoints, rounded up to whole blocks.
        kernel: name of the algorithm, or one ready to run; "auto" chooses by system and platform, see
            docs/performance.md.
        progress: called with (replicates done, R) from the calling thread.
        checkpoint: folder for a snapshot between chunks, at an interruption and at the end. A snapshot that is there
            already is resumed, bit for bit, when it belongs to the same arguments, and refused otherwise; that of a
            finished run answers at once.
        distributed: share the blocks with all processes of `jax.distributed`, each of which makes this same call and
            returns the same result; see docs/scale.md. False computes everything here, whoever else is there.

    Returns:
        A `Trajectory`.

    Raises:
        ValueError: arguments out of range, a record that the state does not have, more memory than there is (with
            the number of bytes), a foreign checkpoint.
        KeyboardInterrupt: passed on after the checkpoint is written; blocks that were not merged yet are lost.
    """
    num_generations = positive_integer(num_generations, name="num_generations", smallest=0)
    num_replicates = positive_integer(num_replicates, name="num_replicates")
    if num_replicates >= 2**32:
        raise ValueError(f"`num_replicates` must be below 2^32; got {num_replicates}. Use several keys.")
    if keep not in ("summary", "replicates"):
        raise ValueError(f"`keep` must be 'summary' or 'replicates'; got {keep!r}.")
    key_words = host_words(key)  # Refuses keys of another generator before anything else is done.
    names, recorders = _recorders(system, record)
    table = system.table(num_generations)
    known = system.quantities
    # A function of the user's may bear the name of a quantity, for which a kernel has its own way.
    own = (
        name if known.get(name) is recorder else f"{name}()" for name, recorder in zip(names, recorders, strict=True)
    )
    chosen = choose(system, table, tuple(own), terminal_only=terminal_only, kernel=kernel)
    layout = plan(
        system,
        kernel=chosen,
        num_generations=num_generations,
        num_replicates=num_replicates,
        num_records=len(names),
        keep=keep,
        quantiles=quantiles,
        block_size=block_size,
        chunk_size=chunk_size,
        terminal_only=terminal_only,
    )
    _require_memory(layout, num_replicates)
    recorded = 1 if terminal_only else num_generations + 1
    kept = _num_kept(num_replicates, keep, quantiles)
    gatherer = Gatherer(len(names), recorded, kept)
    blocks = BlockLayout(layout.block_size, layout.num_blocks, num_replicates)
    arguments = (chosen, key_words)
    team = processes() if distributed else ALONE

    snapshot = None
    if checkpoint is not None:
        facts = snapshots.fingerprint(
            system,
            key,
            names,
            chosen.description,
            layout.block_size,
            num_generations,
            num_replicates,
            keep,
            quantiles,
            terminal_only,
        )
        snapshot = snapshots.Snapshot(pathlib.Path(checkpoint), facts, team)
        snapshot.restore(gatherer)

    started = time.perf_counter()
    finished = gatherer.state.num_blocks == layout.num_blocks
    compiled = None if finished else compile_block(arguments, recorders, layout.block_size, terminal_only)
    compile_seconds = time.perf_counter() - started

    started = time.perf_counter()
    blocks_per_chunk = layout.chunk_size // layout.block_size
    try:
        for block in shared_blocks(compiled, arguments, blocks, gatherer, team):
            gatherer.merge(block.moments, blocks.count(block.index), block.values)
            done = gatherer.state.num_blocks
            if progress is not None:
                progress(min(done * layout.block_size, num_replicates), num_replicates)
            if snapshot is not None and done % blocks_per_chunk == 0 and done < layout.num_blocks:
                snapshot.save_between(gatherer)
    except KeyboardInterrupt:
        if snapshot is not None:
            snapshot.save(gatherer)
        raise
    if snapshot is not None:
        snapshot.save(gatherer)
    summaries = {name: gatherer.summary(position) for position, name in enumerate(names)}
    return Trajectory.of(
        system,
        summaries,
        num_generations=num_generations,
        num_replicates=num_replicates,
        terminal_only=terminal_only,
        keep_replicates=keep == "replicates",
        kernel=f"{chosen.description}, blocks of {layout.block_size}",
        device=devices.description(),
        block_size=layout.block_size,
        key=key_words.tolist(),
        seconds={"compile": compile_seconds, "run": time.perf_counter() - started},
    )


def _num_kept(num_replicates: int, keep: Keep, quantiles: bool) -> int:
    """Replicates whose values are kept."""
    if keep == "replicates":
        return num_replicates
    return min(QUANTILE_REPLICATES, num_replicates) if quantiles else 0


class _OfTarget(eqx.Module):
    """Adapts a user's function of (state, target) to the recorder signature."""

    function: Callable[[Any, Any], Any] = eqx.field(static=True)

    def __call__(self, state: Any, observed: Any) -> jax.Array:
        return jnp.asarray(self.function(state, observed.target), jnp.result_type(float))


def _recorders(system: System, record: Sequence[str | Recorder]) -> tuple[list[str], tuple[Recorder, ...]]:
    """Resolve record names against the state's table."""
    if isinstance(record, str):
        raise ValueError(f"`record` must be a sequence of names; got the string {record!r}. Write ({record!r},).")
    known = system.quantities
    resolved: dict[str, Recorder] = {}
    sources: dict[str, str | Recorder] = {}
    for item in record:
        name = getattr(item, "__name__", type(item).__name__) if callable(item) else item
        first = sources.setdefault(name, item)
        # Modules compare array by array: what is meant is one and the same function, or the same name twice.
        if first is not item and (callable(first) or callable(item)):
            raise ValueError(
                f"`record` must give every quantity a name of its own; got two called {name!r}. Give one of the "
                "functions another `__name__`."
            )
        if callable(item):
            resolved[name] = _OfTarget(item)
        elif item in known:
            resolved[item] = known[item]
        else:
            raise ValueError(
                f"`record`: a {system.initial_state.family} state has no quantity {item!r}"
                f"{nearest_names(item, known)}. It has: {', '.join(known)}."
            )
    if not resolved:
        raise ValueError(f"`record` must name at least one quantity; a state here has: {', '.join(known)}.")
    return list(resolved), tuple(resolved.values())


def _require_memory(layout: Plan, num_replicates: int) -> None:
    """Refuse a run that cannot fit, before anything is allocated."""
    available = devices.available_memory()
    if available is not None and layout.num_bytes > available:
        raise ValueError(
            f"the run needs about {layout.num_bytes} bytes of memory and {available} are available. "
            "Keep summaries instead of replicates, record less, or lower `num_generations`, `num_replicates` "
            f"(now {num_replicates}) or `block_size`."
        )
