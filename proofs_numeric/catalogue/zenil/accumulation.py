"""Accumulating data: the exogenous share of the pool falls like 1/(t+1), and nothing collapses.

Every generation of n draws joins the pool. Q_0 = P and the pool starts empty, so that the first batch is real. The
model is the empirical measure of the pool.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

COIN = (0.5, 0.5)

# accumulate-retained --------------------------------------------------------------------------------------------------
# Proof. Q_{t+1} = (t Q_t + Qhat)/(t+1), Qhat the measure of n draws of Q_t: E[G(Q_{t+1}) | Q_t] = G(Q_t) - E |Qhat -
# Q_t|^2/(t+1)^2 = (1 - 1/(n (t+1)^2)) G(Q_t). The product converges to Euler's sine.


def _pooled_loop(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta.get("P", COIN), theta["n"], update=zd.Accumulate())


def _retained_at(theta: Theta, generation: int, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_pooled_loop(theta), key, num_replicates)
    return paths["diversity"][:, generation].astype(np.float64) / tabular_loop.diversity_of(theta.get("P", COIN))


def _retained(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    return _retained_at(theta, theta["t"], key, num_replicates)


def _retained_tail(theta: Theta) -> Tail:
    return tabular_loop.retained_tail(theta["P"])


def _retained_slack(theta: Theta) -> float:
    return tabular_loop.retained_slack(_pooled_loop(theta), theta["P"])


def _retained_law(theta: Theta) -> float:
    return float(zd.oracles.retained_diversity_accumulate([theta["n"]] * theta["t"])[-1])


def _product_from(first: int, n: int, last: int) -> float:
    return math.prod(1 - 1 / (n * k * k) for k in range(first, last + 1))


def _retained_law_without_first(theta: Theta) -> float:
    return _product_from(2, theta["n"], theta["t"])


def _retained_law_of_replacement(theta: Theta) -> float:
    return (1 - 1 / theta["n"]) ** theta["t"]


# thm2-accumulate-supermartingale --------------------------------------------------------------------------------------
# Proof. E[pooled measure | Q] = Q and entropy is concave: Jensen.


def _entropy(probs: tuple[Fraction, ...]) -> float:
    return -math.fsum(float(q) * math.log(q) for q in probs if q)


def _pooled_entropies(theta: Theta, pseudocount: Fraction) -> tuple[list[float], list[float]]:
    """E H of the next pool and H of the present one, over every present pool of t batches up to the order of types."""
    n, pooled, types = theta["n"], theta["n"] * theta["t"], theta["K"]
    after, before = [], []
    for counts in zd.oracles.compositions(pooled, types):
        if list(counts) != sorted(counts):
            continue
        model = tuple(Fraction(count, pooled) for count in counts)
        total = pooled + n + types * pseudocount
        expected = math.fsum(
            float(weight)
            * _entropy(tuple((old + new + pseudocount) / total for old, new in zip(counts, drawn, strict=True)))
            for drawn, weight in zd.oracles.multinomial_law(model, n).items()
        )
        after.append(expected)
        before.append(_entropy(model))
    return after, before


def _pooled(theta: Theta) -> tuple[list[float], list[float]]:
    return _pooled_entropies(theta, Fraction(0))


def _pooled_smoothed(theta: Theta) -> tuple[list[float], list[float]]:
    return _pooled_entropies(theta, Fraction(1, 100))


# accumulate-collapse --------------------------------------------------------------------------------------------------


def _limit(theta: Theta) -> float:
    """sin(x)/x at x = pi/sqrt n, Euler's product of 1 - 1/(n k^2)."""
    x = math.pi / math.sqrt(theta["n"])
    return math.sin(x) / x


def _limit_by_product(theta: Theta) -> float:
    """Finite product times the exponential of the Euler-Maclaurin tail: no sine."""
    last = 20_000
    return _product_from(1, theta["n"], last) * math.exp(-1 / (theta["n"] * (last + 0.5)))


def _half(theta: Theta) -> float:
    return 0.5


_LOOKED_AT = 20
"""Generation from which the rest of the way to the limit is averaged exactly."""


