"""Pictures of a run. Matplotlib is imported here alone, so that importing the package stays cheap."""

import pathlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

if TYPE_CHECKING:
    from zenil_dynamics.trajectory import Trajectory

UNITS = {
    "entropy": "entropy (nats)",
    "diversity": "diversity (Gini-Simpson)",
    "support_size": "types alive",
    "rare_mass": "mass of rare types",
    "missing_mass": "target mass of lost types",
    "kl_to_target": "KL(model || target) (nats)",
    "kl_from_target": "KL(target || model) (nats)",
    "successive_kl": "KL to previous model (nats)",
    "total_variation": "total variation to target",
    "chi_square": "chi-square to target",
    "mean": "mean",
    "variance": "variance",
    "log_variance": "log variance",
    "differential_entropy": "differential entropy (nats)",
    "wasserstein2": "squared Wasserstein-2 distance",
    "log_mean": "log mean",
    "collapsed": "share of collapsed models",
    "squared_error": "squared error of the mean",
    "trace": "trace of the covariance",
    "log_determinant": "log determinant of the covariance",
    "upper": "upper end",
    "log_upper": "log of the upper end",
    "smallest_weight": "smallest weight",
    "smallest_variance": "smallest variance of a component",
    "num_types": "types alive",
    "excess_risk": "excess risk",
    "squared_norm": "squared norm of the weights",
    "entropy_rate": "entropy rate (nats per token)",
    "smoothed_successive_kl": "smoothed KL to previous model (nats per token)",
    "edges_alive": "continuations alive",
    "contexts_alive": "contexts alive",
    "vocabulary_alive": "vocabulary alive",
    "rare_perplexity": "perplexity on rare tokens",
    "rare_coverage": "transitions into rare tokens covered",
}

_FORMATS = (".png", ".svg", ".pdf")
_MEASURED = "#1f5f99"
_EXACT = "#c1440e"


def draw_trajectory(run: "Trajectory", path: str | pathlib.Path | None, exact: Mapping[str, np.ndarray]) -> Figure:
    """Draw one panel a quantity; see `Trajectory.plot`.

    Args:
        run: with at least two recorded generations.
        path: where to write, or None.
        exact: record name -> values at the recorded generations.

    Returns:
        The figure.

    Raises:
        ValueError: one generation only, an unknown suffix, or exact values of another length.
    """
    if run.generations.shape[0] < 2:
        raise ValueError("a plot needs at least two recorded generations; run without terminal-only recording.")
    if path is not None and pathlib.Path(path).suffix.lower() not in _FORMATS:
        raise ValueError(f"a plot's name must end in {', '.join(_FORMATS)}; got {str(path)!r}.")
    columns = 2 if len(run.names) == 4 else min(len(run.names), 3)
    rows = -(-len(run.names) // columns)
    figure = Figure(figsize=(5.2 * columns, 3.7 * rows), layout="constrained", dpi=120)
    axes = np.atleast_1d(np.asarray(figure.subplots(rows, columns, squeeze=False))).ravel()
    for axis, name in zip(axes, run.names, strict=False):
        _panel(axis, run, name, exact.get(name))
    for axis in axes[len(run.names) :]:
        axis.set_visible(False)
    figure.suptitle(_title(run), fontsize=10)
    if path is not None:
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
    return figure


def _panel(axis: Any, run: "Trajectory", name: str, exact: np.ndarray | None) -> None:
    """Band, mean and exact curve of one quantity."""
    bands = run.quantiles[name]
    for (low, high), opacity, label in (
        ((0.05, 0.95), 0.15, "90 % of replicates"),
        ((0.25, 0.75), 0.3, "50 % of replicates"),
    ):
        if low in bands:
            lower, upper = _finite(bands[low]), _finite(bands[high])
            axis.fill_between(run.generations, lower, upper, color=_MEASURED, alpha=opacity, lw=0, label=label)
    axis.plot(run.generations, _finite(run.mean[name]), color=_MEASURED, lw=1.6, label="measured mean")
    if exact is not None:
        if np.shape(exact) != run.generations.shape:
            raise ValueError(f"exact values of {name} must have shape {run.generations.shape}; got {np.shape(exact)}.")
        axis.plot(run.generations, _finite(exact), color=_EXACT, lw=1.4, ls=(0, (4, 3)), label="exact mean")
    if not np.isfinite(run.mean[name][1:]).any():
        axis.text(0.5, 0.5, "infinite mean", transform=axis.transAxes, ha="center", va="center", color="0.4")
    axis.set_xlabel("generation")
    axis.set_ylabel(_label(name))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlim(run.generations[0], run.generations[-1])
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)


def _label(name: str) -> str:
    """What a quantity is called; functions of the user's have their own names."""
    bare = name.removeprefix("member_")
    label = UNITS.get(bare, bare)
    return label if bare == name else f"members' {label}"


def _finite(values: np.ndarray) -> np.ndarray:
    """Gaps in place of values that cannot be drawn."""
    return np.where(np.isfinite(values), values, np.nan)


def _title(run: "Trajectory") -> str:
    """System and sample in one line."""
    system = run.system
    target = system["target"]
    size = f", {target['support_size']} types" if "support_size" in target else ""
    parts = [
        f"N = {system['num_samples']}",
        f"exogenous fraction = {system['exogenous_fraction']}",
        system["update"],
        system["fit"],
        *(decoder["decoder"] for decoder in system.get("decoders", ())),
    ]
    if "ensemble" in system:
        kind = "coupled" if system["ensemble"]["coupled"] else "uncoupled"
        parts.append(f"{len(system['ensemble']['weights'])} {kind} members")
    return f"{target['family']}{size}; {', '.join(parts)}; {run.num_replicates} replicates"
