"""Rich tables of a simulation: measured beside exact, by generation."""

import math
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from proofs_numeric.cli.specs import is_whole, unit_of

MOST_ROWS = 24
PIPED_WIDTH = 120
"""Columns of a table that goes to a file or a pipe, where there is no terminal to ask."""

WIDE_PIPED_WIDTH = 180


def console(*, wide: bool = False) -> Console:
    """Standard output: as wide as the terminal, or of fixed width without one.

    Args:
        wide: the wider of the two fixed widths, for tables with sentences.

    Returns:
        The console.

    Source: Definition.
    """
    fixed = WIDE_PIPED_WIDTH if wide else PIPED_WIDTH
    return Console(width=None if sys.stdout.isatty() else fixed, highlight=False)


def print_simulation(measured: Any, exact: dict[str, Any], target: Any, result: dict[str, Any]) -> None:
    """Print one table per recorded quantity, and what the run was.

    Args:
        measured: the trajectory.
        exact: name -> exact values with their rung and slack.
        target: the parsed target.
        result: the JSON document of the run.

    Source: Definition.
    """
    screen = console()
    facts = result["system"]
    corpus = facts.get("corpus")
    if corpus is not None:
        screen.print(
            f"{corpus['source']}: {corpus['vocabulary_size']} distinct tokens, {corpus['num_tokens']} occurrences; "
            f"rare below probability {corpus['rare_threshold']:.3g}",
            markup=False,
            soft_wrap=True,
        )
    for name in measured.names:
        screen.print(heading(name, exact.get(name), result["no_exact"].get(name)), markup=False, style="bold")
        screen.print(quantity_table(measured, name, exact.get(name)))
    replicates = "replicate" if measured.num_replicates == 1 else "replicates"
    screen.print(
        f"{measured.num_replicates} {replicates}, seed {result['seed']}, {measured.kernel}, {measured.device}; "
        f"compile {measured.seconds['compile']:.2f} s, run {measured.seconds['run']:.2f} s",
        markup=False,
    )


def quantity_table(measured: Any, name: str, exact: Any | None) -> Table:
    """Measured mean, standard error, exact value and z by generation."""
    table = Table()
    table.add_column("generation", justify="right")
    table.add_column("measured ± standard error", justify="right")
    if exact is not None:
        table.add_column("exact", justify="right")
        table.add_column("z", justify="right")
    for position in chosen_rows(len(measured.generations)):
        mean, error = float(measured.mean[name][position]), float(measured.standard_error[name][position])
        row = [str(int(measured.generations[position])), with_error(mean, error)]
        if name == "successive_kl" and measured.generations[position] == 0:
            row[1] = "-"
        elif exact is not None:
            value = float(exact.values[position])
            if is_whole(name):
                error = max(error, least_error(value, measured.num_replicates))
            row += [f"{value:.6g}", z_score(mean, error, value, exact.slack)]
        table.add_row(*row)
    return table


def heading(name: str, exact: Any | None, refusal: str | None) -> str:
    """The quantity with its unit, and where the exact values come from. A table's own title would wrap at its width."""
    unit = f" ({unit_of(name)})" if unit_of(name) else ""
    if exact is None:
        return f"{name}{unit}; no exact value: {refusal}"
    if math.isinf(exact.slack):
        return f"{name}{unit}; exact: {exact.rung}; no bound on the numerical slack is known, hence no z"
    return f"{name}{unit}; exact: {exact.rung}; z: standard errors beyond the numerical slack of {exact.slack:.2g}"


def chosen_rows(count: int) -> list[int]:
    """All positions when they are few, else the first, the last and 1, 2, 5, 10, 20, 50 ... between."""
    if count <= MOST_ROWS:
        return list(range(count))
    steps = [factor * 10**power for power in range(int(math.log10(count)) + 1) for factor in (1, 2, 5)]
    return [0, *(step for step in steps if step < count - 1), count - 1]


def with_error(mean: float, error: float) -> str:
    """`0.4532 ± 0.0012`: as many decimals as the error supports."""
    if not math.isfinite(mean):
        return str(mean)
    if not math.isfinite(error) or error == 0:
        return f"{mean:.6g} ± {error:.1g}"
    decimals = max(0, 1 - math.floor(math.log10(error)))
    if decimals > 9 or abs(mean) >= 1e9:
        return f"{mean:.6g} ± {error:.2g}"
    return f"{mean:.{decimals}f} ± {error:.{decimals}f}"


def least_error(value: float, num_replicates: int) -> float:
    """Least standard error of a mean of whole numbers whose expectation is `value`.

    Of all laws on whole numbers with that expectation the one on its two neighbours has the least variance, f (1 - f)
    with f the fractional part. A rare event that no replicate met leaves a measured error of 0, which is less.
    """
    if not math.isfinite(value):
        return 0.0
    part = value % 1.0
    return math.sqrt(part * (1 - part) / num_replicates)


def z_score(mean: float, error: float, value: float, slack: float) -> str:
    """How far the mean is from the exact value beyond the slack, in standard errors."""
    if not (math.isfinite(mean) and math.isfinite(value) and math.isfinite(slack)):
        return "-"
    beyond = max(abs(mean - value) - slack, 0.0)
    if beyond == 0:
        return "0"
    if not error > 0:
        return "-" if math.isnan(error) else "inf"
    return f"{math.copysign(beyond / error, mean - value):+.1f}"
