"""The Gaussian loop as claims simulate it: the log-variance of the last model, whose tails are light."""

from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd


def last_log_variances(
    system: zd.System, num_generations: int, key: Any, num_replicates: int
) -> Float[np.ndarray, " replicates"]:
    """Draws of log sigma_T^2.

    Args:
        system: with a Gaussian model.
        num_generations: T.
        key: typed key.
        num_replicates: R.

    Returns:
        Shape (R,), float64.

    Source: Definition.
    """
    run = zd.simulate(
        system,
        num_generations=num_generations,
        num_replicates=num_replicates,
        key=key,
        record=("log_variance",),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["log_variance"][:, -1], np.float64)
