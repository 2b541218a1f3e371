"""Loops over two types, simulated at one shape: all claims that use them share one compilation."""

from typing import Any

import numpy as np
from jaxtyping import Array, Float

import zenil_dynamics as zd

NUM_GENERATIONS = 10
Paths = Float[np.ndarray, "replicates generations"]


def pair_system(
    target: float, initial: float, num_samples: int, exogenous_fraction: float = 0.0, *, population: bool = False
) -> zd.System:
    """The system with P = (target, 1 - target) and Q_0 = (initial, 1 - initial).

    Args:
        target: P of the first type.
        initial: Q_0 of the first type.
        num_samples: N.
        exogenous_fraction: alpha.
        population: an infinite sample instead of N draws.

    Returns:
        The system.

    Source: Definition.
    """
    return zd.System(
        target=zd.Categorical(np.array([target, 1 - target])),
        initial=zd.Categorical(np.array([initial, 1 - initial])),
        num_samples=num_samples,
        exogenous_fraction=exogenous_fraction,
        update=zd.Population() if population else zd.Replace(),
    )


def _first_share(state: Any, target: Any) -> Float[Array, ""]:
    return state.probs[0]


def first_shares(system: zd.System, key: Any, num_replicates: int) -> Paths:
    """Paths of the model's probability of the first type, t = 0 .. 10.

    Args:
        system: made by `pair_system`.
        key: consumed.
        num_replicates: R.

    Returns:
        Shape (R, 11).

    Source: `zenil_dynamics.simulate`.
    """
    run = zd.simulate(
        system,
        num_generations=NUM_GENERATIONS,
        num_replicates=num_replicates,
        key=key,
        record=(_first_share,),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["_first_share"], np.float64)
