"""Dohmatob et al. 2024, A Tale of Tails: scaling laws when the generator has lost its tail.

True: scaling laws end at the mass of what the generator lacks, and generations shift them like a sample of N g_t draws.
False neighbour: that the old law survives a cut tail.
"""

import functools
import math

import numpy as np
from scipy.special import zeta

from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.paper import Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="dohmatob2024tails",
    title="A Tale of Tails: Model Collapse as a Change of Scaling Laws",
    authors=("Dohmatob, Elvis", "Feng, Yunzhen", "Yang, Pu", "Charton, Francois", "Kempe, Julia"),
    year=2024,
    arxiv="2402.07043",
)
SECOND_HAND = "from the abstract"


# dohmatob-tails-cut-law and dohmatob-tails-old-law --------------------------------------------------------------------
# A learner that knows what it has seen errs on the mass p_i = i^-b/zeta(b) of the types that T draws did not show. The
# generator lacks the types beyond k.
# Proof. Types beyond k are never seen: error >= tail(k) = sum_{i > k} p_i >= (k+1)^(1-b)/((b-1) zeta). Above the tail
# it is sum_{i <= k} p_i (1 - p_i/P_k)^T <= sum_i p_i e^(-T p_i), a sum of a function with one peak, 1/(e T), hence at
# most its integral C T^-c plus that peak, C = Gamma(1 - 1/b)/(b zeta^(1/b)), c = 1 - 1/b; and tail(k) is at most
# k^(1-b)/((b-1) zeta).


def _seen_error(theta: Theta) -> float:
    exponent, cut = theta["beta"], theta["k"]
    mass = np.arange(1, cut + 1, dtype=np.float64) ** -exponent / zeta(exponent)
    kept = mass / mass.sum()
    unseen = float(mass @ np.exp(theta["T"] * np.log1p(-kept))) if cut > 1 else 0.0
    return unseen + float(zeta(exponent, cut + 1) / zeta(exponent))


def _old_law(exponent: float, num_samples: float) -> float:
    constant = math.gamma(1 - 1 / exponent) / (exponent * zeta(exponent) ** (1 / exponent))
    return constant * num_samples ** (1 / exponent - 1)


def _tail_floor(theta: Theta) -> float:
    return (theta["k"] + 1) ** (1 - theta["beta"]) / ((theta["beta"] - 1) * zeta(theta["beta"]))


def _cut_law(theta: Theta) -> tuple[list[float], list[float]]:
    error, exponent = _seen_error(theta), theta["beta"]
    tail = theta["k"] ** (1 - exponent) / ((exponent - 1) * zeta(exponent))
    ceiling = _old_law(exponent, theta["T"]) + 1 / (math.e * theta["T"]) + tail
    return [_tail_floor(theta), error], [error, ceiling]


def _cut_law_without_tail(theta: Theta) -> tuple[list[float], list[float]]:
    lower, upper = _cut_law(theta)
    return lower, [upper[0], _old_law(theta["beta"], theta["T"]) + 1 / (math.e * theta["T"])]


def _cut_law_with_higher_floor(theta: Theta) -> tuple[list[float], list[float]]:
    lower, upper = _cut_law(theta)
    return [1.1 * lower[0], lower[1]], upper


def _twice_old_law(theta: Theta) -> float:
    return 2 * (_old_law(theta["beta"], theta["T"]) + 1 / (math.e * theta["T"]))


# dohmatob-tails-generations -------------------------------------------------------------------------------------------
# Rare types are lost as in a branching process with Poisson(1) copies: after t generations a type is missing with
# probability about e^(-N p g_t), g_1 = 1, g_{t+1} = 1 - e^(-g_t), as in one sample of N g_t draws. Missing mass is then
# C (N g_t)^-c, to a relative error of order t/N.

_NUM_TYPES = 2000
"""Types followed; rarer ones count as missing, and all but a few thousandths of their mass is."""
_LAST = 20


