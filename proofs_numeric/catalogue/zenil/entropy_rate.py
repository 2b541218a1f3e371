"""Theorem 2, the rate: is there a loss Delta(N) > 0 per generation, and if not, what holds instead.

False for categorical models: a loss that is the same for every model. True: the multiplicative form with c_N, hence a
bound from log N for every P; and the loss (K-1)/(2N) where all types are common. Gaussian fits have an exact constant:
`gaussian_entropy`.
"""

import functools
from fractions import Fraction

import numpy as np
from flint import arb
from jaxtyping import Float

from proofs_numeric.catalogue.zenil import coin_enclosure
from proofs_numeric.catalogue.zenil.entropies import (
    contraction_rate,
    count_law,
    expected_entropies,
    expected_loss,
    positive_laws,
)
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.intervals import Interval, at_working_precision, ball
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"
M2 = f"master result M2, the corrected form of {SOURCE}"
FAIR = np.array([0.5])


# thm2-uniform-delta-tabular -------------------------------------------------------------------------------------------
# E KL(n/N || q) <= h(q) -> 0 as q -> 0, so no constant survives; the coins 10^-1 .. 10^-18 defeat all candidates.

_RARE_COINS = 10.0 ** -np.arange(1, 19)
_SMALLEST_DELTA_HALVINGS = 30


@at_working_precision
def _least_loss(num_samples: int) -> arb:
    losses = coin_enclosure.lost_share(num_samples, _RARE_COINS) * coin_enclosure.interval_entropy(_RARE_COINS)
    return functools.reduce(arb.min, losses)


def _best_ratio(theta: Theta) -> arb:
    """Largest over k of (least loss over the coins) / Delta_k, Delta_k = 2^-k/(100 N)."""
    smallest = Fraction(1, 100 * theta["N"] * 2**_SMALLEST_DELTA_HALVINGS)
    return _least_loss(theta["N"]) / ball(smallest)


def _one(theta: Theta) -> float:
    return 1.0


def _least_share(theta: Theta) -> arb:
    return functools.reduce(arb.min, coin_enclosure.lost_share(theta["N"], np.append(_RARE_COINS, 0.5)))


# thm2-multiplicative-cn -----------------------------------------------------------------------------------------------
# Proof that two types suffice. By the chain rule along a binary tree over the types, H(Q) is the sum over nodes A of
# Q(A) h(q_A), q_A the share of the left branch. Given the count N_A of a node, its left count is Bin(N_A, q_A), so the
# expected loss is sum_A E[(N_A/N) D_{N_A}(q_A)], D_n(q) = E KL(Bin(n, q)/n || q). D_n does not increase with n, because
# the empirical measure of n + 1 draws is the average of those of n of them and KL is convex. Hence D_{N_A} >= D_N >=
# c_N h(q_A) where N_A >= 1, and E N_A/N = Q(A): the loss is at least c_N H(Q) with c_N = inf_q D_N(q)/h(q).


def _kept_share(theta: Theta) -> Interval | np.ndarray:
    if theta["K"] == 2:
        lost = coin_enclosure.least_lost_share(theta["N"])
        return Interval(1 - lost.upper, 1 - lost.lower)
    laws = positive_laws(theta["K"], _RESOLUTION)[:-2]
    return coin_enclosure.kept_share(theta["N"], np.round(laws * _RESOLUTION).astype(np.int64))


_RESOLUTION = 12


def _kept_bound(theta: Theta) -> np.ndarray:
    return 1 - coin_enclosure.lost_share(theta["N"], FAIR)


def _kept_bound_tighter(theta: Theta) -> np.ndarray:
    return 1 - coin_enclosure.lost_share(theta["N"], FAIR) * ball(1.02)


def _kept_bound_from_size(theta: Theta) -> arb:
    return ball(1 - Fraction(1, theta["N"]))


# thm2-cn-argmin-half --------------------------------------------------------------------------------------------------


def _least_lost_share(theta: Theta) -> Interval:
    return coin_enclosure.least_lost_share(theta["N"])


def _lost_share_of_fair_coin(theta: Theta) -> np.ndarray:
    return coin_enclosure.lost_share(theta["N"], FAIR)


def _lost_share_beside(theta: Theta) -> np.ndarray:
    return coin_enclosure.lost_share(theta["N"], np.array([0.45]))


def _lost_share_enlarged(theta: Theta) -> np.ndarray:
    return coin_enclosure.lost_share(theta["N"], FAIR) * ball(1.001)


# thm2-log-n-bound -----------------------------------------------------------------------------------------------------
# Proof. Q_1 has at most N types, so H(Q_1) <= log N whatever P is; iterate the multiplicative line. For a P without
# atoms Q_1 is uniform on N types: a chain that starts from N distinct items.

_GENERATIONS = 60


def _entropy_path(theta: Theta) -> Float[np.ndarray, " generations"]:
    size, zipf = theta["N"], 1 / np.arange(1, 21)
    law = {
        "continuous": size * np.eye(size + 1)[1],
        "one coin": count_law(size, np.array([0.5, 0.5])),
        "zipf, 20 types": count_law(size, zipf / zipf.sum()),
    }[theta["P"]]
    return expected_entropies(size, law, _GENERATIONS)


def _log_bound(theta: Theta) -> Float[np.ndarray, " generations"]:
    return np.log(theta["N"]) * (1 - contraction_rate(theta["N"])) ** np.arange(_GENERATIONS)


def _log_bound_one_earlier(theta: Theta) -> Float[np.ndarray, " generations"]:
    return _log_bound(theta) * (1 - contraction_rate(theta["N"]))


