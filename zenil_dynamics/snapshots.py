"""Runs on disk: what identifies one, and how far it has come."""

import hashlib
import json
import math
import pathlib
import time
from typing import Any

import jax
import numpy as np

from zenil_dynamics import checkpoint
from zenil_dynamics.distributed import Processes
from zenil_dynamics.summaries import BlockMoments, Gathered, Gatherer
from zenil_dynamics.system import System
from zenil_dynamics.trajectory import versions
from zenil_dynamics.types import Key

PATIENCE = 20.0
"""Snapshots between chunks are so many times their own cost apart: they take a twentieth of the run at most."""


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
    parts = (system.target, system.initial, system.model, system.decoders, system.ensemble, system.update, system.fit)
    for leaf in (*jax.tree.leaves((*parts, system.rare_threshold)), *table):
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


class Snapshot:
    """The state of one run on disk; the first process alone touches the file.

    Args:
        folder: where it lies.
        facts: what identifies the run.
        team: processes that share it.
    """

    def __init__(self, folder: pathlib.Path, facts: dict[str, Any], team: Processes):
        self._folder, self._facts, self._team = folder, facts, team
        self._cost, self._ended = 0.0, -math.inf

    def restore(self, gatherer: Gatherer) -> None:
        """Continue where the snapshot ends; without one, nothing changes.

        Raises:
            ValueError: a file that is damaged or belongs to another run; `gatherer` is untouched.
        """
        payload = self._team.from_first(lambda: checkpoint.read(self._folder))
        if not payload:
            return
        arrays, progress = checkpoint.unpack(payload)
        for field, value in self._facts.items():
            if progress["run"].get(field) != value:
                raise ValueError(
                    f"the checkpoint in {self._folder} belongs to another run: its {field} is "
                    f"{progress['run'].get(field)!r} and not {value!r}. Choose another folder or delete it."
                )
        moments = BlockMoments(*arrays["moments"])
        state = Gathered(progress["num_blocks"], progress["total"], moments, arrays["kept"].shape[2])
        gatherer.restore(state, arrays["kept"])

    def save_between(self, gatherer: Gatherer) -> None:
        """Save, unless too little time has passed for that to be worth it."""
        if time.perf_counter() - self._ended >= PATIENCE * self._cost:
            self.save(gatherer)

    def save(self, gatherer: Gatherer) -> None:
        """Write the blocks so far; an interruption leaves the file that was there before."""
        if not self._team.first:
            return
        started = time.perf_counter()
        state = gatherer.state
        facts = {"run": self._facts, "num_blocks": state.num_blocks, "total": state.total}
        checkpoint.write(self._folder, {"moments": np.stack(state.moments), "kept": gatherer.kept}, facts)
        self._ended = time.perf_counter()
        self._cost = self._ended - started
