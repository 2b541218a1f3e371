"""Seddik et al. 2024: token frequencies retrained on synthetic data alone, or beside a fixed real sample.

True: the law of the sum of squares, total collapse without real data, and a floor for good beside r real samples: they
lose another s/(r^2 + (2r+1) s) < 1/(2r+1) to s synthetic ones. False neighbour: that enough synthetic data drown them.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions, tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import exact_chain
from proofs_numeric.expressions import Expression
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="seddik2024",
    title="How Bad is Training on Synthetic Data? A Statistical Analysis of Language Model Collapse",
    authors=(
        "Seddik, Mohamed El Amine",
        "Chen, Suei-Wen",
        "Hayou, Soufiane",
        "Youssef, Pierre",
        "Debbah, Merouane",
    ),
    year=2024,
    arxiv="2404.05090",
)
SOURCE = "arXiv:2404.05090"
SECOND_HAND = "from the abstract and reviews"
Law = Sequence[Fraction]


# seddik-sum-of-squares ------------------------------------------------------------------------------------------------
# Proof. Two of n draws are one draw with probability 1/n, else two independent draws of the last model:
# E S' = 1/n + (1 - 1/n) S for S = sum q^2, and so 1 - S_m falls by 1 - 1/n per generation.

_STARTS = (
    (Fraction(1, 2), Fraction(1, 2)),
    (Fraction(9, 10), Fraction(1, 10)),
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)),
)


def _sum_of_squares(theta: Theta) -> Expression:
    chain = exact_chain(theta["Q_0"], [theta["n"]] * theta["m"])
    return chain.mean(lambda q: sum(x * x for x in q))


def _squares_law(theta: Theta, num_samples: int, generation: int) -> Fraction:
    start = sum((q * q for q in theta["Q_0"]), Fraction(0))
    return 1 - (1 - Fraction(1, num_samples)) ** generation * (1 - start)


def _squares(theta: Theta) -> Fraction:
    return _squares_law(theta, theta["n"], theta["m"])


def _squares_one_sample_more(theta: Theta) -> Fraction:
    return _squares_law(theta, theta["n"] + 1, theta["m"])


def _squares_one_generation_more(theta: Theta) -> Fraction:
    return _squares_law(theta, theta["n"], theta["m"] + 1)


# seddik-total-collapse ------------------------------------------------------------------------------------------------
# Proof. A model with two types has 1 - S >= 2 (n-1)/n^2; Markov's inequality for 1 - S_m.


def _is_alive(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(tabular_loop.loop(theta["P"], theta["n"]), key, num_replicates)
    # The least diversity of two types is 2 (n-1)/n^2, far above rounding.
    return (paths["diversity"][:, theta["m"]] > (theta["n"] - 1) / theta["n"] ** 2).astype(np.float64)


def _alive_at_rate(theta: Theta, generation: float) -> float:
    size = theta["n"]
    kept = (1 - 1 / size) ** generation * tabular_loop.diversity_of(theta["P"])
    return kept * size**2 / (2 * (size - 1))


def _alive_at_most(theta: Theta) -> float:
    return _alive_at_rate(theta, theta["m"])


def _alive_at_twice_the_rate(theta: Theta) -> float:
    return _alive_at_rate(theta, 2 * theta["m"])


# seddik-partial-law ---------------------------------------------------------------------------------------------------
# Proof. Given the r real samples with measure P_r, Q' = (1-a) P_r + a S, S of s draws of Q, a = s/(r+s): with
# c = E |Q - P_r|^2 / G(P_r), E|S - P_r|^2 = G(P_r) (c + (1 - c)/s). From Q_0 = P_r c_0 = 0.


def _drift_from_real(theta: Theta, reused: bool = True) -> Fraction:
    """E |Q_m - P_r|^2 / G(P_r) by enumeration of every synthetic sample."""
    real, synthetic = theta["real"], theta["s"]
    size = sum(real)
    fixed = tuple(Fraction(count, size) for count in real)
    laws: dict[tuple[Fraction, ...], Fraction] = {fixed: Fraction(1)}
    for _ in range(theta["m"]):
        following: dict[tuple[Fraction, ...], Fraction] = {}
        for model, weight in laws.items():
            for drawn, chance in zd.oracles.multinomial_law(model, synthetic).items():
                kept, total = (real, size + synthetic) if reused else ((0,) * len(real), synthetic)
                after = tuple(Fraction(old + new, total) for old, new in zip(kept, drawn, strict=True))
                following[after] = following.get(after, Fraction(0)) + weight * chance
        laws = following
    squared = sum((w * sum((x - p) ** 2 for x, p in zip(q, fixed, strict=True)) for q, w in laws.items()), Fraction(0))
    return squared / (1 - sum((p * p for p in fixed), Fraction(0)))


def _drift_without_real(theta: Theta) -> Fraction:
    return _drift_from_real(theta, reused=False)


def _partial_law(theta: Theta, num_synthetic: int = 0) -> Fraction:
    synthetic = num_synthetic or theta["s"]
    share = Fraction(synthetic, sum(theta["real"]) + synthetic)
    drift = Fraction(0)
    for _ in range(theta["m"]):
        drift = share**2 * (drift + (1 - drift) / synthetic)
    return drift


def _partial_law_with_one_more(theta: Theta) -> Fraction:
    return _partial_law(theta, theta["s"] + 1)


# seddik-partial-floor and seddik-synthetic-outnumbers -----------------------------------------------------------------
# The recursion above rises to c = (a^2/s)/(1 - a^2 (1 - 1/s)) = s/(r^2 + (2r+1) s), which rises with s to 1/(2r+1) and
# is 1/(3r+1) at s = r.


def _drift_by_chain(num_real: int, num_synthetic: int, generation: int) -> float:
    """The same for two types of which the real sample has half each, by the chain of the synthetic count."""
    size = num_real + num_synthetic
    half = num_real / 2
    law = recursions.binomial_matrix(num_synthetic, [0.5])[0]
    shares = (half + np.arange(num_synthetic + 1)) / size
    matrix = recursions.binomial_matrix(num_synthetic, shares)
    for _ in range(generation - 1):
        law = law @ matrix
    return float(4 * law @ (shares - 0.5) ** 2)


def _partial_drift(theta: Theta) -> float:
    return _drift_by_chain(theta["r"], theta["s"], theta["m"])


def _partial_limit(theta: Theta) -> float:
    real, synthetic = theta["r"], theta["s"]
    return synthetic / (real**2 + (2 * real + 1) * synthetic)


def _nine_tenths_of_partial_limit(theta: Theta) -> float:
    return 0.9 * _partial_limit(theta)


def _limit_of_one_real_more(theta: Theta) -> float:
    return _partial_limit({"r": theta["r"] + 1, "s": theta["s"]})


def _drift_of_synthetic_alone(theta: Theta) -> float:
    return _drift_by_chain(0, theta["s"], theta["m"])


def _one_half(theta: Theta) -> float:
    return 0.5


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="seddik-sum-of-squares",
        item="Fully synthetic",
        reading="R2",
        statement="Retrained on n of its own draws, a law over tokens has E sum q^2 = S_m = 1 - (1 - 1/n)^m (1 - S_0).",
        source=f"{SOURCE}, fully synthetic training",
        second_hand=SECOND_HAND,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"n": (2, 3, 4), "m": (1, 2, 4), "Q_0": _STARTS},
        value=_sum_of_squares,
        bound=_squares,
        delta=0,
        mutants={
            "n + 1": Variant(bound=_squares_one_sample_more),
            "one generation more": Variant(bound=_squares_one_generation_more),
        },
        assumptions=("no real data",),
        proved="two-draw argument, beside the claim; every n, m and Q_0",
        decided_at="smoke",
    ),
    Claim(
        id="seddik-total-collapse",
        item="Fully synthetic",
        reading="R2",
        statement="Without real data collapse is total: the probability that two types are still alive at m is at most "
        "(1 - 1/n)^m (1 - S_0) n^2 / (2 (n-1)), which tends to 0.",
        source=f"{SOURCE}, fully synthetic training",
        second_hand=SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"n": (5, 3, 10), "m": (10, 20, 40), "P": ((0.5, 0.5), (0.4, 0.3, 0.2, 0.1))},
        sample=_is_alive,
        bound=_alive_at_most,
        tail=Tail(indicator=True, reason="an indicator"),
        slack=1e-4,
        delta=0.02,
        mutants={
            "twice the rate": Variant(
                bound=_alive_at_twice_the_rate, domain={"n": (5,), "m": (10,), "P": ((0.5, 0.5),)}
            )
        },
        assumptions=("no real data", "Q_0 = P"),
        note="surrogate of the almost sure statement. Slack: 80 generations at 2^-20 in total variation each",
        proved="Markov's inequality, beside the claim; every n, m and P",
    ),
    Claim(
        id="seddik-partial-law",
        item="Partially synthetic",
        reading="R8",
        statement="Retrained on r real samples that never change and s draws of its own, the model drifts from the "
        "real sample by c' = a^2 (c + (1 - c)/s), a = s/(r + s), c = E |Q - P_r|^2 / G(P_r), for every real sample.",
        source=f"{SOURCE}, partially synthetic training; the law is derived here",
        second_hand=SECOND_HAND,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"real": ((1, 1), (3, 1), (2, 1, 1)), "s": (2, 1, 3), "m": (2, 1, 3)},
        value=_drift_from_real,
        bound=_partial_law,
        delta=0,
        mutants={
            "s + 1": Variant(bound=_partial_law_with_one_more),
            "without the real sample": Variant(value=_drift_without_real),
        },
        assumptions=("Q_0 = P_r",),
        note="every synthetic sample enumerated, in rationals",
        proved="law of total variance, beside the claim; every r, s and m",
        decided_at="smoke",
    ),
    Claim(
        id="seddik-partial-floor",
        item="Partially synthetic",
        reading="R8",
        statement="Real data beside synthetic ones avoid collapse: for ever E |Q - P_r|^2 / G(P_r) <= s/(r^2 + (2r+1) "
        "s), which is 1/(3r+1) for as many real as synthetic samples and below 1/(2r+1) for any number.",
        source=f"{SOURCE}, partially synthetic training; the constant is derived here",
        second_hand=SECOND_HAND,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"r": (4, 10), "s": (4, 10, 100, 400), "m": (1, 10, 1000)},
        value=_partial_drift,
        bound=_partial_limit,
        delta=1e-12,
        mutants={
            "nine tenths of it": Variant(bound=_nine_tenths_of_partial_limit),
            "one real sample more": Variant(bound=_limit_of_one_real_more),
        },
        assumptions=("Q_0 = P_r", "two types, half of the real sample each"),
        note="attained in the limit; any real sample by seddik-partial-law",
        proved="fixed point of the recursion, beside the claim; every r, s and m",
        decided_at="smoke",
    ),
    Claim(
        id="seddik-synthetic-outnumbers",
        item="Partially synthetic",
        reading="R8",
        statement="Beyond a maximal amount of synthetic data collapse is back: with 400 synthetic samples beside at "
        "most 10 real ones half of the real sample's diversity is lost in the end.",
        source=f"{SOURCE}, maximal amount of synthetic data, read as necessary",
        second_hand=SECOND_HAND,
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"r": (2, 4, 10), "s": (400,), "m": (1000,)},
        value=_partial_drift,
        bound=_one_half,
        delta=1e-12,
        confirm=_partial_limit,
        controls={
            "no real sample": Variant(
                value=_drift_of_synthetic_alone, domain={"r": (0,), "s": (400,), "m": (1000,)}, must="SUPPORTED"
            )
        },
        assumptions=("Q_0 = P_r", "two types, half of the real sample each"),
        note="less than 1/(2r+1) is lost however many there are: .1996 for r = 2",
        corrected_by=("seddik-partial-floor", "seddik-partial-law"),
        decided_at="smoke",
    ),
)

SEDDIK = Catalogue(
    name="seddik2024",
    title="Seddik et al. 2024: total collapse, and real data that are reused",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
