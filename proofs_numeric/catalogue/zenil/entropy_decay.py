"""Theorem 2, first half: what the entropy of the closed loop does in expectation, in one generation and in total.

True: it falls by E KL(Q' || P') per generation and by H(Q_0) in total. Vacuous: Corollary 3 for a fixed P. False
neighbour: it falls along every path; more about paths in `entropy_paths`.
"""

import functools
from fractions import Fraction
from math import factorial, prod
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.catalogue.zenil.entropies import (
    entropy,
    expected_entropy,
    expected_loss,
    loss_per_type,
    positive_laws,
)
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import Chain, exact_chain
from proofs_numeric.expressions import Expression, positive
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"
States = Float[np.ndarray, "states support"]
Draws = Float[np.ndarray, " replicates"]


# thm2-entropy-identity ------------------------------------------------------------------------------------------------
# Proof. E Q' = P' given Q, hence E[H(Q')] = -E sum Q' log(Q'/P') - E sum Q' log P' = -E KL(Q' || P') + H(P').


@functools.lru_cache(maxsize=32)
def _lattice(num_types: int, num_samples: int) -> tuple[States, Float[np.ndarray, " states"]]:
    counts = np.array(list(zd.oracles.compositions(num_samples, num_types)))
    coefficients = [factorial(num_samples) / prod(factorial(c) for c in row) for row in counts.tolist()]
    return counts / num_samples, np.array(coefficients)


@functools.lru_cache(maxsize=32)
def _transition(num_types: int, num_samples: int, share: float) -> tuple[States, Float[np.ndarray, "states next"]]:
    """Mixtures P' of all lattice models, and the law of the next model under each."""
    states, coefficients = _lattice(num_types, num_samples)
    target = np.arange(1, num_types + 1) / (num_types * (num_types + 1) / 2)
    mixtures = share * target + (1 - share) * states
    counts = np.round(states * num_samples)
    return mixtures, coefficients * np.prod(mixtures[:, None, :] ** counts[None, :, :], axis=-1)


def _mean_entropy(theta: Theta) -> Float[np.ndarray, " states"]:
    _, weights = _transition(theta["K"], theta["N"], theta["a"])
    return weights @ entropy(_lattice(theta["K"], theta["N"])[0])


def _divergence(theta: Theta) -> Float[np.ndarray, " states"]:
    mixtures, weights = _transition(theta["K"], theta["N"], theta["a"])
    states = _lattice(theta["K"], theta["N"])[0]
    logs = np.log(states, out=np.zeros_like(states), where=states > 0)
    log_mixtures = np.log(mixtures, out=np.zeros_like(mixtures), where=mixtures > 0)
    # Where P' = 0 nothing is drawn: the weight is 0 and the placeholder log 0 := 0 is harmless.
    divergences = np.sum(states[None] * (logs[None] - log_mixtures[:, None, :]), axis=-1)
    return np.sum(weights * divergences, axis=-1)


def _identity(theta: Theta) -> Float[np.ndarray, " states"]:
    return entropy(_transition(theta["K"], theta["N"], theta["a"])[0]) - _divergence(theta)


def _identity_with_chi_square(theta: Theta) -> Float[np.ndarray, " states"]:
    # E chi2(Q' || P') = (#atoms of P' - 1)/N exactly.
    mixtures, _ = _transition(theta["K"], theta["N"], theta["a"])
    return entropy(mixtures) - ((mixtures > 0).sum(axis=-1) - 1) / (2 * theta["N"])


def _identity_from_model(theta: Theta) -> Float[np.ndarray, " states"]:
    return entropy(_lattice(theta["K"], theta["N"])[0]) - _divergence(theta)


# thm2-supermartingale -------------------------------------------------------------------------------------------------
# Proof. The identity at alpha = 0 with KL >= 0, and KL(Q' || Q) = 0 only if Q' = Q: off point masses, N draws miss Q
# with positive probability (all N may fall on one atom).


def _entropy_after(theta: Theta) -> Float[np.ndarray, " laws"]:
    return expected_entropy(theta["N"], positive_laws(theta["K"]))


