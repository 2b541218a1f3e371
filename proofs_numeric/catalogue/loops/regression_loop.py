"""Linear models that label their own training sets, simulated at one shape, and the second moments of their risk.

w* = (1, 0, 0, 0), normal rows, least squares. All claims on one data policy and one kind of design share a compilation.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd

DIM = 4
"""Features d."""
HORIZON = 10
"""Generations of every run."""
RECORDS: tuple[str, ...] = ("excess_risk",)
_WEIGHTS = np.eye(DIM)[0]


def paths(
    num_samples: int | Sequence[int],
    key: Any,
    num_replicates: int,
    *,
    noise_variance: float = 1.0,
    accumulate: bool = False,
    one_design: bool = False,
) -> Mapping[str, Float[np.ndarray, "replicates generations"]]:
    """Records of independent replicates at generations 0 .. `HORIZON`.

    Args:
        num_samples: rows T of a training set, or T_0 .. T_{HORIZON-1}.
        key: typed key.
        num_replicates: R.
        noise_variance: sigma^2 of a label.
        accumulate: fit all labels so far instead of the last ones.
        one_design: one design for ever instead of fresh ones.

    Returns:
        "excess_risk", |w_t - w*|^2, of shape (R, HORIZON + 1).

    Source: Definition.
    """
    family = zd.FixedDesignModel if one_design else zd.LinearModel
    rows = np.broadcast_to(np.asarray(num_samples, np.float64), (HORIZON,))
    system = zd.System(
        target=family(_WEIGHTS, noise_variance=noise_variance),
        num_samples=zd.schedules.table(rows),
        update=zd.Accumulate() if accumulate else zd.Replace(),
    )
    run = zd.simulate(
        system,
        num_generations=HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=RECORDS,
        keep="replicates",
        quantiles=False,
    )
    return run.replicates


def inverse_wishart_moments(num_rows: int, dim: int = DIM) -> tuple[float, float, float]:
    """Moments of W^-1 for W = X^T X, X of T normal rows.

    Entries of W^-1 have mean m on the diagonal, m = 1/(T - d - 1), variance 2 m^2/(T - d - 3) there, covariance
    2 m^2/((T - d)(T - d - 3)) between two diagonal ones and variance m/((T - d)(T - d - 3)) off it.

    Args:
        num_rows: T, at least d + 4.
        dim: d.

    Returns:
        E tr W^-1, E (tr W^-1)^2 and E tr W^-2.

    Source: von Rosen, Scand. J. Statist. 15 (1988).
    """
    mean, free = 1 / (num_rows - dim - 1), num_rows - dim
    diagonal = 2 * mean**2 / (free - 3)
    between = 2 * mean**2 / (free * (free - 3))
    outside = mean / (free * (free - 3))
    trace = dim * mean
    square_of_trace = trace**2 + dim * diagonal + dim * (dim - 1) * between
    trace_of_square = dim * (mean**2 + diagonal) + dim * (dim - 1) * outside
    return trace, square_of_trace, trace_of_square


def replace_second_moment(num_rows: Sequence[int], dim: int = DIM) -> float:
    """E |w_n - w*|^4 under replacement with fresh designs and noise of variance 1.

    Given the designs w_n - w* is normal with covariance S = sum W_s^-1, so that this is E (tr S)^2 + 2 E tr S^2.

    Args:
        num_rows: T of every generation, each at least d + 4.
        dim: d.

    Returns:
        The fourth moment.

    Source: fourth moment of a normal vector.
    """
    total = square = 0.0
    for rows in num_rows:
        trace, square_of_trace, trace_of_square = inverse_wishart_moments(rows, dim)
        # E tr(A B) = tr(EA EB) = tr EA tr EB / d for independent inverse Wisharts of isotropic designs.
        square += square_of_trace + 2 * trace_of_square + 2 * total * trace * (1 + 2 / dim)
        total += trace
    return square
