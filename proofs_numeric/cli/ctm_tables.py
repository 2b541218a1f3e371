"""The rows of `zenil ctm`: on the screen by level of complexity, in JSON and CSV by string."""

import csv
import dataclasses
from typing import Any

from rich.table import Table

import zenil_dynamics as zd
from proofs_numeric.cli.tables import MOST_ROWS, console

MOST_STATES = 4
MOST_BITS_SHOWN = 40
COLUMNS: tuple[str, ...] = ("string", "machines", "probability", "complexity", "raw_complexity", "level")


@dataclasses.dataclass(frozen=True)
class Inquiry:
    """What was asked for.

    Attributes:
        outputs: D(n), both blank symbols.
        strings: those that were asked for; empty for all outputs.
    """

    outputs: zd.algorithmic.OutputDistribution
    strings: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One per string, keyed by `COLUMNS`; null is the complexity and level of what no machine puts out."""
        levels = {string: number for number, level in enumerate(self.outputs.level_sets(), start=1) for string in level}
        return [
            {
                "string": string,
                "machines": self.outputs.count(string),
                "probability": self.outputs.probability(string),
                "complexity": self.outputs.complexity(string) if string in levels else None,
                "raw_complexity": self.outputs.raw_complexity(string) if string in levels else None,
                "level": levels.get(string),
            }
            for string in self.strings or self.outputs.counts
        ]


def inquire(num_states: int, strings: list[str]) -> Inquiry:
    """Check what was given, and count machines.

    Raises:
        ValueError: states out of reach, or a string with another character than 0 and 1.

    Source: Definition.
    """
    if not 1 <= num_states <= MOST_STATES:
        raise ValueError(
            f"--states must be from 1 to {MOST_STATES}; got {num_states}. Five states take a published table."
        )
    for string in strings:
        if not string or set(string) - {"0", "1"}:
            raise ValueError(f"--string must consist of 0 and 1, as 0010; got {string!r}.")
    return Inquiry(zd.algorithmic.tree(num_states).completed(), tuple(dict.fromkeys(strings)))


def document(inquiry: Inquiry) -> dict[str, Any]:
    """The JSON document, schema 1.

    Source: Definition.
    """
    found = inquiry.outputs
    return {
        "schema": 1,
        "states": found.num_states,
        "num_machines": found.num_machines,
        "num_halting": found.num_halting,
        "num_outputs": len(found.counts),
        "longest_output": found.longest_output,
        "outputs": inquiry.rows(),
    }


def write_csv(inquiry: Inquiry, name: str) -> None:
    """Write the rows, with a header.

    Raises:
        ValueError: the file cannot be written.

    Source: Definition.
    """
    try:
        with open(name, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(inquiry.rows())
    except OSError as error:
        raise ValueError(f"--out: cannot write {name!r}: {error.strerror or error}.") from None


def print_outputs(inquiry: Inquiry) -> None:
    """Print levels of complexity, or the strings that were asked for.

    Source: Definition.
    """
    found, screen = inquiry.outputs, console()
    levels = found.level_sets()
    screen.print(
        f"D({found.num_states}): {found.num_halting} of {found.num_machines} machines halt, both blank symbols "
        f"counted; {len(found.counts)} outputs on {len(levels)} levels, the longest of {found.longest_output} bits",
        soft_wrap=True,
    )
    rows = inquiry.rows()
    if not inquiry.strings:
        first = {row["level"]: {**row, "string": " ".join(levels[row["level"] - 1])} for row in reversed(rows)}
        rows = list(reversed(first.values()))
    present = [row for row in rows if row["machines"]]
    if present:
        screen.print(output_table(present[:MOST_ROWS], "string" if inquiry.strings else "strings of one level"))
    if len(present) > MOST_ROWS:
        screen.print(f"{len(present) - MOST_ROWS} rarer rows are not shown; --out FILE.csv has all.")
    for row in rows:
        if not row["machines"]:
            screen.print(absence(found, row["string"]), soft_wrap=True)


def output_table(rows: list[dict[str, Any]], title: str) -> Table:
    """Level, strings, machines for each, D, complexity."""
    table = Table()
    table.add_column("level", justify="right")
    table.add_column(title, overflow="fold")
    for column in ("machines", "D", "complexity (bits)"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        numbers = (str(row["machines"]), f"{row['probability']:.6g}", f"{row['complexity']:.4f}")
        table.add_row(str(row["level"]), row["string"], *numbers)
    return table


def absence(found: zd.algorithmic.OutputDistribution, string: str) -> str:
    """Why a string has no complexity, in one line."""
    longer = len(string) > found.longest_output
    why = f"its {len(string)} bits exceed the longest output, {found.longest_output} bits" if longer else "too complex"
    shown = string if len(string) <= MOST_BITS_SHOWN else f"{string[:MOST_BITS_SHOWN]}..."
    return f"{shown}: no machine of {found.num_states} states puts it out ({why})"
