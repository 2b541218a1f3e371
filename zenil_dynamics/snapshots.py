"""Unfinished runs: what identifies one, and its summaries on disk."""

import hashlib
import json
import pathlib
from typing import Any

import jax
import numpy as np

from zenil_dynamics import checkpoint
from zenil_dynamics.summaries import BlockMoments, Summary
from zenil_dynamics.system import System
from zenil_dynamics.trajectory import versions
from zenil_dynamics.types import Key


def fingerprint(
    system: System,
    key: Key,
    names: list[str],
    kernel: str,
    block_size: int,
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
        "kernel": kernel,
        "num_generations": num_generations,
        "num_replicates": num_replicates,
        "block_size": block_size,
        "keep": keep,
        "quantiles": quantiles,
        "terminal_only": terminal_only,
        "x64": bool(jax.config.jax_enable_x64),  # pyright: ignore[reportAttributeAccessIssue]
        "backend": jax.default_backend(),
        "versions": dict(versions()),
    }


def save(folder: pathlib.Path, facts: dict[str, Any], summaries: dict[str, Summary], done: int) -> None:
    """Write the summaries of the first `done` blocks."""
    arrays: dict[str, np.ndarray] = {}
    for name, summary in summaries.items():
        for field, part in zip(BlockMoments._fields, summary.moments, strict=True):
            arrays[f"{name}/{field}"] = part
        arrays[f"{name}/kept"] = summary.values()
    total = next(iter(summaries.values())).total
    checkpoint.write(folder, arrays, {"run": facts, "blocks_done": done, "total": total})


def restore(folder: pathlib.Path, facts: dict[str, Any], summaries: dict[str, Summary]) -> int:
    """Load a snapshot of the same run into `summaries`; return the first block that is still to do."""
    stored = checkpoint.read(folder)
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
