"""Names of files that a command shall write, refused before it computes."""

import pathlib
from collections.abc import Iterable

from proofs_numeric.cli.document import write_json

PLOT_SUFFIXES = (".png", ".svg", ".pdf")


def check_names(json: str | None, plot: str | None = None, *, out: str | None = None) -> None:
    """Refuse names that cannot be written.

    Args:
        json: of --json; `-` is stdout.
        plot: of --plot.
        out: of --out, where that is one file.

    Raises:
        ValueError: a missing folder, a folder where a file is wanted, an unknown suffix of a plot.

    Source: Definition.
    """
    if plot is not None and pathlib.Path(plot).suffix.lower() not in PLOT_SUFFIXES:
        raise ValueError(f"--plot: the name must end in {', '.join(PLOT_SUFFIXES)}; got {plot!r}.")
    named: Iterable[tuple[str, str | None]] = (("--json", json), ("--plot", plot), ("--out", out))
    for flag, name in named:
        if name is None or name == "-":
            continue
        if not pathlib.Path(name).absolute().parent.is_dir() or pathlib.Path(name).is_dir():
            raise ValueError(f"{flag}: cannot write {name!r}: no such folder, or a folder itself. Name a file.")


def write_document(content: dict, name: str | None) -> None:
    """Write JSON where it was asked for.

    Raises:
        ValueError: the file cannot be written.

    Source: Definition.
    """
    if name is None:
        return
    try:
        write_json(content, name)
    except OSError as error:
        raise ValueError(f"--json: cannot write {name!r}: {error.strerror or error}.") from None