def _entropy_before(theta: Theta) -> Float[np.ndarray, " laws"]:
    return entropy(positive_laws(theta["K"]))


# thm2-loss-upper-bound ------------------------------------------------------------------------------------------------
# Proof. KL <= log(1 + chi2) and E log(1 + chi2) <= log(1 + E chi2) by Jensen, twice; E chi2(Q' || Q) = (K - 1)/N.


def _loss(theta: Theta) -> Float[np.ndarray, " laws"]:
    return expected_loss(theta["N"], positive_laws(theta["K"]))


def _loss_bound(theta: Theta) -> float:
    return float(np.log1p((theta["K"] - 1) / theta["N"]))


def _first_order_loss(theta: Theta) -> float:
    return (theta["K"] - 1) / (2 * theta["N"])


def _half_chi_square_bound(theta: Theta) -> float:
    return float(np.log1p(_first_order_loss(theta)))


# thm2-total-loss ------------------------------------------------------------------------------------------------------
# Proof. The identity summed: sum_{t<T} E KL(Q_{t+1} || Q_t) = H(Q_0) - E H(Q_T), and E H(Q_T) -> 0 since the finite
# chain is absorbed at point masses. On the lattice H <= (1 + log N) N G, so the rest at T = 40 N is below
# N (1 + log N) e^-40 < 2e-15 for N <= 50.


def _summed_loss(theta: Theta, num_generations: int) -> float:
    size, start = theta["N"], np.array(theta["Q0"])
    lattice = np.arange(size + 1) / size
    matrix, ahead = binomial_matrix(size, lattice), loss_per_type(size, lattice)
    total, law = float(loss_per_type(size, start).sum()), binomial_matrix(size, start).sum(axis=0)
    for _ in range(num_generations - 1):
        total += float(law @ ahead)
        law = law @ matrix
    return total


def _total_loss(theta: Theta) -> float:
    return _summed_loss(theta, 40 * theta["N"])


def _loss_until_size(theta: Theta) -> float:
    return _summed_loss(theta, theta["N"])


def _reversed_loss(theta: Theta) -> float:
    # KL(Q_t || Q_{t+1}) is infinite as soon as a type is lost, which has positive probability.
    return float("inf")


def _initial_entropy(theta: Theta) -> float:
    return float(entropy(np.array(theta["Q0"])))


# thm2-decrease-pathwise -----------------------------------------------------------------------------------------------
# For two types the entropy rises exactly when the next share lies nearer to 1/2, a comparison of integers.


def _one_generation(theta: Theta) -> Chain:
    share = Fraction(theta["n"], theta["N"])
    return exact_chain((share, 1 - share), [theta["N"]])


def _rise_probability(theta: Theta) -> Expression:
    before = abs(2 * Fraction(theta["n"], theta["N"]) - 1)
    return _one_generation(theta).probability(lambda q: before - abs(2 * q[0] - 1))


def _never(theta: Theta) -> int:
    return 0


def _support_growth(theta: Theta) -> Expression:
    types = (0 < theta["n"]) + (theta["n"] < theta["N"])
    return _one_generation(theta).probability(lambda q: positive(q[0]) + positive(q[1]) - types)


def _rise_draws(theta: Theta, key: Any, num_replicates: int) -> Draws:
    share = theta["n"] / theta["N"]
    after = pair_loop.first_shares(pair_loop.pair_system(share, share, theta["N"]), key, num_replicates)[:, 1]
    # On the lattice two distances to 1/2 differ by at least 1/N or not at all.
    return (abs(after - 0.5) < abs(share - 0.5) - 0.5 / theta["N"]).astype(np.float64)


