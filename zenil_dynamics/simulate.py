"""Many replicates: blocks compiled once, dispatched by host threads, summed in block order."""

import collections
import concurrent.futures
import functools
import hashlib
import json
import pathlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from zenil_dynamics import checkpoint as checkpoints
from zenil_dynamics import devices
from zenil_dynamics.kernel import Recorder, replicate
from zenil_dynamics.random import fold_in, words
from zenil_dynamics.summaries import QUANTILE_REPLICATES, BlockMoments, Summary
from zenil_dynamics.system import Loop, Row, System
from zenil_dynamics.trajectory import Trajectory, versions
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
    state_bytes = system.initial_state.num_bytes
    width = devices.block_width(state_bytes) if block_size is None else positive_integer(block_size, name="block_size")
    blocks_per_chunk = BLOCKS_PER_CHUNK
    if chunk_size is not None:
        blocks_per_chunk = -(-positive_integer(chunk_size, name="chunk_size") // width)
    recorded = 1 if terminal_only else num_generations + 1
    kept = num_replicates if keep == "replicates" else (min(QUANTILE_REPLICATES, num_replicates) if quantiles else 0)
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
    progress: Progress | None = None,
    checkpoint: str | pathlib.Path | None = None,
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
        block_size: replicates compiled together; None chooses by state size and platform.
        chunk_size: replicates between checkpoints, rounded up to whole blocks.
        progress: called with (replicates done, R) from the calling thread.
        checkpoint: folder for a snapshot after each chunk and at an interruption. A snapshot that is there already
            is resumed, bit for bit, when it belongs to the same arguments, and refused otherwise.

    Returns:
        A `Trajectory`.

    Raises:
        ValueError: arguments out of range, a record that the state does not have, more memory than there is (with
            the number of bytes), a foreign checkpoint.
        KeyboardInterrupt: passed on after the checkpoint is written.
    """
    num_generations = positive_integer(num_generations, name="num_generations", smallest=0)
    num_replicates = positive_integer(num_replicates, name="num_replicates")
    if num_replicates >= 2**32:
        raise ValueError(f"`num_replicates` must be below 2^32; got {num_replicates}. Use several keys.")
    if keep not in ("summary", "replicates"):
        raise ValueError(f"`keep` must be 'summary' or 'replicates'; got {keep!r}.")
    words(key)  # Refuses keys of another generator before anything else is done.
    names, recorders = _recorders(system, record)
    table = system.table(num_generations)
    layout = plan(
        system,
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
    kept = num_replicates if keep == "replicates" else (QUANTILE_REPLICATES if quantiles else 0)
    summaries = {name: Summary(recorded, kept) for name in names}

    folder = None if checkpoint is None else pathlib.Path(checkpoint)
    facts = _fingerprint(system, key, names, layout, num_generations, num_replicates, keep, quantiles, terminal_only)
    first_block = 0 if folder is None else _restore(folder, facts, summaries)

    loop = Loop.of(system, table)
    arguments = (loop, table.rows(), jax.random.key_data(key))
    started = time.perf_counter()
    compiled = _compile(arguments, recorders, layout.block_size, terminal_only)
    compile_seconds = time.perf_counter() - started

    started = time.perf_counter()
    blocks_per_chunk = layout.chunk_size // layout.block_size
    done = first_block
    try:
        for index, outputs in _blocks(compiled, arguments, layout, num_replicates, first_block):
            count = min(layout.block_size, num_replicates - index * layout.block_size)
            for name, (moments, values) in zip(names, outputs, strict=True):
                summary = summaries[name]
                summary.merge(
                    BlockMoments(*np.asarray(moments, np.float64)),
                    count,
                    np.asarray(values)[:, :count] if summary.wants_values else None,
                )
            done = index + 1
            if progress is not None:
                progress(min(done * layout.block_size, num_replicates), num_replicates)
            if folder is not None and done % blocks_per_chunk == 0 and done < layout.num_blocks:
                _save(folder, facts, summaries, done)
    except KeyboardInterrupt:
        if folder is not None:
            _save(folder, facts, summaries, done)
        raise
    if folder is not None:
        checkpoints.remove(folder)
    return Trajectory.of(
        system,
        summaries,
        num_generations=num_generations,
        num_replicates=num_replicates,
        terminal_only=terminal_only,
        keep_replicates=keep == "replicates",
        kernel=f"forward scan, {system.initial_state.family}, blocks of {layout.block_size}",
        device=devices.description(),
        block_size=layout.block_size,
        key=[int(word) for word in np.asarray(jax.random.key_data(key))],
        seconds={"compile": compile_seconds, "run": time.perf_counter() - started},
    )


class _OfTarget(eqx.Module):
    """Adapts a user's function of (state, target) to the recorder signature."""

    function: Callable[[Any, Any], Any] = eqx.field(static=True)

    def __call__(self, state: Any, observed: Any) -> jax.Array:
        return jnp.asarray(self.function(state, observed.target), jnp.result_type(float))


def _recorders(system: System, record: Sequence[str | Recorder]) -> tuple[list[str], tuple[Recorder, ...]]:
    """Resolve record names against the state's table."""
    if isinstance(record, str):
        raise ValueError(f"`record` must be a sequence of names; got the string {record!r}. Write ({record!r},).")
    known = system.initial_state.quantities
    resolved: dict[str, Recorder] = {}
    for item in record:
        if callable(item):
            resolved[getattr(item, "__name__", type(item).__name__)] = _OfTarget(item)
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


# A block --------------------------------------------------------------------------------------------------------------


def _run_block(
    recorders: tuple[Recorder, ...],
    block_size: int,
    terminal_only: bool,
    arguments: tuple[Loop, Row, jax.Array],
    first: jax.Array,
    num_valid: jax.Array,
) -> tuple[tuple[jax.Array, jax.Array], ...]:
    """Run one block and reduce it; the values have shape (generations, replicates)."""
    loop, rows, key_words = arguments
    root = jax.random.wrap_key_data(key_words)
    lanes = jnp.arange(block_size, dtype=jnp.uint32)

    def one(lane: jax.Array) -> Any:
        return replicate(loop, rows, recorders, key=fold_in(root, first + lane), terminal_only=terminal_only)

    # Lanes last, and joined out here: inside the vmap XLA would transpose the trace twice.
    traces, finals = jax.vmap(one, out_axes=(1, 0))(lanes)
    if terminal_only:
        values = tuple(final[None] for final in finals)
    else:
        values = tuple(jnp.concatenate([trace, final[None]]) for trace, final in zip(traces, finals, strict=True))
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


def _compile(arguments: Any, recorders: tuple[Recorder, ...], block_size: int, terminal_only: bool) -> Any:
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
            function = jax.jit(functools.partial(_run_block, recorders, block_size, terminal_only))
            _COMPILED[identity] = function.lower(arguments, np.uint32(0), np.uint32(0)).compile()
        return _COMPILED[identity]


def _blocks(
    compiled: Any, arguments: Any, layout: Plan, num_replicates: int, first_block: int
) -> Iterator[tuple[int, Any]]:
    """Yield (block index, outputs) in block order while host threads run a few blocks ahead."""
    placed = jax.device_put(arguments)

    def run(index: int) -> Any:
        first = index * layout.block_size
        outputs = compiled(placed, np.uint32(first), np.uint32(min(layout.block_size, num_replicates - first)))
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


# Snapshots ------------------------------------------------------------------------------------------------------------


def _fingerprint(
    system: System,
    key: Key,
    names: list[str],
    layout: Plan,
    num_generations: int,
    num_replicates: int,
    keep: str,
    quantiles: bool,
    terminal_only: bool,
) -> dict[str, Any]:
    """Everything that the bits of a run depend on, as JSON."""
    table = system.table(num_generations)
    hashed = hashlib.sha256()
    for leaf in (*jax.tree.leaves((system.target, system.initial, system.fit, system.rare_threshold)), *table):
        hashed.update(np.ascontiguousarray(leaf).tobytes())
    return {
        "system": json.loads(json.dumps(system.describe())),
        "numbers": hashed.hexdigest(),
        "key": [int(word) for word in np.asarray(jax.random.key_data(key))],
        "record": names,
        "num_generations": num_generations,
        "num_replicates": num_replicates,
        "block_size": layout.block_size,
        "keep": keep,
        "quantiles": quantiles,
        "terminal_only": terminal_only,
        "x64": bool(jax.config.jax_enable_x64),  # pyright: ignore[reportAttributeAccessIssue]
        "backend": jax.default_backend(),
        "versions": versions(),
    }


def _save(folder: pathlib.Path, facts: dict[str, Any], summaries: dict[str, Summary], done: int) -> None:
    """Write the summaries of the first `done` blocks."""
    arrays: dict[str, np.ndarray] = {}
    for name, summary in summaries.items():
        for field, part in zip(BlockMoments._fields, summary.moments, strict=True):
            arrays[f"{name}/{field}"] = part
        arrays[f"{name}/kept"] = summary.values()
    total = next(iter(summaries.values())).total
    checkpoints.write(folder, arrays, {"run": facts, "blocks_done": done, "total": total})


def _restore(folder: pathlib.Path, facts: dict[str, Any], summaries: dict[str, Summary]) -> int:
    """Load a snapshot of the same run into `summaries`; return the first block that is still to do."""
    stored = checkpoints.read(folder)
    if stored is None:
        return 0
    arrays, progress = stored
    for field, value in facts.items():
        if progress["run"].get(field) != value:
            raise ValueError(
                f"the checkpoint in {folder} belongs to another run: its {field} is {progress['run'].get(field)!r} "
                f"and not {value!r}. Choose another folder or delete it."
            )
    for name, summary in summaries.items():
        summary.moments = BlockMoments(*(arrays[f"{name}/{field}"] for field in BlockMoments._fields))
        summary.total = progress["total"]
        kept = arrays[f"{name}/kept"]
        summary.kept, summary.num_kept = ([kept.T] if kept.shape[0] else []), kept.shape[0]
    return int(progress["blocks_done"])
