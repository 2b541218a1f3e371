"""Several processes, one per machine or accelerator, that compute one result together.

Work is split by absolute number of block or batch, and what was computed is exchanged as bytes and merged in absolute
order by everybody: each process ends with the result of a single process, bit for bit.
"""

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

import jax
import numpy as np


class Processes(NamedTuple):
    """The processes that share a piece of work, seen from one of them.

    Every method is collective: all processes call it, in the same order, from their main thread.

    Attributes:
        index: of this process; 0 is the first.
        count: how many there are.
    """

    index: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the process that prints and writes."""
        return self.index == 0

    def gather(self, payload: bytes) -> list[bytes]:
        """What every process hands over, in order of their indices.

        Args:
            payload: of this process; lengths may differ.

        Returns:
            One entry per process, the same on all of them.

        Raises:
            KeyboardInterrupt: `interrupt` was called on one of them; all of them stop here.

        Source: Definition.
        """
        if self.count == 1:
            return [payload]
        # Bytes, because JAX would round float64 to float32 on the way unless it computes in float64.
        header = np.array([len(payload), _INTERRUPTED.is_set()], np.int64)
        lengths, interrupted = _allgather(header.view(np.uint8)).view(np.int64).T
        if interrupted.any():
            raise KeyboardInterrupt
        # Powers of two: each length is a compilation of its own.
        padded = np.zeros(1 << int(max(lengths.max(), 1) - 1).bit_length(), np.uint8)
        padded[: len(payload)] = np.frombuffer(payload, np.uint8)
        return [row[:length].tobytes() for row, length in zip(_allgather(padded), lengths, strict=True)]

    def from_first(self, make: Callable[[], bytes]) -> bytes:
        """What the first process makes; an error about input is raised by all of them, so that none waits for it.

        Args:
            make: called by the first process alone.

        Returns:
            Its result.

        Raises:
            ValueError: as `make` did.

        Source: Definition.
        """
        if self.count == 1:
            return make()
        answer = b""
        if self.first:
            try:
                answer = b"+" + make()
            except ValueError as error:
                answer = b"-" + str(error).encode()
        answer = self.gather(answer)[0]
        if answer[:1] == b"-":
            raise ValueError(answer[1:].decode())
        return answer[1:]


_PATIENCE = 24 * 3600
"""Seconds that a process waits for the others to finish; one that dies is noticed long before."""

ALONE = Processes()
"""One process that shares with nobody; asks nothing of JAX."""


_INTERRUPTED = threading.Event()


def interrupt() -> None:
    """Stop all processes at their next exchange, for a signal handler.

    An exception in one process alone would leave the others waiting for it.
    """
    _INTERRUPTED.set()


def processes() -> Processes:
    """All processes of `jax.distributed`; one where it was not initialised."""
    return Processes(jax.process_index(), jax.process_count())


def _allgather(row: np.ndarray) -> np.ndarray:
    """Rows of all processes, shape (processes, length)."""
    from jax.experimental import multihost_utils  # 0.1 s that a run of one process need not spend

    return np.ascontiguousarray(multihost_utils.process_allgather(row))


def initialize(coordinator: str | None = None, num_processes: int | None = None, process_id: int | None = None) -> None:
    """Join the other processes; call before anything touches a device, and after `devices.configure`.

    Args:
        coordinator: HOST:PORT of the first process; None finds the cluster (SLURM, Open MPI, Kubernetes, TPU pods).
        num_processes: how many there are; None as above.
        process_id: of this one, 0 .. num_processes - 1; None as above.

    Raises:
        ValueError: no cluster was found, arguments that contradict each other, or nobody answers.

    Source: `jax.distributed.initialize`.
    """
    if coordinator is not None and re.fullmatch(r".+:\d{1,5}", coordinator) is None:
        raise ValueError(f"the coordinator must be HOST:PORT; got {coordinator!r}.")
    if num_processes is not None and num_processes < 1:
        raise ValueError(f"the number of processes must be at least 1; got {num_processes}.")
    if process_id is not None and not 0 <= process_id < (num_processes or process_id + 1):
        raise ValueError(f"the process id must lie in 0 .. number of processes - 1; got {process_id}.")
    try:
        # Others wait at the end while the first process computes exact values and draws.
        jax.distributed.initialize(coordinator, num_processes, process_id, shutdown_timeout_seconds=_PATIENCE)
    except ValueError as error:
        if "should be defined" not in str(error) and "must be defined" not in str(error):
            raise
        raise ValueError(
            "no cluster was found (SLURM, Open MPI, Kubernetes or a TPU pod). Name the coordinator as HOST:PORT, the "
            "number of processes, and the id of this one."
        ) from None
    except RuntimeError as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"the processes cannot be joined: {reason}") from None
    with _stdout_as_stderr():
        processes().gather(b"")


@contextlib.contextmanager
def _stdout_as_stderr() -> Iterator[None]:
    """Gloo greets its peers on standard output, which may belong to a machine that reads JSON there."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