_STARTS = ((0.5, 0.5), (0.9, 0.1), (0.5, 0.3, 0.2), (0.25, 0.25, 0.25, 0.25))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-entropy-identity",
        item="M2",
        reading="R2",
        statement="E[H(Q') | Q] = H(P') - E KL(Q' || P') for N draws from P' = aP + (1-a)Q, at every lattice model Q.",
        source=f"master result M2, the exact form of {SOURCE}",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"K": (2, 3, 4), "N": (1, 2, 3, 4, 6, 8, 10, 12), "a": (0.0, 0.1, 0.5)},
        value=_mean_entropy,
        bound=_identity,
        delta=1e-13,
        mutants={
            "chi2/2 for KL": Variant(bound=_identity_with_chi_square),
            "H(Q) for H(P')": Variant(
                bound=_identity_from_model, domain={"K": (2, 3), "N": (2, 4, 8), "a": (0.1, 0.5)}
            ),
        },
        proved="E Q' = P' and the definition of KL",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-supermartingale",
        item="Thm 2",
        reading="R2",
        statement="Without real data entropy falls strictly in expectation: E[H(Q') | Q] < H(Q) unless Q is a point "
        "mass, whatever N_t is.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<",
        domain={"K": (2, 3, 4, 5, 6), "N": (*range(1, 13), 15, 20, 30, 50)},
        value=_entropy_after,
        bound=_entropy_before,
        delta=1e-12,
        mutants={
            "H(Q)(1 - 1/N)": Variant(adjust_bound=lambda theta, bound: bound * (1 - 1 / theta["N"])),
            "H(Q) - 1/(2N)": Variant(adjust_bound=lambda theta, bound: bound - 1 / (2 * theta["N"])),
        },
        note="one step, so it holds for growing samples as well (R3)",
        proved="KL >= 0 in the entropy identity, with equality only at Q' = Q",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-loss-upper-bound",
        item="M2",
        reading="R2",
        statement="The loss of one generation is at most log(1 + (K-1)/N), K the number of types of Q.",
        source="master result M2; van Erven and Harremoes (2014) for KL <= log(1 + chi2)",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"K": (2, 3, 4, 5, 6), "N": (*range(1, 13), 15, 20, 30, 50)},
        value=_loss,
        bound=_loss_bound,
        delta=1e-12,
        mutants={
            "(K-1)/(2N)": Variant(bound=_first_order_loss),
            "log(1 + (K-1)/(2N))": Variant(bound=_half_chi_square_bound),
        },
        proved="KL <= log(1 + chi2), Jensen, E chi2 = (K-1)/N",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-total-loss",
        item="M2",
        reading="R2",
        statement="Without real data all losses together are the entropy at the start: "
        "sum_t E KL(Q_{t+1} || Q_t) = H(Q_0).",
        source=f"master result M2, from {SOURCE}",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (2, 5, 10, 20, 50), "Q0": _STARTS},
        value=_total_loss,
        bound=_initial_entropy,
        delta=1e-9,
        mutants={"stop at T=N": Variant(value=_loss_until_size), "KL reversed": Variant(value=_reversed_loss)},
        note="summed to T = 40 N; the rest is below 2e-15",
        proved="entropy identity summed; the chain is absorbed at point masses",
        decided_at="smoke",
    ),
    Claim(
        id="cor3-fixed-p",
        item="Cor 3",
        reading="R2",
        statement="The mutual information between P and Q_t does not rise, P being a constant; all readings.",
        source="arXiv:2601.05280v2, Corollary 3",
        route=Route.CF,
        expected=Status.VACUOUS,
        reason="P is not random, so I(P; Q_t) = 0 at every t; only a prior on P gives the sentence content.",
    ),
    Claim(
        id="thm2-decrease-pathwise",
        item="Thm 2",
        reading="R2",
        statement="Entropy falls along every path: P(H(Q_{t+1}) > H(Q_t)) = 0 at every lattice model with two types.",
        source="arXiv:2601.05280v2, abstract (monotonic) and Theorem 2",
        route=Route.EX,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (1, 2, 3, 4, 5, 10, 20), "n": tuple(range(1, 11))},
        where=lambda theta: 2 * theta["n"] <= theta["N"],
        value=_rise_probability,
        bound=_never,
        delta=0,
        simulate=_rise_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        controls={"support size": Variant(value=_support_growth, must="SUPPORTED")},
        corrected_by=("thm2-supermartingale", "thm2-support-monotone"),
        decided_at="smoke",
    ),
)
