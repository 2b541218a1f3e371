"""Theorems 2 and 4 together: which loops lose their spread, which let their mean wander, and which do both.

True: a kernel density estimate keeps a spread of N h^2 for ever while its mean wanders, by h^2 per generation in the
end. False: that its second moment grows linearly at every vanishing share, and that every closed loop shows both
failures.
"""

import functools
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 4, Eq. (13)"
Pair = Float[np.ndarray, " two"]


# thm4-kde-drift -------------------------------------------------------------------------------------------------------
# Proof. Draws of the estimate have variance W + h^2, W that of its points: E W' = (1 - 1/N)(E W + h^2) with the fixed
# point (N - 1) h^2, and the mean square grows by E (W + h^2)/N, in the end by h^2.


def _late_spread_and_drift(theta: Theta) -> list[float]:
    """Variance of the points at T and the growth of the mean square in the last step."""
    steps = theta["T"]
    mean_square, variance = zd.oracles.kernel_density_moments([theta["N"]] * steps, 0.0, theta["h"])
    return [float(variance[-1]) - theta["h"] ** 2, float(mean_square[-1] - mean_square[-2])]


def _spread_and_drift_law(theta: Theta) -> list[float]:
    square = theta["h"] ** 2
    return [(theta["N"] - 1) * square, square]


def _spread_without_loss(theta: Theta) -> list[float]:
    square = theta["h"] ** 2
    return [theta["N"] * square, square]


def _drift_of_points(theta: Theta) -> list[float]:
    square = theta["h"] ** 2
    return [(theta["N"] - 1) * square, (theta["N"] - 1) * square / theta["N"]]


# thm4-kde-linear-share ------------------------------------------------------------------------------------------------
# Proof of the opposite. S = E (x - mu_P)^2 under the model obeys S' = (1 - alpha) S + alpha V + h^2, so S ~ V + h^2 /
# alpha_t where alpha_t falls slowly: S/t -> 0 whenever t alpha_t -> infinity.


def _second_moment_rate(theta: Theta) -> float:
    row = named_schedules.shares(theta["alpha_t"], theta["T"])
    return recursions.affine(row + theta["h"] ** 2, 1 - row, start=1.0) / theta["T"]


def _second_moment_rate_by_parts(theta: Theta) -> float:
    """Mean square plus variance, each by its own recursion, for N = 10; the sum does not depend on N."""
    row = named_schedules.shares(theta["alpha_t"], theta["T"])
    mean_square, variance = zd.oracles.kernel_density_moments(np.full(theta["T"], 10), row, theta["h"])
    return float(mean_square[-1] + variance[-1]) / theta["T"]


def _hundredth(theta: Theta) -> float:
    return 0.01


# thm4-both-modes ------------------------------------------------------------------------------------------------------
# Each loop gives (E standard deviation of the model, E (mu_t - mu_P)^2), in units of P's, or lower bounds of the first.


def _chain_of_two(theta: Theta, pseudocount: float) -> Pair:
    """Two types with equal probabilities, counts n, model (n + a)/(N + 2a)."""
    size = theta["N"]
    models = (np.arange(size + 1) + pseudocount) / (size + 2 * pseudocount)
    matrix = recursions.binomial_matrix(size, models)
    law = recursions.binomial_matrix(size, [0.5])[0] @ np.linalg.matrix_power(matrix, theta["T"] - 1)
    return np.array([2 * law @ np.sqrt(models * (1 - models)), 4 * law @ (models - 0.5) ** 2])


def _unbiased_gaussian(theta: Theta) -> Pair:
    # sigma'^2 = sigma^2 chi2_v / v: E sigma' / sigma = sqrt(2/v) Gamma((v+1)/2) / Gamma(v/2) < 1, E sigma'^2 = sigma^2.
    freedom = theta["N"] - 1
    factor = np.sqrt(2 / freedom) * np.exp(gammaln((freedom + 1) / 2) - gammaln(freedom / 2))
    return np.array([factor ** theta["T"], theta["T"] / theta["N"]])


def _fixed_variance(theta: Theta) -> Pair:
    return np.array([1.0, theta["T"] / theta["N"]])


def _kernel_density(theta: Theta, bandwidth: float = 0.3) -> Pair:
    # Every model is wider than its kernel.
    mean_square, _ = zd.oracles.kernel_density_moments([theta["N"]] * theta["T"], 0.0, bandwidth)
    return np.array([bandwidth, mean_square[-1]])


