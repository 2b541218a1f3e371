"""The tabular loop as claims simulate it: one shape for all, so that a whole run compiles it once.

Targets are padded with types of probability 0, and every run has the same horizon and the same records; a claim reads
the generation and the record that it needs. This costs generations that nobody reads, microseconds each, and saves
seconds of compilation per claim.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

import zenil_dynamics as zd
from proofs_numeric.tail import Tail

NUM_TYPES = 4
"""Types after padding."""
HORIZON = 80
"""Generations of every run."""


def squared_distance(state: zd.Categorical, target: zd.Categorical) -> Float[Array, ""]:
    """Squared Euclidean distance of model and target, dimensionless, in [0, 2]. Definition."""
    return jnp.sum(jnp.square(state.probs - target.probs))


def first_mass(state: zd.Categorical, target: zd.Categorical) -> Float[Array, ""]:
    """Model probability of type 0. Definition."""
    return state.probs[0]


RECORDS: tuple[Any, ...] = ("diversity", squared_distance, first_mass)


def diversity_of(probs: Sequence[float]) -> float:
    """Gini-Simpson diversity 1 - sum p^2 of a list of probabilities. Definition."""
    return 1 - sum(p * p for p in probs)


def padded(probs: Sequence[float]) -> zd.Categorical:
    """The distribution with types of probability 0 appended up to `NUM_TYPES`.

    Args:
        probs: at most `NUM_TYPES` probabilities.

    Returns:
        A categorical state.

    Source: Definition.
    """
    return zd.Categorical(np.pad(np.asarray(probs, np.float64), (0, NUM_TYPES - len(probs))))


def loop(
    target: Sequence[float], num_samples: int, shares: Any = 0.0, update: zd.AbstractUpdate | None = None
) -> zd.System:
    """The system behind `paths`.

    Args:
        target: P, at most `NUM_TYPES` probabilities; also Q_0.
        num_samples: N.
        shares: alpha, a number or alpha_0 .. alpha_{HORIZON-1}.
        update: data policy; None replaces.

    Returns:
        A system; all such systems with one data policy share a compilation.

    Source: Definition.
    """
    fraction = zd.schedules.table(shares) if np.ndim(shares) else shares
    return zd.System(target=padded(target), num_samples=num_samples, exogenous_fraction=fraction, update=update)


def paths(
    system: zd.System, key: Any, num_replicates: int
) -> Mapping[str, Float[np.ndarray, "replicates generations"]]:
    """Records of independent replicates at generations 0 .. `HORIZON`.

    Args:
        system: made by `loop`.
        key: typed key.
        num_replicates: R.

    Returns:
        "diversity", "squared_distance" and "first_mass", each of shape (R, HORIZON + 1).

    Source: Definition.
    """
    run = zd.simulate(
        system, num_generations=HORIZON, num_replicates=num_replicates, key=key, record=RECORDS, keep="replicates"
    )
    return run.replicates


def coin_distances(
    num_samples: int, share: Any, generation: int, key: Any, num_replicates: int
) -> Float[np.ndarray, " replicates"]:
    """Squared distance of model and target over G(P), for P = (1/2, 1/2): draws whose mean is the fixation index.

    Args:
        num_samples: N.
        share: constant alpha.
        generation: t, at most `HORIZON`.
        key: typed key.
        num_replicates: R.

    Returns:
        Shape (R,), in [0, 1].

    Source: Definition.
    """
    system = loop((0.5, 0.5), num_samples, float(share))
    return 2.0 * paths(system, key, num_replicates)["squared_distance"][:, generation].astype(np.float64)


COIN_TAIL = Tail(lower=0.0, upper=1.0, reason="|q - (1/2, 1/2)|^2 <= 1/2 = G(P)")
"""Range of `coin_distances`."""


def retained_tail(target: Sequence[float]) -> Tail:
    """Range of G(Q_t)/G(P) over a law. Definition.

    Args:
        target: P.
    """
    largest = (1 - 1 / len(target)) / diversity_of(target)
    return Tail(lower=0.0, upper=largest, reason="0 <= G(q) <= 1 - 1/K")


def retained_slack(system: zd.System, target: Sequence[float]) -> float:
    """How far float32 may move the mean of G(Q_t)/G(P), t <= `HORIZON`.

    Args:
        system: made by `loop`.
        target: P.

    Source: `zd.numerical_slack`.
    """
    return zd.numerical_slack(system, "diversity", HORIZON) / diversity_of(target)
