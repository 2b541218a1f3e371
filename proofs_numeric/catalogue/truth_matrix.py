"""A truth matrix: statements against readings, each cell with the claims that settle it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TRUTHS = {
    "T": "true",
    "F": "false",
    "C": "a corrected form is true",
    "V": "vacuous",
    "D": "depends on what is left open",
    "-": "does not arise",
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What is true of one statement under one reading. Definition.

    Args:
        truth: one of `TRUTHS`.
        words: why, in one sentence.
        claims: ids of the claims whose verdicts settle it; none where the definition does.
    """

    truth: str
    words: str
    claims: tuple[str, ...] = ()

    def __post_init__(self):
        if self.truth not in TRUTHS:
            raise ValueError(f"`truth` must be one of {', '.join(TRUTHS)}; got {self.truth!r}. {self.words}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One statement under all readings. Definition.

    Args:
        item: of the paper.
        statement: in our words.
        cells: reading -> cell.
    """

    item: str
    statement: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True, kw_only=True)
class TruthMatrix:
    """Statements against readings. Definition.

    Args:
        readings: reading -> what it means, in column order.
        rows: in order.
        note: what a reader has to know, a sentence or two.
    """

    readings: Mapping[str, str]
    rows: tuple[Row, ...] = field(repr=False)
    note: str = ""

    def __post_init__(self):
        for row in self.rows:
            if set(row.cells) != set(self.readings):
                raise ValueError(f"`cells` of {row.statement!r} must be those of {list(self.readings)}.")
