"""Files that are there whole or not at all."""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: str | pathlib.Path) -> Iterator[BinaryIO]:
    """Yield a file to write; it takes the place of `path` in one step when the block ends without an error.

    Whatever kills the process or the machine, a reader finds the old file or the new one: the content reaches the disk
    before the name does, and the name before this returns.

    Args:
        path: of a regular file, in a folder that exists.

    Yields:
        A binary file.

    Raises:
        OSError: the file cannot be written; `path` is as it was.

    Source: Definition.
    """
    path = pathlib.Path(path)
    # One name, so that what a killed process leaves behind is overwritten by the next one.
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(partial, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # Elsewhere a folder cannot be opened, and renaming is as durable as it gets.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
