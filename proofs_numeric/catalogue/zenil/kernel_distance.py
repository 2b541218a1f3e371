"""The fixation law for every kernel: the discrepancy of model and target is the fixation index times that of one draw.

The discrepancy is the squared maximum mean discrepancy MMD^2. P is normal, so that no two real draws are alike; the
model is the empirical measure of N draws, each real with probability alpha. False neighbour: that the discrepancy goes
to 0 because P keeps coming in.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

_CAPACITY = 20
"""Largest N: one shape for all examples."""
_HORIZON = 12
"""Generations of every run."""

# fixation-law-mmd -----------------------------------------------------------------------------------------------------
# Proof. MMD^2(Q_t, P) = |E_{Q_t} k - E_P k|^2 in the Hilbert space of the kernel, a variance summed over coordinates:
# each coordinate phi obeys E (Q_t phi - P phi)^2 = f_t Var_P phi, and sum Var_P phi = E k(x, x) - E k(x, x').
#
# For k(x, y) = exp(-(x - y)^2/2) and P = N(0, 1): E_y k(x, y) = exp(-x^2/4)/sqrt 2 and E k(x, x') = 1/sqrt 3.

_ALIKE = 1 / math.sqrt(3)


def _discrepancy(state: Any, target: Any) -> Float[Array, ""]:
    """MMD^2 of the empirical measure of the points and N(0, 1), expectations under P in closed form."""
    points = jnp.asarray(state.points)
    present = (jnp.arange(_CAPACITY) < state.count).astype(points.dtype)
    weights = present / jnp.sum(present)
    gaps = points[:, None] - points[None, :]
    among = jnp.sum(weights[:, None] * jnp.exp(-gaps * gaps / 2) * weights[None, :])
    across = jnp.sum(weights * jnp.exp(-points * points / 4)) / jnp.sqrt(2.0).astype(points.dtype)
    return among - 2 * across + jnp.asarray(_ALIKE, points.dtype)


def _shares(theta: Theta, num_generations: int) -> Float[np.ndarray, " generations"]:
    # The first sample is all real, as it is when Q_0 = P; the state that the loop starts from is then forgotten.
    return np.array([1.0] + [theta["alpha"]] * (num_generations - 1))


def _discrepancies(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=zd.Gaussian(),
        num_samples=theta["N"],
        exogenous_fraction=zd.schedules.table(_shares(theta, _HORIZON)),
        initial=zd.KernelDensity([0.0], bandwidth=0.0, capacity=_CAPACITY),
    )
    run = zd.simulate(
        system,
        num_generations=_HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=(_discrepancy,),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["_discrepancy"], np.float64)[:, theta["t"]]


def _index(theta: Theta, generation: int) -> float:
    sizes = np.full(generation, float(theta["N"]))
    return recursions.affine(*recursions.pair_probability(sizes, _shares(theta, generation)))


def _law(theta: Theta) -> float:
    return _index(theta, theta["t"]) * (1 - _ALIKE)


def _law_of_identical_pairs(theta: Theta) -> float:
    return _index(theta, theta["t"])


def _law_one_generation_early(theta: Theta) -> float:
    return _index(theta, theta["t"] - 1) * (1 - _ALIKE)


def _margin(theta: Theta) -> float:
    return 0.05 * _law(theta)


def _rounding(theta: Theta) -> float:
    # 400 kernel values of size 1 in float32, weighted to a sum of 1: below 64 * 2^-24 each way; the samplers' laws by
    # 2^-20 per generation.
    return 1e-4 * (0.25 + 0.75 * theta["t"] / _HORIZON)


def _hundredth(theta: Theta) -> float:
    return 0.01


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="fixation-law-mmd",
        item="Thm 5",
        reading="R2",
        statement="For every kernel E MMD^2(Q_t, P) = f_t (E k(x, x) - E k(x, x')): a normal P, k(x, y) = exp(-(x - "
        "y)^2/2), margin 5 %.",
        source="M3 (fixation law)",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 20, 5), "alpha": (0.0, 0.2), "t": (3, 12, 1)},
        along={"t": (1, 2, 3, 4, 6, 8, 10, 12)},
        sample=_discrepancies,
        bound=_law,
        tail=Tail(
            lower=0.0, upper=1 + _ALIKE, reason="0 < k <= 1, so MMD^2 <= E k(X, X') + E k(Y, Y') <= 1 + 1/sqrt 3"
        ),
        slack=_rounding,
        delta=_margin,
        mutants={
            "E k(x, x') left out": Variant(
                bound=_law_of_identical_pairs, domain={"N": (10,), "alpha": (0.0,), "t": (3,)}
            ),
            "f_{t-1} for f_t": Variant(
                bound=_law_one_generation_early, domain={"N": (10,), "alpha": (0.0,), "t": (3,)}
            ),
        },
        controls={
            "more than .01 is left although a fifth of the draws is real": Variant(
                bound=_hundredth,
                relation=">=",
                delta=0.005,
                domain={"N": (10,), "alpha": (0.2,), "t": (12,)},
                must="SUPPORTED",
            )
        },
        assumptions=("Q_0 = P", "the model is the empirical measure of its draws"),
        note="f_t is the fixation index; the kernel density of bandwidth 0 is the empirical measure",
        proved="a variance, coordinate by coordinate, beside the claim; every kernel, N and schedule",
    ),
)
