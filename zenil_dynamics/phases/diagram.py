"""The phase diagram as a picture: the class of every pair of schedules, and what is left at a finite horizon."""

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zenil_dynamics.phases.classify import Phase, Regime

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg", ".pdf")
COLOURS = {
    Regime.CONVERGES: "#2e8b57",
    Regime.PARTIAL: "#9acb8c",
    Regime.FROZEN: "#7fb2d9",
    Regime.OSCILLATES: "#e6c260",
    Regime.HOPPING: "#dd7f4e",
    Regime.ABSORBED: "#9c3328",
    Regime.UNDECIDED: "#9a9a9a",
    Regime.FINITE_HORIZON: "#d5d5d5",
}
DARK = (Regime.CONVERGES, Regime.ABSORBED)
LONG_LABEL = 6
"""Characters above which labels of columns are slanted."""
LEGEND_ENTRY = 1.9
"""Width of an entry of the legend, inches."""
MOST_CELLS_WITH_TEXT = 14
"""Columns or rows above which numbers no longer fit into the cells."""


def draw_diagram(
    phases: Sequence[Sequence[Phase]],
    retained: Any,
    *,
    num_samples: Sequence[str],
    exogenous_fraction: Sequence[str],
    num_generations: int,
    axes: tuple[str, str] = ("N_t", "alpha_t"),
    path: str | pathlib.Path | None = None,
) -> "Figure":
    """Draw a grid of pairs: class and limit on the left, the retained diversity g_T on the right.

    Args:
        phases: one row per alpha schedule, one column per N schedule.
        retained: g_T of each pair, shape (rows, columns), dimensionless.
        num_samples: labels of the columns.
        exogenous_fraction: labels of the rows, the first at the bottom.
        num_generations: T.
        axes: what the labels are.
        path: where to write, or None.

    Returns:
        The figure.

    Raises:
        ValueError: an unknown suffix.

    Source: Definition.
    """
    # Matplotlib takes longer to import than any grid to classify.
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    if path is not None and pathlib.Path(path).suffix.lower() not in FORMATS:
        raise ValueError(f"a plot's name must end in {', '.join(FORMATS)}; got {str(path)!r}.")
    rows, columns = len(exogenous_fraction), len(num_samples)
    width = 3.2 + 1.3 * max(columns, 5)
    figure = Figure(figsize=(width, 2.4 + 0.45 * max(rows, 4)), layout="constrained", dpi=120)
    left, right = figure.subplots(1, 2, sharey=True)
    regimes = list(Regime)
    codes = np.array([[regimes.index(phase.regime) for phase in row] for row in phases])
    palette = ListedColormap([COLOURS[regime] for regime in regimes])
    left.imshow(codes, origin="lower", aspect="auto", cmap=palette, vmin=-0.5, vmax=len(regimes) - 0.5)
    image = right.imshow(np.asarray(retained), origin="lower", aspect="auto", cmap="viridis", vmin=0, vmax=1)
    figure.colorbar(image, ax=right, label=f"diversity kept at t = {num_generations}")
    if max(rows, columns) <= MOST_CELLS_WITH_TEXT:
        _write_cells(left, right, phases, np.asarray(retained))
    for axis in (left, right):
        axis.set_xticks(range(columns), num_samples)
        if max(len(label) for label in num_samples) > LONG_LABEL:
            axis.tick_params(axis="x", labelrotation=30)
            for label in axis.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        axis.set_xlabel(axes[0])
    left.set_yticks(range(rows), exogenous_fraction)
    left.set_ylabel(axes[1])
    left.set_title("long run: class, limit of g", fontsize=10)
    right.set_title(f"g after {num_generations} generations", fontsize=10)
    present = [regime for regime in COLOURS if regimes.index(regime) in codes]
    handles = [Patch(color=COLOURS[regime], label=regime.value) for regime in present]
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(len(handles), int(width / LEGEND_ENTRY)),
        frameon=False,
        fontsize=9,
    )
    if path is not None:
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    return figure


def limit_in_words(phase: Phase, digits: int = 3) -> str:
    """The limit of g_t, or where it runs between; a dash where neither is known."""
    if not np.isfinite(phase.lower):
        return "-"
    if phase.lower == phase.upper:
        return (
            f"{phase.lower:.{digits}f}"
            if phase.error < 10.0**-digits
            else f"{phase.lower:.{digits}f}±{phase.error:.0e}"
        )
    return f"{phase.lower:.2f}..{phase.upper:.2f}"


def _write_cells(left: Any, right: Any, phases: Sequence[Sequence[Phase]], retained: np.ndarray) -> None:
    for row, line in enumerate(phases):
        for column, phase in enumerate(line):
            colour = "white" if phase.regime in DARK else "black"
            left.text(column, row, limit_in_words(phase, 2), ha="center", va="center", fontsize=7, color=colour)
            share = retained[row, column]
            colour = "white" if share < 0.6 else "black"
            right.text(column, row, f"{share:.2f}", ha="center", va="center", fontsize=7, color=colour)
