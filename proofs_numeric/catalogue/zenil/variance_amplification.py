"""Theorem 4 in loops that fit what they sample.

The squared error of the mean is bounded by the variance of the target (tabular, Gaussian maximum likelihood),
vanishes with growing samples, and grows without bound only with the unbiased variance, then faster than the theorem
says. Spread lost inside models and spread gained between them add up to a constant.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions, tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 4, Eq. (13)"
MILLION = 1_000_000


# thm4-tabular-diverges ------------------------------------------------------------------------------------------------
# E (mu_t - mu_P)^2 = f_t Var_P, and f_t <= 1 because it is a probability (two draws descend from one real draw).

_TABULAR_TARGET = 0.3
"""P of the type whose indicator is phi; the ratio does not depend on it."""


def _one(theta: Theta) -> float:
    return 1.0


def _tabular_ratios(theta: Theta) -> Float[np.ndarray, " generations"]:
    p = _TABULAR_TARGET
    laws = recursions.count_laws(theta["N"], p, p, theta["alpha_t"], theta["T"])
    squared = (np.arange(theta["N"] + 1) / theta["N"] - p) ** 2
    return laws @ squared / (p * (1 - p))


def _largest_tabular_ratio(theta: Theta) -> float:
    return float(_tabular_ratios(theta).max())


def _largest_index(theta: Theta) -> float:
    row = named_schedules.shares(theta["alpha_t"], theta["T"])
    return float(zd.oracles.fixation_index(np.full(theta["T"], theta["N"]), row).max())


def _tabular_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    p = _TABULAR_TARGET
    shares = named_schedules.shares(theta["alpha_t"], tabular_loop.HORIZON)
    mass = tabular_loop.paths(tabular_loop.loop((p, 1 - p), theta["N"], shares), key, num_replicates)["first_mass"]
    worst = 1 + int(_tabular_ratios(theta).argmax())
    return (mass[:, worst].astype(np.float64) - p) ** 2 / (p * (1 - p))


def _gaussian_mean_squares(
    num_samples: int, shares: Sequence[Any], unbiased: bool, exact: bool = False
) -> list[tuple[Any, Any]]:
    """(E mu_t^2, E sigma_t^2) at t = 0 .. T for the target N(0, 1) and Q_0 = P."""
    size: Any = Fraction(num_samples) if exact else float(num_samples)
    pair: tuple[Any, Any] = (Fraction(0), Fraction(1)) if exact else (0.0, 1.0)
    path = [pair]
    for share in shares:
        pair = recursions.gaussian_step(*pair, size, share, size - 1 if unbiased else size)
        path.append(pair)
    return path


def _largest_unbiased_square(theta: Theta) -> float:
    row = named_schedules.shares("0", theta["T"]).tolist()
    return max(square for square, _ in _gaussian_mean_squares(theta["N"], row, unbiased=True))


# thm4-gaussian-mle-bounded --------------------------------------------------------------------------------------------
# Proof. E sigma_{t+1}^2 = (1 - 1/N) E sigma_t^2 and E mu_{t+1}^2 = E mu_t^2 + E sigma_t^2 / N: the sum is constant.

_GAUSSIAN_HORIZON = 50


def _squared_mean(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    run = zd.simulate(
        zd.System(target=zd.Gaussian(), num_samples=theta["N"]),
        num_generations=_GAUSSIAN_HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=("mean",),
        keep="replicates",
    )
    return run.replicates["mean"][:, theta["t"]].astype(np.float64) ** 2


def _mle_drift(theta: Theta) -> float:
    return 1 - (1 - 1 / theta["N"]) ** theta["t"]


def _fourth_moment(num_samples: int, generation: int) -> float:
    """E mu_t^4 of the maximum-likelihood loop.

    Given (mu, sigma), the mean of N draws is mu + sigma Z / sqrt N, independent of the fitted variance
    sigma^2 chi2_{N-1} / N.
    """
    size = float(num_samples)
    fourth, mixed, square = 0.0, 0.0, 1.0  # E mu^4, E mu^2 sigma^2, E sigma^4
    for _ in range(generation):
        fourth, mixed, square = (
            fourth + 6 * mixed / size + 3 * square / size**2,
            (1 - 1 / size) * (mixed + square / size),
            (size**2 - 1) / size**2 * square,
        )
    return fourth


def _squared_mean_tail(theta: Theta) -> Tail:
    variance = _fourth_moment(theta["N"], theta["t"]) - _mle_drift(theta) ** 2
    return Tail(
        lower=0.0, variance=variance, reason="E mu^4 from the closed recursion of (mu^4, mu^2 sigma^2, sigma^4)"
    )


def _random_walk_drift(theta: Theta) -> float:
    return theta["t"] / theta["N"]


def _drift_with_one_sample_less(theta: Theta) -> float:
    return 1 - (1 - 1 / (theta["N"] - 1)) ** theta["t"]


# thm4-gaussian-unbiased -----------------------------------------------------------------------------------------------
# Proof. E sigma_t^2 = 1 for ever, and each step adds sigma_t^2 / N to the mean square.


def _unbiased_square(theta: Theta) -> Fraction:
    zeros = [Fraction(0)] * theta["t"]
    return _gaussian_mean_squares(theta["N"], zeros, unbiased=True, exact=True)[-1][0]


def _linear_drift(theta: Theta) -> Fraction:
    return Fraction(theta["t"], theta["N"])


def _saturating_drift(theta: Theta) -> Fraction:
    return 1 - (1 - Fraction(1, theta["N"])) ** theta["t"]


def _linear_drift_with_one_sample_less(theta: Theta) -> Fraction:
    return Fraction(theta["t"], theta["N"] - 1)


def _unbiased_square_with_share(theta: Theta) -> float:
    row = named_schedules.shares(theta["alpha_t"], theta["t"]).tolist()
    return _gaussian_mean_squares(theta["N"], row, unbiased=True)[-1][0]


def _generation(theta: Theta) -> float:
    return float(theta["t"])


# thm4-growing-sample --------------------------------------------------------------------------------------------------
# Proof. With A = 1 - (1 - alpha)^2, f' <= (1 - A) f + A r, r = 1/(N A) = 1/(N alpha (2 - alpha)): a convex
# combination. Hence for every t0 f_T <= prod_{t0 <= s < T} (1 - alpha_s)^2 + max_{t0 <= s < T} r_s, and both vanish
# if sum alpha = inf and N alpha -> inf.


def _error(theta: Theta) -> float:
    share, size = theta["schedule"]
    return recursions.pair_probability_at(share, size, theta["T"])


def _error_bound(theta: Theta) -> float:
    share, size = theta["schedule"]
    row = named_schedules.shares(share, theta["T"])[theta["t0"] :]
    samples = named_schedules.sizes(size, theta["T"])[theta["t0"] :]
    kept = float(np.exp(2 * np.log1p(-row).sum()))
    return kept + float((1 / (samples * row * (2 - row))).max())


def _error_at_fixed_size(theta: Theta) -> float:
    return recursions.pair_probability_at(theta["schedule"][0], "50", theta["T"])


def _error_at_slow_size(theta: Theta) -> float:
    return recursions.pair_probability_at(theta["schedule"][0], "(t+1)^1/4+5", theta["T"])


# thm4-conservation ----------------------------------------------------------------------------------------------------
# Proof. E phi^2 under the averaged law E Q_t = P never changes: E Var_{Q_t} phi + Var(Q_t phi) = E Q_t phi^2 - (P
# phi)^2 = Var_P phi. The maximum-likelihood Gaussian matches the second moment of its sample, the unbiased one
# inflates it by N/(N-1).

_SHARE_ROWS = {
    "closed": (0, 0, 0, 0),
    "constant 1/3": (Fraction(1, 3),) * 4,
    "1/10, 1/3, 0, 3/7": (Fraction(1, 10), Fraction(1, 3), 0, Fraction(3, 7)),
}
_PHI = (Fraction(0), Fraction(1), Fraction(3))
_THIRDS = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))


def _mean_of(probs: Sequence[Fraction]) -> Fraction:
    return sum((q * x for q, x in zip(probs, _PHI, strict=True)), Fraction(0))


def _spread_of(probs: Sequence[Fraction]) -> Fraction:
    return sum((q * x * x for q, x in zip(probs, _PHI, strict=True)), Fraction(0)) - _mean_of(probs) ** 2


def _tabular_total(theta: Theta, initial: Sequence[Fraction] | None = None) -> Fraction:
    shares = _SHARE_ROWS[theta["alpha_t"]][: theta["t"]]
    laws = zd.oracles.enumerate_laws(_THIRDS, [theta["N"]] * theta["t"], shares, initial=initial)
    between = laws[-1].expectation(lambda q: (_mean_of(q) - _mean_of(_THIRDS)) ** 2)
    return (laws[-1].expectation(_spread_of) + between) / _spread_of(_THIRDS)


def _gaussian_total(theta: Theta, unbiased: bool) -> Fraction:
    shares = [Fraction(share) for share in _SHARE_ROWS[theta["alpha_t"]][: theta["t"]]]
    square, variance = _gaussian_mean_squares(theta["N"], shares, unbiased, exact=True)[-1]
    return square + variance


def _total_spread(theta: Theta) -> Fraction:
    return _tabular_total(theta) if theta["family"] == "categorical" else _gaussian_total(theta, unbiased=False)


def _total_spread_unbiased(theta: Theta) -> Fraction:
    return _gaussian_total(theta, unbiased=True)


def _total_spread_from_elsewhere(theta: Theta) -> Fraction:
    return _tabular_total(theta, initial=(Fraction(1), Fraction(0), Fraction(0)))


def _exactly_one(theta: Theta) -> Fraction:
    return Fraction(1)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm4-growing-sample",
        item="Thm 4",
        reading="R3",
        statement="If sum alpha_t = infinity and N_t alpha_t -> infinity the error tends to 0, alpha_t -> 0 or not: "
        "for every t0, "
        "f_T <= prod_{s >= t0} (1-alpha_s)^2 + max_{s >= t0} 1/(N_s alpha_s (2 - alpha_s)).",
        source=f"{SOURCE}; M3, M4",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "T": (MILLION,),
            "schedule": (("(t+1)^-1/2", "t+5"), ("(t+1)^-1/3", "(t+4)^1/2"), ("1/(t+2)", "(t+5)^2")),
            "t0": (500_000, 1000),
        },
        value=_error,
        bound=_error_bound,
        delta=1e-6,
        mutants={
            "N = 50 fixed": Variant(value=_error_at_fixed_size),
            "N_t = (t+1)^1/4 + 5": Variant(value=_error_at_slow_size),
        },
        assumptions=("Q_0 = P", "each draw real with probability alpha_t"),
        note="surrogate: an explicit bound that tends to 0; alpha_t = (t+1)^-1/2, N_t = t+5 gives f = .000500 at T = "
        "1e6",
        proved="convex combination beside the claim, every schedule",
    ),
    Claim(
        id="thm4-gaussian-mle-bounded",
        item="Thm 4",
        reading="R4",
        statement="Gaussian maximum likelihood, alpha = 0: Var mu_t = s0^2 (1 - (1-1/N)^t), hence at most s0^2 for "
        "ever.",
        source=f"{SOURCE}; M6",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 5, 20), "t": (10, 3, 50)},
        along={"t": (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50)},
        sample=_squared_mean,
        bound=_mle_drift,
        tail=_squared_mean_tail,
        slack=1e-4,
        delta=0.1,
        mutants={
            "random walk t/N": Variant(bound=_random_walk_drift, domain={"N": (10,), "t": (50,)}),
            "N - 1 for N": Variant(bound=_drift_with_one_sample_less, domain={"N": (3,), "t": (2,)}),
        },
        assumptions=("alpha = 0", "Q_0 = P = N(0, 1)", "the fitted variance divides by N"),
        note="horizon t <= 50; for alpha_t > 0 the same value is f_t s0^2 <= s0^2, see thm4-conservation",
        proved="conservation of E sigma^2 + E mu^2, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="thm4-gaussian-unbiased",
        item="Thm 4",
        reading="R4",
        statement="Gaussian with the unbiased variance, alpha = 0: Var mu_t = t s0^2 / N exactly, without bound.",
        source=f"{SOURCE}; M6",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (2, 3, 10, 50), "t": (1, 2, 10, 100, 1000)},
        along={"t": (1, 3, 10, 30, 100, 300, 1000)},
        value=_unbiased_square,
        bound=_linear_drift,
        delta=0,
        mutants={
            "1 - (1-1/N)^t": Variant(bound=_saturating_drift),
            "t/(N-1)": Variant(bound=_linear_drift_with_one_sample_less),
        },
        assumptions=("alpha = 0", "Q_0 = P", "the fitted variance divides by N - 1"),
        note="rational recursion of the second moments; simulation is hopeless beyond t = 20, rare paths carry the "
        "moment",
        proved="one line beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="thm4-conservation",
        item="Thm 4",
        reading="R2",
        statement="E within-model variance + variance between models = Var_P(phi), for every t and every schedule: "
        "what entropy "
        "decay takes from the models, variance amplification puts between them (R2 and R4 maximum likelihood).",
        source="M3",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "family": ("categorical", "gaussian"),
            "t": (1, 2, 3),
            "N": (2, 3, 4),
            "alpha_t": tuple(_SHARE_ROWS),
        },
        value=_total_spread,
        bound=_exactly_one,
        delta=0,
        mutants={
            "unbiased Gaussian variance": Variant(
                value=_total_spread_unbiased,
                domain={"family": ("gaussian",), "t": (1, 2), "N": (2, 3), "alpha_t": ("closed",)},
            ),
            "Q_0 other than P": Variant(
                value=_total_spread_from_elsewhere,
                domain={"family": ("categorical",), "t": (1, 2), "N": (2,), "alpha_t": ("closed", "constant 1/3")},
            ),
        },
        assumptions=("Q_0 = P", "maximum likelihood"),
        note="three atoms, phi = (0, 1, 3), all samples enumerated; Gaussian by its rational second-moment recursion",
        proved="the averaged law E Q_t stays P, beside the claim",
    ),
    Claim(
        id="thm4-gaussian-unbiased-linear",
        item="Thm 4",
        reading="R4",
        statement="Gaussian with the unbiased variance, alpha_t -> 0 with sum alpha_t = infinity: E mu_t^2 <= s0^2 t.",
        source=f"{SOURCE}, 'variance grows linearly'",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"t": (10, 1000, 10_000), "N": (10,), "alpha_t": ("1/(t+1)",)},
        along={"t": (10, 30, 100, 300, 1000, 3000, 10_000)},
        value=_unbiased_square_with_share,
        bound=_generation,
        delta=1e-9,
        controls={
            "alpha = 0": Variant(domain={"t": (10, 1000, 10_000), "N": (10,), "alpha_t": ("0",)}, must="SUPPORTED")
        },
        assumptions=("Q_0 = P", "the fitted variance divides by N - 1"),
        note="surrogate at t <= 1e4; real draws add to the fitted variance faster than they pull the mean back",
        corrected_by=("thm4-gaussian-unbiased", "thm5-converse-gaussian-unbiased"),
    ),
    Claim(
        id="thm4-tabular-diverges",
        item="Thm 4",
        reading="R2",
        statement="As alpha_t -> 0 the squared error of a tabular mean exceeds Var_P(phi) at some t (Q_0 = P).",
        source=f"{SOURCE}, 'squared error diverges'",
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">",
        domain={"T": (tabular_loop.HORIZON,), "N": (2, 10), "alpha_t": ("0", "1/(t+1)", "(t+1)^-1/2")},
        along={"T": (1, 2, 3, 5, 10, 20, 40, 80)},
        value=_largest_tabular_ratio,
        bound=_one,
        delta=1e-9,
        confirm=_largest_index,
        simulate=_tabular_draws,
        simulate_tail=Tail(
            lower=0.0, upper=(1 - _TABULAR_TARGET) / _TABULAR_TARGET, reason="0 <= (q-p)^2 <= (1-p)^2, p = .3"
        ),
        controls={
            "unbiased Gaussian": Variant(
                value=_largest_unbiased_square,
                domain={"T": (tabular_loop.HORIZON,), "N": (2, 10), "alpha_t": ("0",)},
                must="SUPPORTED",
            )
        },
        assumptions=("Q_0 = P", "phi the indicator of a type of probability .3"),
        note="horizon T = 80; the ratio is f_t <= 1 at every t, see thm4-conservation",
        corrected_by=("thm4-conservation", "fixation-law-scheme-a"),
        decided_at="smoke",
    ),
)
