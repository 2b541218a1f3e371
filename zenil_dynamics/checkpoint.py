"""Checksummed snapshots of a run between chunks."""

import hashlib
import io
import json
import pathlib
from typing import Any

import numpy as np

from zenil_dynamics.files import replacing

_FAMILY = b"zenil-checkpoint-"
_MAGIC = _FAMILY + b"2\n"
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
    payload = buffer.getbuffer()
    with replacing(folder / FILE_NAME) as file:
        file.write(_MAGIC + hashlib.sha256(payload).hexdigest().encode() + b"\n")
        file.write(payload)


def read(folder: pathlib.Path) -> bytes:
    """Return the payload of the checkpoint in `folder`, empty where there is none.

    Raises:
        ValueError: the file is truncated, altered, of another version, or no checkpoint; nothing of it is used.
    """
    path = folder / FILE_NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ValueError(f"checkpoint {path} cannot be read: {error.strerror or error}.") from None
    version, line_break, _ = content.partition(b"\n")
    if version.startswith(_FAMILY) and line_break and version + line_break != _MAGIC:
        raise ValueError(f"checkpoint {path} was written by another version. Finish it there, or delete it.")
    digest, _, payload = content[len(_MAGIC) :].partition(b"\n")
    if not content.startswith(_MAGIC) or hashlib.sha256(payload).hexdigest().encode() != digest:
        raise ValueError(f"checkpoint {path} is damaged or foreign. Delete it to start afresh.")
    return payload


def unpack(payload: bytes) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays and facts of a payload that `read` returned."""
    with np.load(io.BytesIO(payload)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return arrays, json.loads(arrays.pop("facts").tobytes().decode())
