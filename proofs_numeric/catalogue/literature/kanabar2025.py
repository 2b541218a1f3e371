"""Kanabar and Gastpar 2025: estimating a distribution when real and synthetic samples come undifferentiated.

Stage 0 has n real draws; every later one n draws, each real with probability alpha_t and otherwise of the last
estimate. The estimator here, which knows alpha_t, subtracts its own past and weighs stages by n alpha_t^2. True: its
squared error is at most diversity(P)/sum n alpha_t^2, an effective sample size, and tends to that. False: that fitting
the pool as it is comes within a constant factor of it.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="kanabar2025",
    title="Model non-collapse: Minimax bounds for recursive discrete distribution estimation",
    authors=("Kanabar, Millen", "Gastpar, Michael"),
    year=2025,
    arxiv="2501.19273",
)
_ABSTRACT = "from the abstract"
Number = Any


# kanabar-effective-size, kanabar-effective-size-long, kanabar-effective-size-draws ------------------------------------
# Proof. X_t = (frequencies - (1 - alpha_t) estimate_t)/alpha_t is unbiased for P given the past, with squared error (1
# - |pi_t|^2)/(n alpha_t^2), pi_t = alpha_t P + (1 - alpha_t) estimate_t. Errors are martingale differences: weighted by
# w_t = n alpha_t^2, the mean has squared error sum w_t E(1 - |pi_t|^2)/W^2, W = sum w_t. With estimates unbiased, E(1 -
# |pi_t|^2) = (1 - (1 - alpha_t)^2 r_t) diversity(P) <= diversity(P), r_t the error over diversity(P). Written out,
# estimate' = (1 - g) estimate + g frequencies, g = n alpha_t/W: it stays a probability, as W >= n.


def _gains(size: Number, shares: list[Number]) -> list[Number]:
    """Shares g_t = n alpha_t/W_t of the new frequencies, after a stage 0 of n real draws."""
    gains, weight = [], size
    for share in shares:
        weight += size * share**2
        gains.append(size * share / weight)
    return gains


def _enumerated_error(theta: Theta) -> Fraction:
    """E |estimate - P|^2/diversity(P) of two types over every sample."""
    size, target, share = theta["n"], theta["P"], theta["alpha"]

    def drawn(probability: Fraction) -> list[tuple[Fraction, Fraction]]:
        law = zd.oracles.multinomial_law((probability, 1 - probability), size)
        return [(Fraction(counts[0], size), weight) for counts, weight in law.items() if weight]

    law = dict(drawn(target))
    for gain in _gains(size, [share] * theta["T"]):
        following: dict[Fraction, Fraction] = {}
        for estimate, mass in law.items():
            for frequency, weight in drawn(share * target + (1 - share) * estimate):
                after = (1 - gain) * estimate + gain * frequency
                following[after] = following.get(after, Fraction(0)) + mass * weight
        law = following
    return sum((mass * (q - target) ** 2 for q, mass in law.items()), Fraction(0)) / (target * (1 - target))


def _over_squares(theta: Theta) -> Number:
    """1/sum n alpha_t^2, stage 0 included."""
    return 1 / (theta["n"] * (1 + theta["T"] * theta["alpha"] ** 2))


def _over_shares(theta: Theta) -> Number:
    """1/sum n alpha_t, as if it were known which draws are real."""
    return 1 / (theta["n"] * (1 + theta["T"] * theta["alpha"]))


def _over_twice_squares(theta: Theta) -> Number:
    return 1 / (theta["n"] * (1 + 2 * theta["T"] * theta["alpha"] ** 2))


def _error_times_size(theta: Theta) -> float:
    """Error over diversity(P), times sum n alpha_t^2, by the second moments of estimate and frequencies."""
    size, shares = theta["n"], named_schedules.shares(theta["alpha_t"], theta["T"]).tolist()
    error = 1 / size
    for share, gain in zip(shares, _gains(size, shares), strict=True):
        shared = (1 - share) * error
        frequency = 1 / size + (1 - 1 / size) * (1 - share) ** 2 * error
        error = (1 - gain) ** 2 * error + 2 * gain * (1 - gain) * shared + gain**2 * frequency
    return error * size * (1 + float(np.sum(np.square(shares))))


def _one(theta: Theta) -> float:
    return 1.0


def _half(theta: Theta) -> float:
    return 0.5


def _real_draws_over_size(theta: Theta) -> float:
    """What the error times sum n alpha_t^2 would be with the error 1/sum n alpha_t."""
    shares = named_schedules.shares(theta["alpha_t"], theta["T"])
    return (1 + float(np.sum(np.square(shares)))) / (1 + float(np.sum(shares)))


def _estimate_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=tabular_loop.padded((0.5, 0.5)),
        num_samples=theta["n"],
        exogenous_fraction=theta["alpha"],
        initial=zd.estimate(num_samples=theta["n"]),
        update=zd.Debiased(),
    )
    paths = tabular_loop.paths(system, key, num_replicates)
    return 2.0 * paths["squared_distance"][:, theta["T"]].astype(np.float64)


# kanabar-pooled -------------------------------------------------------------------------------------------------------
# Proof. The pool of T + 1 stages has c' = (1 - alpha/(s + 1))^2 c + (1 - (1 - alpha)^2 c)/(n (s + 1)^2), whose first
# factor alone falls like s^(-2 alpha): for alpha < 1/2 slower than 1/(n alpha^2 s).


def _pooled_error(theta: Theta) -> float:
    error, size, share = 1 / theta["n"], theta["n"], theta["alpha"]
    for s in range(1, theta["T"] + 1):
        error = (1 - share / (s + 1)) ** 2 * error + (1 - (1 - share) ** 2 * error) / (size * (s + 1) ** 2)
    return error


def _pooled_error_by_oracle(theta: Theta) -> float:
    sizes = [theta["n"]] * theta["T"]
    return float(zd.oracles.fixation_index_accumulate(sizes, theta["alpha"], num_initial=theta["n"])[-1])


def _ten_over_squares(theta: Theta) -> float:
    return 10 * _over_squares(theta)


_LONG = ("0.1", "0.5", "0.02", "(t+1)^-1/4", "(t+1)^-1/2")

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="kanabar-effective-size",
        item="accumulation, upper bound",
        reading="R7",
        statement="Knowing alpha but not which draws are real, E |estimate - P|^2 <= diversity(P)/sum n alpha_t^2; two "
        "types, T <= 3 stages after the real one.",
        source="arXiv:2501.19273 (effective sample size); the estimator is ours",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "n": (2, 1, 3),
            "T": (2, 1, 3),
            "alpha": (Fraction(1, 2), Fraction(1, 10), Fraction(1)),
            "P": (Fraction(1, 2), Fraction(1, 5)),
        },
        value=_enumerated_error,
        bound=_over_squares,
        delta=0,
        mutants={
            "sum n alpha_t": Variant(bound=_over_shares),
            "twice the later stages": Variant(bound=_over_twice_squares),
        },
        assumptions=("each draw real with probability alpha", "all stages are kept"),
        note="every sample enumerated",
        proved="martingale differences, beside the claim, every alphabet, n, T and schedule",
        decided_at="smoke",
    ),
    Claim(
        id="kanabar-effective-size-long",
        item="accumulation, upper bound",
        reading="R7",
        statement="The same for schedules alpha_t, T <= 10^4: error times sum n alpha_t^2 is at most diversity(P).",
        source="arXiv:2501.19273 (effective sample size); the estimator is ours",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"alpha_t": _LONG, "n": (10, 1, 100), "T": (100, 1, 10_000)},
        value=_error_times_size,
        bound=_one,
        delta=1e-12,
        mutants={
            "half of it": Variant(bound=_half),
            "sum n alpha_t": Variant(bound=_real_draws_over_size),
        },
        assumptions=("each draw real with probability alpha_t", "all stages are kept"),
        note="and tends to it: the factor 1 - (1 - alpha_t)^2 r_t goes to 1 as the error goes to 0",
        proved="as kanabar-effective-size",
        decided_at="smoke",
    ),
    Claim(
        id="kanabar-effective-size-draws",
        item="accumulation, upper bound",
        reading="R7",
        statement="The same for simulated loops of two equal types, T <= 80.",
        source="arXiv:2501.19273 (effective sample size); the estimator is ours",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"n": (5, 10), "alpha": (0.3, 0.1, 0.5), "T": (80, 20)},
        sample=_estimate_draws,
        bound=_over_squares,
        tail=tabular_loop.COIN_TAIL,
        slack=1e-4,
        delta=0.01,
        mutants={"sum n alpha_t": Variant(bound=_over_shares, domain={"n": (5,), "alpha": (0.3,), "T": (20,)})},
        assumptions=("each draw real with probability alpha",),
        note="slack: 81 generations at 2^-20 in total variation each",
        proved="as kanabar-effective-size",
    ),
    Claim(
        id="kanabar-oracle-ratio",
        item="gap to the oracle",
        reading="R7",
        statement="The minimax loss without knowing which draws are real, over that with it, can grow without bound.",
        source="arXiv:2501.19273",
        second_hand=_ABSTRACT,
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="A minimax loss is an infimum over all estimators, which no run visits. For one estimator the two "
        "bounds differ by a factor 1/alpha at constant alpha: kanabar-effective-size and its mutant.",
    ),
    Claim(
        id="kanabar-pooled",
        item="accumulation, empirical estimate",
        reading="R7",
        statement="Fitting the pool as it is does as well up to a factor 10: E |Q_T - P|^2 <= 10 diversity(P)/sum n "
        "alpha_t^2 at T = 10^5.",
        source="arXiv:2501.19273, the optimal order read for the empirical estimate",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"n": (1, 10, 100), "alpha": (0.1, 0.02, 0.3), "T": (100_000,)},
        along={"T": (10, 100, 1000, 10_000, 100_000)},
        value=_pooled_error,
        bound=_ten_over_squares,
        delta=1e-12,
        confirm=_pooled_error_by_oracle,
        controls={
            "alpha >= .6": Variant(domain={"n": (1, 10), "alpha": (0.6, 1.0), "T": (100_000,)}, must="SUPPORTED")
        },
        assumptions=("each draw real with probability alpha", "stage 0 real"),
        note="falls like T^(-2 alpha) for alpha < 1/2, the effective sample size like 1/T",
        corrected_by=("kanabar-effective-size", "kanabar-effective-size-long"),
        decided_at="smoke",
    ),
)

KANABAR = Catalogue(
    name="kanabar2025",
    title="Kanabar and Gastpar 2025: recursive estimation of a distribution",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
