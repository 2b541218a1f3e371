"""A grid of schedule pairs, each with its class and its retained diversity."""

import dataclasses
from typing import Any

import numpy as np

import zenil_dynamics as zd
from proofs_numeric.cli.document import plain
from proofs_numeric.cli.progress import counter
from proofs_numeric.cli.specs import parse_exogenous_fraction, parse_exponents, parse_num_samples
from proofs_numeric.cli.specs.base import number, whole_number


@dataclasses.dataclass(frozen=True)
class Grid:
    """Schedules and what the picture calls them.

    Attributes:
        num_samples, exogenous_fraction: schedules, columns and rows.
        columns, rows: their labels.
        axes: what the labels are.
    """

    num_samples: list[Any]
    exogenous_fraction: list[Any]
    columns: list[str]
    rows: list[str]
    axes: tuple[str, str]


@dataclasses.dataclass(frozen=True)
class Diagram:
    """A classified grid.

    Attributes:
        grid: the schedules.
        phases: one row per alpha schedule, one column per N schedule.
        retained: g_T, shape (rows, columns), dimensionless.
        num_generations: T.
    """

    grid: Grid
    phases: list[list[zd.phases.Phase]]
    retained: np.ndarray
    num_generations: int


def given(num_samples: list[str], exogenous_fraction: list[str]) -> Grid:
    """Every pair of the SPECs; alpha is 0 where none is given.

    Raises:
        ValueError: no SPEC of N_t, or a bad one.
    """
    if not num_samples:
        raise ValueError("--num-samples is missing. Give N_t, too, or neither for the grid of power laws.")
    draws = [zd.schedules.as_schedule(parse_num_samples(text)) for text in num_samples]
    shares = [zd.schedules.as_schedule(parse_exogenous_fraction(text)) for text in exogenous_fraction or ["0"]]
    return Grid(draws, shares, [str(each) for each in draws], [str(each) for each in shares], ("N_t", "alpha_t"))


def powers(growth: str, decay: str, first_num_samples: str, first_fraction: str) -> Grid:
    """N_t = N_0 (t + 1)^p against alpha_t = alpha_0 (t + 1)^-q.

    Raises:
        ValueError: bad exponents, N_0 or alpha_0.
    """
    draws = whole_number(first_num_samples, "--first-num-samples", "N_0")
    share = number(first_fraction, "--first-fraction", "alpha_0")
    if not 0 < share <= 1:
        raise ValueError(
            f"--first-fraction: alpha_0 must lie in (0, 1]; got {first_fraction}. Give a share, such as 0.5."
        )
    growing, decaying = parse_exponents(growth, "--growth"), parse_exponents(decay, "--decay")
    return Grid(
        [
            zd.schedules.power_law(draws, -exponent) if exponent else zd.schedules.constant(draws)
            for exponent in growing
        ],
        [
            zd.schedules.power_law(share, exponent) if exponent else zd.schedules.constant(share)
            for exponent in decaying
        ],
        [f"{exponent:g}" for exponent in growing],
        [f"{exponent:g}" for exponent in decaying],
        (f"growth p, N_t = {draws} (t + 1)^p", f"decay q, alpha_t = {share:g} (t + 1)^-q"),
    )


def evaluate(grid: Grid, num_generations: int) -> Diagram:
    """Classify every pair and run its recursion.

    Raises:
        ValueError: a schedule that leaves its range, with the pair.
    """
    phases, retained = [], []
    total = len(grid.rows) * len(grid.columns)
    with counter("pairs", quiet=False) as progress:
        for shares in grid.exogenous_fraction:
            line, kept = [], []
            for draws in grid.num_samples:
                try:
                    line.append(zd.phases.classify(draws, shares))
                    kept.append(zd.phases.retained_diversity(draws, shares, num_generations)[-1])
                except ValueError as error:
                    raise ValueError(f"N_t = {draws}, alpha_t = {shares}: {error}") from None
                progress(len(phases) * len(grid.columns) + len(line), total)
            phases.append(line)
            retained.append(kept)
    return Diagram(grid, phases, np.array(retained), num_generations)


def document(result: Diagram) -> dict[str, Any]:
    """The JSON document, schema 1; what is unknown is null."""
    pairs = [
        {
            "num_samples": str(draws),
            "exogenous_fraction": str(shares),
            "class": str(phase.regime),
            "limit": phase.limit,
            "lower": phase.lower,
            "upper": phase.upper,
            "error": phase.error,
            "reason": phase.reason,
            "retained": float(kept),
        }
        for shares, line, shown in zip(result.grid.exogenous_fraction, result.phases, result.retained, strict=True)
        for draws, phase, kept in zip(result.grid.num_samples, line, shown, strict=True)
    ]
    return plain(
        {
            "schema": 1,
            "num_generations": result.num_generations,
            "num_samples": [str(each) for each in result.grid.num_samples],
            "exogenous_fraction": [str(each) for each in result.grid.exogenous_fraction],
            "pairs": pairs,
        }
    )


def save_plot(result: Diagram, path: str) -> None:
    """Write the picture.

    Raises:
        ValueError: the file cannot be written.
    """
    try:
        zd.phases.draw_diagram(
            result.phases,
            result.retained,
            num_samples=result.grid.columns,
            exogenous_fraction=result.grid.rows,
            num_generations=result.num_generations,
            axes=result.grid.axes,
            path=path,
        )
    except OSError as error:
        raise ValueError(f"--plot: cannot write {path!r}: {error.strerror or error}.") from None