def _rest_of_the_way(theta: Theta) -> float:
    return _limit(theta) / _product_from(1, theta["n"], _LOOKED_AT)


def _limit_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    # E[lim G(Q_s) | Q_20] = G(Q_20) times the remaining factors: draws whose mean is the limit itself.
    return _retained_at(theta, _LOOKED_AT, key, num_replicates) * _rest_of_the_way(theta)


def _limit_tail(theta: Theta) -> Tail:
    return Tail(lower=0.0, upper=_rest_of_the_way(theta), reason="0 <= G(q) <= 1/2 = G(P), times the remaining factors")


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="accumulate-retained",
        item="Thm 2",
        reading="R7",
        statement="Pooling n draws per generation, E G(Q_t)/G(P) = prod_{k <= t} (1 - 1/(n k^2)), with the limit "
        "sin(pi/sqrt n)/(pi/sqrt n) > 0 for n >= 2.",
        source="claim 25; Gerstgrasser et al., arXiv:2404.01413 (the policy)",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "n": (10, 2, 3),
            "t": (50, 2, 10),
            "P": (COIN, (0.7, 0.3), (0.4, 0.3, 0.2, 0.1)),
        },
        along={"t": (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50)},
        sample=_retained,
        bound=_retained_law,
        tail=_retained_tail,
        slack=_retained_slack,
        delta=0.02,
        mutants={
            "product from k = 2": Variant(
                bound=_retained_law_without_first, domain={"n": (10,), "t": (50,), "P": (COIN,)}
            ),
            "replace in place of accumulate": Variant(
                bound=_retained_law_of_replacement, domain={"n": (10,), "t": (50,), "P": (COIN,)}
            ),
        },
        assumptions=("Q_0 = P", "the pool starts empty, so that its first batch is real", "alpha = 0 afterwards"),
        note="n = 1 is the one degenerate case: the first factor is 0",
        proved="conditional variance of a batch, beside the claim; every n, t and P",
    ),
    Claim(
        id="thm2-accumulate-supermartingale",
        item="Thm 2",
        reading="R7",
        statement="For the pooled empirical measure E[H(Q_{t+1}) | Q_t] <= H(Q_t), n = 1 .. 6 per batch.",
        source="arXiv:2601.05280v2, Theorem 2, Eq. (12)",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"K": (2, 3), "n": (1, 2, 3, 4, 5, 6), "t": (1, 2, 3)},
        evaluate=_pooled,
        delta=1e-13,
        mutants={"refit with add-.01 smoothing": Variant(evaluate=_pooled_smoothed)},
        assumptions=("alpha = 0",),
        note="every pool of t batches and every next batch enumerated; probabilities rational, entropies float64",
        proved="Jensen, beside the claim",
    ),
    Claim(
        id="autonomy-closed",
        item="Thm 5",
        reading="R7",
        statement="Autonomy implies alpha_t -> 0, and alpha_t -> 0 implies a closed loop.",
        source="arXiv:2601.05280v2, discussion; claim 26",
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="Autonomy has no definition from which a schedule would follow. What can be said of a loop is its "
        "number of real samples per generation, N_t alpha_t: a vanishing share may go with a growing number, as in "
        "accumulate-collapse and alpha-vanishing-collapse.",
    ),
    Claim(
        id="accumulate-collapse",
        item="Thm 2",
        reading="R7",
        statement="alpha_t = 1/(t+1) -> 0 implies collapse under accumulation too: the diversity that is left in the "
        "limit is at most 1/2.",
        source="arXiv:2601.05280v2, use made of accumulation; claim 25",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<=",
        domain={"n": (1, 2, 3, 10, 100)},
        value=_limit,
        bound=_half,
        delta=1e-9,
        confirm=_limit_by_product,
        simulate=_limit_draws,
        simulate_tail=_limit_tail,
        controls={"n = 2": Variant(domain={"n": (2,)}, must="SUPPORTED")},
        assumptions=("Q_0 = P", "the pool starts empty"),
        note="n = 1: 0, n = 2: .358, n = 3: .535, n = 10: .843; the simulation averages the rest of the way from t = "
        "20 exactly",
        corrected_by=("accumulate-retained",),
        decided_at="smoke",
    ),
)