def _log_bound_half(theta: Theta) -> Float[np.ndarray, " generations"]:
    return np.log(theta["N"] / 2) * (1 - contraction_rate(theta["N"])) ** np.arange(_GENERATIONS)


# thm2-uniform-delta-miller-madow --------------------------------------------------------------------------------------


def _relative_loss(theta: Theta) -> float:
    law = np.array([[float(p) for p in theta["Q"]]])
    size = int(theta["Np_min"] / min(theta["Q"]))
    return float(expected_loss(size, law)[0]) * 2 * size / (len(theta["Q"]) - 1)


def _whole_size(theta: Theta) -> bool:
    return (theta["Np_min"] / min(theta["Q"])).denominator == 1


def _relative_with_all_types(theta: Theta) -> float:
    return len(theta["Q"]) / (len(theta["Q"]) - 1)


def _relative_with_one_draw_less(theta: Theta) -> float:
    size = theta["Np_min"] / min(theta["Q"])
    return float(size / (size - 1))


def _skewed(num_types: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(2 * i, num_types * (num_types + 1)) for i in range(1, num_types + 1))


def _uniform(num_types: int) -> tuple[Fraction, ...]:
    return (Fraction(1, num_types),) * num_types


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-multiplicative-cn",
        item="Thm 2",
        reading="R2",
        statement="E H(Q') <= (1 - c_N) H(Q) for N draws from Q, with c_N = E KL(Bin(N, 1/2)/N || 1/2)/log 2: for "
        "every coin, and for all laws on 3 to 6 types with entries in twelfths.",
        source=M2,
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"K": (2, 3, 4, 5, 6), "N": tuple(range(2, 61))},
        value=_kept_share,
        bound=_kept_bound,
        delta=1e-12,
        mutants={"1.02 c_N": Variant(bound=_kept_bound_tighter), "1/N for c_N": Variant(bound=_kept_bound_from_size)},
        assumptions=("for two types the whole continuum 0 < q <= 1/2 is covered by cells",),
        proved="binary tree, and E KL of n draws does not increase with n; for the constant inf_q, which "
        "thm2-cn-argmin-half locates",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-cn-argmin-half",
        item="M2",
        reading="R2",
        statement="The share of entropy that a coin loses in one generation is least for the fair coin, for each N "
        "from 2 to 200.",
        source=M2,
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"N": tuple(range(2, 201))},
        value=_least_lost_share,
        bound=_lost_share_of_fair_coin,
        delta=1e-10,
        mutants={"argmin at .45": Variant(bound=_lost_share_beside), "1.001 c_N": Variant(bound=_lost_share_enlarged)},
        note="at N = 1 every coin loses everything, c_1 = 1",
    ),
    Claim(
        id="thm2-cn-argmin-half-all-n",
        item="M2",
        reading="R2",
        statement="The same for every N >= 2, and N c_N -> 1/(2 log 2).",
        source=M2,
        route=Route.INT,
        expected=Status.NOT_TESTABLE,
        reason="Open: no proof is known for all N, and no run covers them. N = 1000 gives N c_N = .7217 against "
        ".72135.",
    ),
    Claim(
        id="thm2-log-n-bound",
        item="Thm 2",
        reading="R2",
        statement="E H(Q_t) <= (1 - c_N)^(t-1) log N for 1 <= t <= 60 and every P, continuous ones included.",
        source=M2,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"P": ("continuous", "one coin", "zipf, 20 types"), "N": (2, 3, 5, 10, 20, 50)},
        value=_entropy_path,
        bound=_log_bound,
        delta=1e-10,
        mutants={"exponent t": Variant(bound=_log_bound_one_earlier), "log(N/2)": Variant(bound=_log_bound_half)},
        proved="H(Q_1) <= log N and the multiplicative line",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-uniform-delta-miller-madow",
        item="Thm 2",
        reading="R2",
        statement="Where N times the rarest probability is at least 100, one generation loses (K-1)/(2N) within 1 %.",
        source=f"{SOURCE}, with Delta = (K-1)/(2N); Miller (1955)",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "Q": (
                *(_uniform(k) for k in range(2, 7)),
                *(_skewed(k) for k in range(2, 7)),
                (Fraction(1, 20), Fraction(19, 20)),
            ),
            "Np_min": (100, 200, 1000),
        },
        where=_whole_size,
        value=_relative_loss,
        bound=_one,
        delta=0.01,
        mutants={
            "K for K-1": Variant(bound=_relative_with_all_types),
            "N-1 for N": Variant(bound=_relative_with_one_draw_less, domain={"Q": (_uniform(2),), "Np_min": (10,)}),
        },
        decided_at="smoke",
    ),
    Claim(
        id="thm2-uniform-delta-tabular",
        item="Thm 2",
        reading="R2",
        statement="One of the constants 2^-k/(100 N), k <= 30, is a loss that every model suffers: "
        "H(Q) - E H(Q') >= Delta(N) for all Q off point masses.",
        source=SOURCE,
        route=Route.INT,
        expected=Status.REFUTED,
        relation=">=",
        domain={"N": (10, 2, 50)},
        value=_best_ratio,
        bound=_one,
        delta=1e-12,
        controls={"c_N h(q) for Delta": Variant(value=_least_share, bound=_lost_share_of_fair_coin, must="SUPPORTED")},
        note="statistic: least loss over the coins 10^-1 .. 10^-18 in units of Delta, best k. Already q = 1e-4 loses "
        ".000696 at N = 10, less than 1e-2/N",
        corrected_by=("thm2-multiplicative-cn",),
        decided_at="smoke",
    ),
)
