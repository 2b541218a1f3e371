"""Corollary 3: what a model still tells about P when P is drawn from a prior.

Nothing that the loop does without real data adds to it. False neighbours: that all of it is lost, since a point mass
still tells as much as one draw of P; and that it cannot rise once real data come in.
"""

import functools
import math

import numpy as np
from jaxtyping import Float
from scipy.special import entr

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Corollary 3"
PRIORS = (
    ((0.2, 0.5, 0.8), (1 / 3, 1 / 3, 1 / 3)),
    ((0.1, 0.5, 0.6), (0.2, 0.3, 0.5)),
    ((0.05, 0.1, 0.9), (0.25, 0.5, 0.25)),
)
"""Coins that P may be, and their probabilities. The loop starts from Q_0 = P."""
Path = Float[np.ndarray, " generations"]


def information_of_counts(weights: tuple[float, ...], laws: Float[np.ndarray, "coins counts"]) -> float:
    """I(P; n) = H(n) - H(n | P) in nats.

    Args:
        weights: prior probabilities of the coins.
        laws: law of n given each coin, one per row.

    Returns:
        Nats.

    Source: Definition.
    """
    prior = np.array(weights)
    return float(entr(prior @ laws).sum() - prior @ entr(laws).sum(axis=1))


# cor3-prior-alpha-zero ------------------------------------------------------------------------------------------------
# Proof. P -> Q_t -> Q_{t+1} is a Markov chain: without real data Q_{t+1} is drawn from Q_t alone. Data processing.


@functools.lru_cache(maxsize=64)
def _closed(prior: tuple, num_samples: int, num_generations: int) -> Path:
    values, weights = prior
    return zd.oracles.start_information(values, weights, [num_samples] * num_generations, 0.0)


def _after(theta: Theta) -> Path:
    return _closed(theta["prior"], theta["N"], theta["T"])[1:]


def _before(theta: Theta) -> Path:
    return _closed(theta["prior"], theta["N"], theta["T"])[:-1]


def _before_less_a_thousandth(theta: Theta) -> Path:
    return _before(theta) - 1e-3


# cor3-falls-to-zero ---------------------------------------------------------------------------------------------------
# Proof of the correct limit. Q_t converges to a point mass X with P(X = k | P) = P(k): one draw of P, whatever N.


def _late(theta: Theta) -> float:
    return float(_closed(theta["prior"], theta["N"], theta["T"])[-1])


def _almost_nothing(theta: Theta) -> float:
    return 0.01


def _draws(theta: Theta, number: int) -> float:
    values, weights = theta["prior"]
    return information_of_counts(weights, binomial_matrix(number, values))


def _one_draw(theta: Theta) -> float:
    return _draws(theta, 1)


def _two_draws(theta: Theta) -> float:
    return _draws(theta, 2)


# cor3-share-positive --------------------------------------------------------------------------------------------------
# By generation T - 1 the loop sits at a point mass, one draw of P; the last step brings N a fresh ones on average.


@functools.lru_cache(maxsize=64)
def _fed_once(prior: tuple, num_samples: int, share: float, num_generations: int) -> Path:
    values, weights = prior
    shares = [0.0] * (num_generations - 1) + [share]
    return zd.oracles.start_information(values, weights, [num_samples] * num_generations, shares)


def _fed(theta: Theta) -> float:
    return float(_fed_once(theta["prior"], theta["N"], theta["a"], theta["T"])[-1])


def _unfed(theta: Theta) -> float:
    return float(_fed_once(theta["prior"], theta["N"], theta["a"], theta["T"])[-2])


def _fed_confirmed(theta: Theta) -> float:
    """From a point mass at either type: Bin(N, a p + 1 - a) with probability p, Bin(N, a p) with 1 - p."""
    values, weights = theta["prior"]
    coins, share = np.array(values), theta["a"]
    at_first = binomial_matrix(theta["N"], share * coins + 1 - share)
    at_second = binomial_matrix(theta["N"], share * coins)
    return information_of_counts(weights, coins[:, None] * at_first + (1 - coins)[:, None] * at_second)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="cor3-prior-alpha-zero",
        item="Cor 3",
        reading="R2",
        statement="With P drawn from a prior on three coins and no real data, I(P; Q_{t+1}) <= I(P; Q_t) for all t < "
        "50.",
        source=SOURCE,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (2, 3, 10, 30), "prior": PRIORS, "T": (50,)},
        along={"T": (1, 2, 5, 10, 20, 50)},
        value=_after,
        bound=_before,
        delta=1e-12,
        mutants={"falls by .001 nats in every step": Variant(bound=_before_less_a_thousandth)},
        assumptions=("alpha = 0", "Q_0 = P", "two types, P one of three coins"),
        note="the count chain given each coin; the mutant fails late, where nothing is left to lose",
        proved="data processing along P -> Q_t -> Q_{t+1}, every prior, N and t",
        decided_at="smoke",
    ),
    Claim(
        id="cor3-falls-to-zero",
        item="Cor 3",
        reading="R2",
        statement="Without real data the information about P is lost: I(P; Q_t) <= .01 nats at t = 400.",
        source=f"{SOURCE}, read as a loss of all information",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (2, 5, 10), "prior": PRIORS, "T": (400,)},
        along={"T": (1, 2, 5, 10, 20, 50, 100, 200, 400)},
        value=_late,
        bound=_almost_nothing,
        delta=1e-9,
        confirm=_one_draw,
        controls={"the limit is one draw of P": Variant(bound=_one_draw, relation="==", must="SUPPORTED")},
        mutants={"the limit is two draws of P": Variant(bound=_two_draws, relation="==")},
        assumptions=("alpha = 0", "Q_0 = P", "two types, P one of three coins"),
        note=f"coins .2, .5, .8: .12850 nats = {0.1285 / math.log(2):.4f} bits for every N",
        corrected_by=("cor3-prior-alpha-zero",),
        decided_at="smoke",
    ),
    Claim(
        id="cor3-share-positive",
        item="Cor 3",
        reading="R2",
        statement="With a real share, too, the information never rises: after 399 closed generations one with a = .2 "
        "leaves I(P; Q_{t+1}) <= I(P; Q_t).",
        source=f"{SOURCE}, read without its premise alpha = 0",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (2, 5, 20), "prior": PRIORS, "a": (0.2, 0.01), "T": (400,)},
        along={"T": (1, 2, 5, 10, 20, 50, 100, 200, 400)},
        value=_fed,
        bound=_unfed,
        delta=1e-9,
        confirm=_fed_confirmed,
        controls={
            "no real data": Variant(
                domain={"N": (2, 5, 20), "prior": PRIORS, "a": (0.0,), "T": (400,)}, must="SUPPORTED"
            ),
        },
        assumptions=("Q_0 = P", "real draws come from the unknown P itself", "two types, P one of three coins"),
        note="coins .2, .5, .8 at a = .2: .1285 rises to .1524 (N = 2), .1835 (5), .3283 nats (20)",
        corrected_by=("cor3-prior-alpha-zero",),
        decided_at="smoke",
    ),
)
