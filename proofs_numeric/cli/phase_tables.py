"""Rich tables of `zenil phase`: a grid of classes, or one pair with its reason."""

from rich.markup import escape
from rich.table import Table

import zenil_dynamics as zd
from proofs_numeric.cli.phase_grid import Diagram
from proofs_numeric.cli.tables import console

STYLES = {
    zd.phases.Regime.CONVERGES: "bold green",
    zd.phases.Regime.PARTIAL: "green",
    zd.phases.Regime.FROZEN: "blue",
    zd.phases.Regime.OSCILLATES: "yellow",
    zd.phases.Regime.HOPPING: "red",
    zd.phases.Regime.ABSORBED: "bold red",
}


def print_phases(result: Diagram) -> None:
    """Print one pair in words, more as a grid.

    Source: Definition.
    """
    if len(result.grid.rows) == len(result.grid.columns) == 1:
        print_pair(result)
    else:
        print_grid(result)


def print_pair(result: Diagram) -> None:
    """Class, limit, finite-horizon value and reason of one pair."""
    phase = result.phases[0][0]
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    error = f" ± {phase.error:.1g}" if phase.error else ""
    limits = {
        "limit of g": f"{phase.limit:.9g}{error}" if phase.lower == phase.upper else "none",
        "g runs between": "" if phase.lower == phase.upper else f"{phase.lower:.9g} and {phase.upper:.9g}",
    }
    if phase.lower != phase.lower:
        limits = {"limit of g": "unknown"}
    rows = {
        "N_t": result.grid.columns[0],
        "alpha_t": result.grid.rows[0],
        "class": str(phase.regime),
        **limits,
        f"g at t = {result.num_generations}": f"{result.retained[0, 0]:.9g}",
        "because": phase.reason,
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, escape(value), style=STYLES.get(phase.regime) if name == "class" else None)
    console().print(table)


def print_grid(result: Diagram) -> None:
    """Class, limit and finite-horizon value by pair, columns for N_t."""
    screen = console(wide=True)
    screen.print(
        f"{result.grid.axes[1]} (rows) against {result.grid.axes[0]} (columns): class, limit of the retained diversity "
        f"g, and g after {result.num_generations} generations",
        markup=False,
        soft_wrap=True,
    )
    table = Table(show_lines=True)
    table.add_column("", justify="right", style="bold", overflow="fold")
    for label in result.grid.columns:
        table.add_column(escape(label), justify="center", overflow="fold")
    for label, line, kept in zip(result.grid.rows, result.phases, result.retained, strict=True):
        cells = [
            f"[{style}]{words}[/]\n{zd.phases.limit_in_words(phase)}\n{share:.3f}"
            for phase, share in zip(line, kept, strict=True)
            for style, words in [(STYLES.get(phase.regime, "default"), str(phase.regime).removeprefix("collapse, "))]
        ]
        table.add_row(escape(label), *cells)
    screen.print(table)
