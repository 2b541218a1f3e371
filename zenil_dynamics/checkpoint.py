"""Atomic, checksummed snapshots of a run between chunks."""

import hashlib
import io
import json
import os
import pathlib
from typing import Any

import numpy as np

_MAGIC = b"zenil-checkpoint-1\n"
FILE_NAME = "checkpoint.bin"


def write(folder: pathlib.Path, arrays: dict[str, np.ndarray], facts: dict[str, Any]) -> None:
    """Replace the checkpoint in `folder` in one step: a reader sees the old one or the new one, never half of it.

    Args:
        folder: created if need be.
        arrays: numeric arrays by name.
        facts: JSON values that identify the run and its progress.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)  # type: ignore[arg-type]
    payload = buffer.getvalue()
    temporary = folder / f".{FILE_NAME}.{os.getpid()}"
    with open(temporary, "wb") as file:
        file.write(_MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / FILE_NAME)


def read(folder: pathlib.Path) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """Return the arrays and facts of the checkpoint in `folder`, or None where there is none.

    Raises:
        ValueError: the file is truncated, altered, or no checkpoint; nothing of it is used.
    """
    path = folder / FILE_NAME
    if not path.exists():
        return None
    content = path.read_bytes()
    digest, _, payload = content[len(_MAGIC) :].partition(b"\n")
    if not content.startswith(_MAGIC) or hashlib.sha256(payload).hexdigest().encode() != digest:
        raise ValueError(f"checkpoint {path} is damaged or foreign. Delete it to start afresh.")
    with np.load(io.BytesIO(payload)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    facts = json.loads(arrays.pop("facts").tobytes().decode())
    return arrays, facts


def remove(folder: pathlib.Path) -> None:
    """Delete the checkpoint of a run that has ended."""
    (folder / FILE_NAME).unlink(missing_ok=True)
