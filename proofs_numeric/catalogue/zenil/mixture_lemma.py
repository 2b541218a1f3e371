"""Lemma 7 and Eq. (20): how far the training mixture is from the model, and from the target.

True: TV(P', Q) = alpha TV(P, Q) for the population mixture, and every f-divergence to P shrinks by 1 - alpha when the
sample is infinite. False neighbours: the same for the empirical mixture, and that a small distance forbids convergence.
"""

from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import exact_chain
from proofs_numeric.exact.intervals import ball, balls
from proofs_numeric.expressions import Expression
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Lemma 7"
Rational = list[Fraction]


def total_variation(p: Rational, q: Rational) -> Fraction:
    """Half the summed distance of two laws, exactly. Definition."""
    return sum((abs(a - b) for a, b in zip(p, q, strict=True)), Fraction(0)) / 2


# lemma7-population ----------------------------------------------------------------------------------------------------
# Proof. P' - Q = alpha (P - Q), so the first relation is an equality; and TV <= 1 gives the second.


def _lattice_pairs(theta: Theta) -> list[tuple[Rational, Rational]]:
    grid = [[Fraction(n, theta["r"]) for n in row] for row in zd.oracles.compositions(theta["r"], theta["K"])]
    return [(p, q) for p in grid for q in grid]


