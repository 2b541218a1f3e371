"""One number per generation, from a list or a file."""

import csv
import pathlib
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Float

from zenil_dynamics.schedules.base import AbstractSchedule, spell


class Table(AbstractSchedule):
    """entries[t]; a generation beyond the last entry is an error, not a repetition.

    Attributes:
        entries: float64, shape (generations,), finite, in units of the scheduled number.
        source: name of the file that the entries came from, or None.

    Raises:
        ValueError: not one non-empty axis, or an entry that is not finite; when evaluated, a missing one.

    Source: Definition.
    """

    entries: Float[np.ndarray, " generations"]
    source: str | None = eqx.field(static=True)

    def __init__(self, entries: Any, source: str | None = None):
        # A copy: the caller's array may change later.
        try:
            self.entries = np.array(entries, np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"`entries` must be a non-empty list of numbers; got {entries!r}.") from None
        self.source = source
        if self.entries.ndim != 1 or self.entries.size == 0:
            raise ValueError(f"`entries` must be a non-empty list of numbers; got shape {self.entries.shape}.")
        bad = np.flatnonzero(~np.isfinite(self.entries))
        if bad.size:
            raise ValueError(
                f"`entries` must be finite; entry {bad[0]} is {self.entries[bad[0]]}. Give a number for generation "
                f"{bad[0]}."
            )

    def at(self, generations: np.ndarray) -> np.ndarray:
        """Look the generations up."""
        length = self.entries.shape[0]
        if generations.size and generations.max() >= length:
            named = f" {self.source!r}" if self.source else ""
            raise ValueError(
                f"the schedule table{named} has {length} entries and ends at generation {length - 1}; generation "
                f"{int(generations[generations >= length].min())} was asked for. Give at least "
                f"{int(generations.max()) + 1} entries, or run fewer generations."
            )
        return self.entries[generations]

    def spec(self) -> str:
        """`table:FILE`, or `table:V0,V1,...` when the entries came from no file."""
        return f"table:{self.source}" if self.source else "table:" + ",".join(spell(value) for value in self.entries)


def table(entries: Any) -> Table:
    """One number per generation.

    Args:
        entries: shape (generations,), finite; copied.

    Returns:
        The schedule; evaluating it beyond its end raises a ValueError.

    Raises:
        ValueError: not one non-empty axis, or an entry that is not finite.

    Example:
        >>> table([3, 1, 4])(2)
        np.float64(4.0)

    Source: Definition.
    """
    return Table(entries)


def read_table(path: str | pathlib.Path) -> Table:
    """One number per generation from a file: a number per line, which is also a CSV of one column.

    UTF-8. The first line may name the column: a text without a digit. Empty lines may only end the file, since one in
    between would shift all later generations.

    Args:
        path: the file.

    Returns:
        The schedule.

    Raises:
        ValueError: an unreadable or empty file, or the first bad line, by number.

    Source: Definition.
    """
    lines = _read(path).rstrip().split("\n")
    entries = []
    for number, line in enumerate(lines, start=1):
        fields = next(csv.reader([line.strip()]), [])
        if len(fields) != 1:
            what = "is empty" if not fields else f"has {len(fields)} fields"
            raise _bad_line(path, number, what, "Write one number per line")
        if number == 1 and _is_header(fields[0]):
            continue
        try:
            value = float(fields[0])
        except ValueError:
            raise _bad_line(path, number, f"is {fields[0]!r}, no number", "Write one number per line") from None
        if not np.isfinite(value):
            raise _bad_line(path, number, f"is {fields[0]!r}, not finite", "Write a finite number")
        entries.append(value)
    if not entries:
        raise ValueError(f"the schedule table {str(path)!r} has no number. Write one per generation, each on a line.")
    return Table(entries, str(path))


def _read(path: str | pathlib.Path) -> str:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ValueError(
            f"cannot read the schedule table {str(path)!r}: {reason}. Check the name of the file."
        ) from None
    except UnicodeDecodeError as error:
        raise ValueError(f"the schedule table {str(path)!r} is not UTF-8 at byte {error.start}. Convert it.") from None


def _is_header(field: str) -> bool:
    if any(character.isdigit() for character in field):
        return False
    try:
        float(field)
    except ValueError:
        return bool(field)
    return False  # "nan" and "inf" are bad numbers, not names


def _bad_line(path: str | pathlib.Path, number: int, what: str, remedy: str) -> ValueError:
    return ValueError(f"line {number} of the schedule table {str(path)!r} {what}. {remedy}.")