_LOOPS: dict[str, Any] = {
    "tabular": functools.partial(_chain_of_two, pseudocount=0.0),
    "add .1": functools.partial(_chain_of_two, pseudocount=0.1),
    "fixed variance": _fixed_variance,
    "kernel density, h = .3": _kernel_density,
    "unbiased gaussian": _unbiased_gaussian,
}


def modes(theta: Theta) -> Pair:
    """(E standard deviation or a lower bound of it, E (mu_T - mu_P)^2) of a closed loop, in units of the target.

    Args:
        theta: "loop", "N" and "T".

    Returns:
        Shape (2,).

    Source: count chain, moments of chi-square, `kernel_density_moments`.
    """
    return _LOOPS[theta["loop"]](theta)


def _both_modes(theta: Theta) -> tuple[list[float], list[float]]:
    deviation, mean_square = modes(theta)
    return [deviation, 5.0], [0.01, mean_square]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm4-kde-drift",
        item="Thm 4",
        reading="R6",
        statement="Without real data the points of a kernel density estimate settle at variance (N - 1) h^2 while the "
        "mean square of its mean grows by h^2 per generation, at t = 3000.",
        source=f"{SOURCE}, for a smoothed fit",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 2, 50), "h": (0.3, 0.1, 1.0), "T": (3000,)},
        along={"T": (1, 3, 10, 30, 100, 300, 1000, 3000)},
        value=_late_spread_and_drift,
        bound=_spread_and_drift_law,
        delta=1e-9,
        mutants={
            "N h^2 between the points": Variant(bound=_spread_without_loss),
            "drift W/N": Variant(bound=_drift_of_points),
        },
        assumptions=("alpha = 0", "Q_0 = P of variance 1", "bandwidth h constant, in units of the data"),
        note="the model's own variance is N h^2: points and kernel; N = 10, h = .3: .810 + .090",
        proved="affine recursion of the variance, beside the claim, every N and h",
        decided_at="smoke",
    ),
    Claim(
        id="thm4-both-modes",
        item="Thm 4",
        reading="R2",
        statement="Loss of spread and a wandering mean come together: after 400 generations every closed loop has lost "
        "99 % of its expected standard deviation, and E (mu_t - mu_P)^2 is at least 5 Var_P.",
        source="arXiv:2601.05280v2, Theorems 2 and 4 read as invariants of every loop",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (10,), "T": (400,), "loop": ("tabular", "add .1", "fixed variance", "kernel density, h = .3")},
        along={"T": (10, 50, 100, 200, 300, 400)},
        evaluate=_both_modes,
        delta=1e-9,
        controls={
            "the unbiased gaussian does both": Variant(
                domain={"N": (10,), "T": (400,), "loop": ("unbiased gaussian",)}, must="SUPPORTED"
            )
        },
        assumptions=("alpha = 0", "Q_0 = P", "two equal types, or variance 1"),
        note="entry 0: the deviation left; entry 1: the mean square. Tabular: loss alone; fixed variance and kernel "
        "density: a wandering mean alone; add .1: neither. The expected variance of the unbiased gaussian stays 1, "
        "its deviation and entropy do not.",
        corrected_by=("thm4-conservation", "thm4-kde-drift"),
        decided_at="smoke",
    ),
    Claim(
        id="thm4-kde-linear-share",
        item="Thm 4",
        reading="R6",
        statement="The second moment of a kernel density estimate grows linearly for every alpha_t -> 0: S_T/T >= .01 "
        "at h = .3, T = 1e5.",
        source=f"{SOURCE}, for a smoothed fit with a vanishing share",
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"T": (100_000,), "alpha_t": ("(t+1)^-1/2", "1/log(t+3)"), "h": (0.3,)},
        along={"T": (10, 100, 1000, 10_000, 100_000)},
        value=_second_moment_rate,
        bound=_hundredth,
        delta=1e-9,
        confirm=_second_moment_rate_by_parts,
        controls={
            "no real data": Variant(domain={"T": (100_000,), "alpha_t": ("0",), "h": (0.3,)}, must="SUPPORTED"),
        },
        assumptions=("Q_0 = P of variance 1", "bandwidth h constant"),
        note="S ~ V + h^2/alpha_t: .09 sqrt(T) for alpha_t = (t+1)^-1/2; without real data S/T -> h^2",
        corrected_by=("thm4-kde-drift",),
        decided_at="smoke",
    ),
)