def _mixture_distances(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    """TV(P', Q) against alpha TV(P, Q), and the part of TV(P', Q) above alpha against 0."""
    share = theta["a"]
    values, bounds = [], []
    for p, q in _lattice_pairs(theta):
        distance = total_variation([share * x + (1 - share) * y for x, y in zip(p, q, strict=True)], q)
        values += [distance, max(distance - share, Fraction(0))]
        bounds += [share * total_variation(p, q), Fraction(0)]
    return values, bounds


def _scaled_bounds(bounds: list[Fraction], factor: Fraction) -> list[Fraction]:
    return [factor * bound for bound in bounds]


# lemma7-empirical-mixture ---------------------------------------------------------------------------------------------


def _pair(first: Fraction) -> Rational:
    return [first, 1 - first]


def _empirical_distance(theta: Theta) -> Expression:
    chain = exact_chain(_pair(theta["P"]), [theta["N"]], theta["a"], initial=_pair(theta["Q"]))
    # For two types the total variation is the distance of the first shares, and Q_1 is P'hat.
    return chain.mean(lambda q: abs(q[0] - theta["Q"]))


def _mixture_bound(theta: Theta) -> Fraction:
    return theta["a"] * total_variation(_pair(theta["P"]), _pair(theta["Q"]))


def _bound_with_sampling(theta: Theta) -> float:
    # E TV(P'hat, P') <= sqrt((K - 1)/(4N)): half of sum E|x_i - p_i|, Jensen, then Cauchy-Schwarz.
    return float(theta["a"]) + (1 / (4 * theta["N"])) ** 0.5


def _empirical_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = pair_loop.pair_system(float(theta["P"]), float(theta["Q"]), theta["N"], float(theta["a"]))
    # For two types TV(P'hat, Q) is the distance of the first shares, and Q_1 is P'hat.
    return np.abs(pair_loop.first_shares(system, key, num_replicates)[:, 1] - float(theta["Q"]))


# population-fdiv-contraction ------------------------------------------------------------------------------------------
# Proof. D_f is jointly convex and D_f(P || P) = 0, so D_f(P || aP + (1-a)S) <= a 0 + (1-a) D_f(P || S).

_RESOLUTION = {2: 12, 3: 8, 5: 8, 8: 10}
DIVERGENCES = ("TV", "KL", "reverse KL", "chi2", "reverse chi2", "Hellinger", "Jensen-Shannon")


def divergence(name: str, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """What each type adds to D_f(p || q), all entries positive; the sum over types is the divergence.

    Args:
        name: one of `DIVERGENCES`; the squared Hellinger distance and chi2 = sum (p - q)^2 / q.
        p: balls, entries of the first law.
        q: balls, entries of the second law, same shape.

    Returns:
        Balls of the same shape, dimensionless, or nats for the logarithmic ones.

    Source: Liese and Vajda (2006).
    """
    if name == "TV":
        return abs(p - q) / 2
    if name == "KL":
        return p * np.log(p / q)
    if name == "chi2":
        return (p - q) * (p - q) / q
    if name == "Hellinger":
        return (p + q) / 2 - np.sqrt(p * q)
    if name == "Jensen-Shannon":
        middle = (p + q) / 2
        return (divergence("KL", p, middle) + divergence("KL", q, middle)) / 2
    return divergence(name.removeprefix("reverse "), q, p)


def _contraction(theta: Theta) -> tuple[np.ndarray, np.ndarray]:
    """Both sides at all pairs of positive lattice laws, from a table over the pairs of entries that occur."""
    num_types, resolution = theta["K"], _RESOLUTION[theta["K"]]
    counts = np.array(list(zd.oracles.compositions(resolution - num_types, num_types)))
    first, second = np.divmod(np.arange(len(counts) ** 2), len(counts))
    entries = balls([Fraction(n, resolution) for n in range(1, resolution - num_types + 2)])
    p, s = entries[:, None], entries[None, :]
    share, kept = ball(theta["a"]), ball(1 - theta["a"])
    mixed = divergence(theta["D"], p + 0 * s, p * share + s * kept)[counts[first], counts[second]]
    apart = divergence(theta["D"], p + 0 * s, s + 0 * p)[counts[first], counts[second]]
    return mixed.sum(axis=-1), apart.sum(axis=-1) * kept


def _contraction_squared(theta: Theta, bound: np.ndarray) -> np.ndarray:
    return bound * ball(1 - theta["a"])


def _contraction_faster(theta: Theta, bound: np.ndarray) -> np.ndarray:
    return bound * ball((1 - Fraction(21, 20) * theta["a"]) / (1 - theta["a"]))


# lemma7-implies-collapse ----------------------------------------------------------------------------------------------
# a_t = 1/(t+2) makes a_t TV(P, Q_t) -> 0, and yet TV(P, Q_t) = TV_0/(t+1) -> 0.


def _distance_after(theta: Theta) -> float:
    target, initial = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    shares = _shares(theta)
    path = zd.oracles.categorical_moments(target, np.ones(shares.size), shares, update="population", initial=initial)
    return float(np.abs(path.mean[-1] - target).sum() / np.abs(initial - target).sum())


def _shares(theta: Theta) -> Float[np.ndarray, " generations"]:
    return (np.arange(theta["T"]) + 2.0) ** -theta["p"]


def _hundredth(theta: Theta) -> float:
    return 0.01


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="lemma7-population",
        item="Lem 7",
        reading="R1",
        statement="For P' = aP + (1-a)Q, TV(P', Q) = a TV(P, Q) and TV(P', Q) <= a, for all laws on a lattice, in "
        "every reading that trains on the population mixture.",
        source=f"{SOURCE}, Eq. (9)",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "K": (2, 3, 4),
            "r": (4, 5),
            "a": (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10), Fraction(0), Fraction(1)),
        },
        where=lambda theta: theta["K"] < 4 or theta["r"] < 5,
        evaluate=_mixture_distances,
        delta=0,
        mutants={
            "a^2 for a": Variant(adjust_bound=lambda theta, bound: _scaled_bounds(bound, theta["a"])),
            ".95a for a": Variant(adjust_bound=lambda theta, bound: _scaled_bounds(bound, Fraction(19, 20))),
        },
        note="the second relation enters as: the part of TV(P', Q) above a is 0",
        proved="P' - Q = a (P - Q), and TV <= 1",
        decided_at="smoke",
    ),
    Claim(
        id="population-fdiv-contraction",
        item="Eq. (20)",
        reading="R1",
        statement="D_f(P || aP + (1-a)S) <= (1-a) D_f(P || S) for total variation, KL and chi2 both ways, Hellinger "
        "and Jensen-Shannon, at all pairs of positive lattice laws.",
        source="arXiv:2601.05280v2, Eq. (20), infinite sample; Liese and Vajda (2006) for joint convexity",
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "D": DIVERGENCES,
            "K": (2, 3, 5, 8),
            "a": (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10), Fraction(0), Fraction(1)),
        },
        evaluate=_contraction,
        delta=1e-12,
        mutants={
            "(1-a)^2": Variant(adjust_bound=_contraction_squared),
            "1-1.05a": Variant(adjust_bound=_contraction_faster, where=lambda theta: theta["a"] < 1),
        },
        note="total variation attains the bound, hence the tolerance of 1e-12 for rounding",
        proved="joint convexity of f-divergences",
        decided_at="smoke",
    ),
    Claim(
        id="lemma7-implies-collapse",
        item="Lem 7",
        reading="R1",
        statement="If a_t TV(P, Q_t) -> 0 then Q_t stays away from P: TV(P, Q_T) >= TV(P, Q_0)/100 for T <= 1000 with "
        "a_t = 1/(t+2).",
        source=f"{SOURCE}, in the use made of it",
        route=Route.POP,
        expected=Status.REFUTED,
        relation=">=",
        domain={"p": (1.0,), "T": (1, 10, 100, 1000)},
        along={"T": (1, 3, 10, 30, 100, 300, 1000)},
        value=_distance_after,
        bound=_hundredth,
        delta=1e-12,
        controls={"a_t = (t+2)^-2": Variant(domain={"p": (2.0,), "T": (1, 10, 100, 1000)}, must="SUPPORTED")},
        note="the distance is TV_0/(t+1), so any other constant fails at a later horizon",
        corrected_by=("population-converges-iff-sum",),
        decided_at="smoke",
    ),
    Claim(
        id="lemma7-empirical-mixture",
        item="Lem 7",
        reading="R2",
        statement="The lemma holds for the mixture as it is sampled, too: E TV(P'hat, Q) <= a TV(P, Q) for N draws.",
        source=f"{SOURCE}, read with the empirical mixture of Eq. (1)",
        route=Route.EX,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "N": (10, 20, 50),
            "a": (Fraction(1, 10), Fraction(1, 2), Fraction(0)),
            "P": (Fraction(1, 2), Fraction(1, 4)),
            "Q": (Fraction(1, 2), Fraction(9, 10)),
        },
        value=_empirical_distance,
        bound=_mixture_bound,
        delta=0,
        simulate=_empirical_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="a total variation distance"),
        controls={"a + sqrt((K-1)/(4N))": Variant(bound=_bound_with_sampling, must="SUPPORTED")},
        note="at P = Q the right side is 0; below a = .12 the left side exceeds even a",
        corrected_by=("lemma7-population",),
        decided_at="smoke",
    ),
)