@functools.lru_cache(maxsize=8)
def _missing_masses(exponent: float, num_samples: int) -> tuple[float, ...]:
    """E missing mass of Q_1 .. Q_20: for each type the chance that its first count has died out by then."""
    mass = np.arange(1, _NUM_TYPES + 1, dtype=np.float64) ** -exponent / zeta(exponent)
    first = recursions.binomial_matrix(num_samples, mass)
    matrix = recursions.binomial_matrix(num_samples, np.arange(num_samples + 1) / num_samples)
    extinct = np.eye(num_samples + 1)[0]
    rest = float(zeta(exponent, _NUM_TYPES + 1) / zeta(exponent))
    path = []
    for _ in range(_LAST):
        path.append(float(mass @ (first @ extinct)) + rest)
        extinct = matrix @ extinct
    return tuple(path)


def _missing_after(theta: Theta) -> float:
    return _missing_masses(theta["beta"], theta["N"])[theta["t"] - 1]


def _iterate(generation: int) -> float:
    value = 1.0
    for _ in range(generation - 1):
        value = -math.expm1(-value)
    return value


def _shifted_law(theta: Theta) -> float:
    return _old_law(theta["beta"], theta["N"] * _iterate(theta["t"]))


def _law_without_shift(theta: Theta) -> float:
    return _old_law(theta["beta"], theta["N"])


def _law_of_all_generations(theta: Theta) -> float:
    return _old_law(theta["beta"], theta["N"] / theta["t"])


def _order_of_generations(theta: Theta) -> float:
    return (0.25 * theta["t"] / theta["N"] + 0.01) * _shifted_law(theta)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="dohmatob-tails-cut-law",
        item="Tale of Tails",
        reading="OWN",
        statement="A generator that lacks the types beyond k ends the scaling law: the error after T of its draws lies "
        "above the missing tail, and below C T^-c + 1/(eT) plus that tail, c = 1 - 1/beta; Zipf law of exponent beta.",
        source="arXiv:2402.07043, loss of scaling; the constants are derived here",
        second_hand=SECOND_HAND,
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"beta": (2.0, 1.5, 3.0), "k": (10, 100, 1000), "T": (1, 10, 1000, 100_000, 10_000_000)},
        evaluate=_cut_law,
        delta=1e-12,
        mutants={
            "without the tail": Variant(evaluate=_cut_law_without_tail),
            "a floor 10 % higher": Variant(evaluate=_cut_law_with_higher_floor),
        },
        assumptions=("the learner errs on what it has not seen",),
        proved="sum against integral, beside the claim; every T, k and beta > 1",
        decided_at="smoke",
    ),
    Claim(
        id="dohmatob-tails-generations",
        item="Tale of Tails",
        reading="R2",
        statement="Generations shift the scaling law: after t of them the missing mass of a Zipf law is that of one "
        "sample of N g_t, about 2N/t, draws, C (N g_t)^-c; to a relative error of .25 t/N + .01.",
        source="arXiv:2402.07043, shifted scaling with the number of generations; the shift from arXiv:2412.17646",
        second_hand=SECOND_HAND,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"beta": (2.0, 1.5), "N": (200, 400), "t": (1, 2, 5, 10, 20)},
        value=_missing_after,
        bound=_shifted_law,
        delta=_order_of_generations,
        mutants={
            "no shift": Variant(bound=_law_without_shift),
            "one sample of N/t": Variant(bound=_law_of_all_generations),
        },
        assumptions=("alpha = 0", "Q_0 = P", "t much smaller than N"),
        note="on the grid; exact if sample sizes are Poisson and sums are integrals",
        decided_at="smoke",
    ),
    Claim(
        id="dohmatob-tails-old-law",
        item="Tale of Tails",
        reading="OWN",
        statement="The scaling law survives a cut tail: with k = 100 or 1000 types left the error stays below twice "
        "the law of complete data, C T^-c + 1/(eT).",
        source="arXiv:2402.07043, loss of scaling, denied",
        second_hand=SECOND_HAND,
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"beta": (2.0, 1.5, 3.0), "k": (100, 1000), "T": (1, 10, 1000, 100_000, 10_000_000)},
        value=_seen_error,
        bound=_twice_old_law,
        delta=1e-12,
        confirm=_tail_floor,
        controls={
            "k = 1000, T <= 1000": Variant(
                domain={"beta": (2.0, 3.0), "k": (1000,), "T": (1, 10, 1000)}, must="SUPPORTED"
            )
        },
        assumptions=("the learner errs on what it has not seen",),
        corrected_by=("dohmatob-tails-cut-law",),
        decided_at="smoke",
    ),
)
