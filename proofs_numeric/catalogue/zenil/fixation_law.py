"""The fixation law: what one number f_t says about a tabular loop at finite sample size, and where it stops.

Diversity lost within models and variance gained between them are the same share f_t of their largest values. At
constant N and alpha it has a floor f* > 0, one third to four sevenths with one real draw per generation: Q_t does not
tend to P.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions, tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import Chain, exact_chain
from proofs_numeric.expressions import Expression
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

# fixation-law-* -------------------------------------------------------------------------------------------------------
# Proof. E Q_t = P. Two draws of generation t + 1 are one and the same with probability 1/N; otherwise each is a fresh
# draw of P unless it is synthetic, and two synthetic ones repeat the question one generation earlier. With f_t the
# probability that two draws of Q_t are copies of one real draw, E <phi x phi> gives Var(Q_t phi) = f_t Var_P phi and
# E G(Q_t) = (1 - f_t) G(P). Both draws are synthetic with probability (1 - a)^2 in scheme A and, given that they
# differ, aN being fixed, with s(s-1)/(N(N-1)), s = (1 - a)N, in scheme B.


def _open_loop(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta["P"], theta["N"], theta["alpha"])


def _retained(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_open_loop(theta), key, num_replicates)
    return paths["diversity"][:, theta["t"]] / tabular_loop.diversity_of(theta["P"])


def _retained_tail(theta: Theta) -> Tail:
    return tabular_loop.retained_tail(theta["P"])


def _retained_slack(theta: Theta) -> float:
    return tabular_loop.retained_slack(_open_loop(theta), theta["P"])


def _retained_law(theta: Theta) -> float:
    return 1 - float(zd.oracles.fixation_index([theta["N"]] * theta["t"], theta["alpha"])[-1])


def _retained_law_of_fixed_split(theta: Theta) -> float:
    real = round(theta["alpha"] * theta["N"])
    return 1 - float(zd.oracles.fixation_index([theta["N"]] * theta["t"], 0.0, real, mixing="stratified")[-1])


def _retained_law_one_sample_less(theta: Theta) -> float:
    return 1 - float(zd.oracles.fixation_index([theta["N"] - 1] * theta["t"], theta["alpha"])[-1])


def _retained_law_without_square(theta: Theta) -> float:
    lost, size = 0.0, theta["N"]
    for _ in range(theta["t"]):
        lost = 1 / size + (1 - 1 / size) * (1 - theta["alpha"]) * lost
    return 1 - lost


_SHARE_ROWS: dict[str, tuple[Fraction, ...]] = {
    "1/5": (Fraction(1, 5),) * 6,
    "0": (Fraction(0),) * 6,
    "1/10, 1/3, 0, 3/7, ...": (
        Fraction(1, 10),
        Fraction(1, 3),
        Fraction(0),
        Fraction(3, 7),
        Fraction(1),
        Fraction(1, 2),
    ),
}
_TARGETS = (
    (Fraction(1, 2), Fraction(1, 2)),
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)),
    (Fraction(2, 5), Fraction(3, 10), Fraction(1, 5), Fraction(1, 10)),
)


def _affordable(theta: Theta) -> bool:
    """Whether full enumeration in rationals takes well under a second."""
    largest = {2: 6, 3: 4, 4: 3}
    return theta["N"] <= largest[len(theta["P"])]


def _shares_between(chain: Chain) -> list[Expression]:
    """Lost diversity and variance of the first type, as shares of their largest values; by generation, from t = 1."""
    first = chain.target[0]
    diversity = 1 - sum(p * p for p in chain.target)
    shares = []
    for t in range(1, len(chain.num_samples) + 1):
        shares.append(1 - chain.mean(lambda q: 1 - sum(x * x for x in q), t) / diversity)
        shares.append(chain.mean(lambda q: (q[0] - first) ** 2, t) / (first * (1 - first)))
    return shares


def _enumerated_scheme_a(theta: Theta) -> list[Expression]:
    row = _SHARE_ROWS[theta["alpha_t"]][: theta["t"]]
    return _shares_between(exact_chain(theta["P"], [theta["N"]] * theta["t"], row))


def _recursion(
    step: Callable[[Fraction, int, Fraction], Fraction], num_samples: int, row: Sequence[Fraction]
) -> list[Fraction]:
    """f_1, f_1, f_2, f_2, ...: diversity lost and variance gained are the same number."""
    lost, path = Fraction(0), []
    for share in row:
        lost = step(lost, num_samples, share)
        path += [lost, lost]
    return path


def _step_a(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return Fraction(1, num_samples) + (1 - Fraction(1, num_samples)) * (1 - share) ** 2 * lost


def _step_a_without_square(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return Fraction(1, num_samples) + (1 - Fraction(1, num_samples)) * (1 - share) * lost


def _step_a_one_sample_less(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return _step_a(lost, num_samples - 1, share)


def _step_b(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return (1 - share) ** 2 * lost + (1 - (1 - share) * lost) / num_samples


def _step_b_without_share(lost: Fraction, num_samples: int, share: Fraction) -> Fraction:
    return (1 - share) ** 2 * lost + (1 - lost) / num_samples


def _law_a(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _law_a_without_square(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a_without_square, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _law_a_one_sample_less(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a_one_sample_less, theta["N"], _SHARE_ROWS[theta["alpha_t"]][: theta["t"]])


def _real_share(theta: Theta) -> Fraction:
    return Fraction(theta["r"], theta["N"])


def _fits_and_affordable(theta: Theta) -> bool:
    return theta["r"] <= theta["N"] and _affordable(theta)


def _enumerated_scheme_b(theta: Theta) -> list[Expression]:
    chain = exact_chain(theta["P"], [theta["N"]] * theta["t"], num_real=theta["r"], mixing="stratified")
    return _shares_between(chain)


def _law_b(theta: Theta) -> list[Fraction]:
    return _recursion(_step_b, theta["N"], [_real_share(theta)] * theta["t"])


def _law_b_by_scheme_a(theta: Theta) -> list[Fraction]:
    return _recursion(_step_a, theta["N"], [_real_share(theta)] * theta["t"])


def _law_b_without_share(theta: Theta) -> list[Fraction]:
    return _recursion(_step_b_without_share, theta["N"], [_real_share(theta)] * theta["t"])


# thm5-one-migrant: f* solves f = step(f), an affine equation ---------------------------------------------------------


def _fixed_point(step: Callable[[Fraction, int, Fraction], Fraction], num_samples: int, share: Fraction) -> Fraction:
    offset = step(Fraction(0), num_samples, share)
    return offset / (1 - (step(Fraction(1), num_samples, share) - offset))


def _one_migrant(theta: Theta) -> tuple[list[Fraction], list[Fraction]]:
    """Pairs (smaller, larger): 1/3 < f*(N) <= 4/7, f*(N+1) < f*(N), and the closed form of scheme B from both sides."""
    size = theta["N"]
    here = _fixed_point(_step_a, size, Fraction(1, size))
    following = _fixed_point(_step_a, size + 1, Fraction(1, size + 1))
    fixed_split = _fixed_point(_step_b, size, Fraction(1, size))
    closed = 1 / (3 - Fraction(2, size))
    return [Fraction(1, 3), here, following, fixed_split, closed], [here, Fraction(4, 7), here, closed, fixed_split]


def _one_migrant_value(theta: Theta) -> Fraction:
    return _fixed_point(_step_a, theta["N"], Fraction(1, theta["N"]))


def _one_third(theta: Theta) -> Fraction:
    return Fraction(1, 3)


# thm5-finite-n-floor --------------------------------------------------------------------------------------------------


def _floor(theta: Theta) -> float:
    return recursions.pair_probability_at(str(theta["alpha"]), str(theta["N"]), theta["t"])


def _floor_by_chain(theta: Theta) -> float:
    """E (q_t - p)^2 / (p (1 - p)) by the transition matrix of the counts, p = 1/2."""
    law = recursions.count_laws(theta["N"], 0.5, 0.5, str(theta["alpha"]), theta["t"])[-1]
    return float(4 * law @ (np.arange(theta["N"] + 1) / theta["N"] - 0.5) ** 2)


def _hundredth(theta: Theta) -> float:
    return 0.01


def _coin_distance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    return tabular_loop.coin_distances(theta["N"], theta["alpha"], theta["t"], key, num_replicates)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="fixation-law-scheme-a",
        item="Thm 5",
        reading="R2",
        statement="Each draw real with probability alpha: E G(Q_t)/G(P) = 1 - f_t, f' = 1/N + (1-1/N)(1-alpha)^2 f, "
        "f_0 = 0.",
        source="M3 (Wright 1931 at alpha = 0)",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "N": (5, 10, 20),
            "alpha": (0.2, 0.02),
            "t": (10, 3, 80),
            "P": ((0.5, 0.5), (0.4, 0.3, 0.2, 0.1), (0.5, 0.3, 0.2)),
        },
        along={"t": (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 80)},
        sample=_retained,
        bound=_retained_law,
        tail=_retained_tail,
        slack=_retained_slack,
        delta=0.02,
        mutants={
            "scheme B in place of A": Variant(
                bound=_retained_law_of_fixed_split,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
            "N - 1 for N": Variant(
                bound=_retained_law_one_sample_less,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
            "(1 - alpha) for (1 - alpha)^2": Variant(
                bound=_retained_law_without_square,
                domain={"N": (5,), "alpha": (0.2,), "t": (10,), "P": ((0.5, 0.5),)},
            ),
        },
        assumptions=("Q_0 = P", "N and alpha constant", "each draw real with probability alpha"),
        note="simulation beyond the reach of enumeration; fixation-law-scheme-a-exact enumerates N <= 6",
        proved="two-draw argument beside the claim, any P, phi and schedule",
        decided_at="smoke",
    ),
    Claim(
        id="fixation-law-scheme-a-exact",
        item="Thm 5",
        reading="R2",
        statement="Each draw real with probability alpha_t: diversity lost within models, 1 - E G(Q_t)/G(P), and "
        "variance gained "
        "between them, Var mu_t / Var_P, both equal f_t, for every schedule.",
        source="M3",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"t": (3,), "P": _TARGETS, "N": (2, 3, 4, 6), "alpha_t": tuple(_SHARE_ROWS)},
        where=_affordable,
        value=_enumerated_scheme_a,
        bound=_law_a,
        delta=0,
        mutants={
            "N - 1 for N": Variant(bound=_law_a_one_sample_less),
            "(1 - alpha) for (1 - alpha)^2": Variant(bound=_law_a_without_square),
        },
        assumptions=("Q_0 = P", "each draw real with probability alpha_t"),
        note="every sample enumerated, t = 1 .. 3",
        proved="two-draw argument beside the claim, any P, phi and schedule",
    ),
    Claim(
        id="fixation-law-scheme-b",
        item="Thm 5",
        reading="R2",
        statement="Exactly r = alpha N draws real: diversity lost and variance gained both equal f_t, "
        "f' = (1-alpha)^2 f + (1 - (1-alpha) f)/N, f_0 = 0.",
        source="M3",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"t": (3,), "P": _TARGETS, "N": (2, 3, 4, 6), "r": (1, 2)},
        where=_fits_and_affordable,
        value=_enumerated_scheme_b,
        bound=_law_b,
        delta=0,
        mutants={
            "scheme A": Variant(bound=_law_b_by_scheme_a),
            "1 - f for 1 - (1 - alpha) f": Variant(bound=_law_b_without_share),
        },
        assumptions=("Q_0 = P", "alpha N a whole number of real draws per generation"),
        note="every sample enumerated, t = 1 .. 3",
        proved="two-draw argument beside the claim",
    ),
    Claim(
        id="thm5-one-migrant",
        item="Thm 5",
        reading="R2",
        statement="One real draw per generation (alpha N = 1): f* lies in (1/3, 4/7] and decreases to 1/3 in scheme "
        "A, N >= 2; f* = 1/(3 - 2/N) in scheme B.",
        source="M3, M4",
        route=Route.CF,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (*range(2, 41), 100, 1000, 10_000)},
        evaluate=_one_migrant,
        delta=0,
        mutants={
            "f* = 1/3 within 1 % at N = 10": Variant(
                value=_one_migrant_value, bound=_one_third, relation="==", delta=Fraction(1, 300), domain={"N": (10,)}
            ),
        },
        assumptions=("Q_0 = P", "N constant", "alpha = 1/N"),
        note="rational fixed points of the two recursions; strictness above 1/3 follows from the strict decrease",
        decided_at="smoke",
    ),
    Claim(
        id="thm5-finite-n-floor",
        item="Thm 5",
        reading="R2",
        statement="inf alpha > 0 gives Q_t -> P at fixed N: E |Q_t - P|^2 / G(P) <= .01 at the horizon.",
        source="arXiv:2601.05280v2, Theorem 5, first half",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"t": (50, 1000), "N": (2, 10, 100), "alpha": (0.5, 0.1, 0.01)},
        along={"t": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)},
        value=_floor,
        bound=_hundredth,
        delta=1e-9,
        confirm=_floor_by_chain,
        simulate=_coin_distance,
        simulate_tail=tabular_loop.COIN_TAIL,
        controls={"N = 1e6": Variant(domain={"t": (1000,), "N": (1_000_000,), "alpha": (0.5,)}, must="SUPPORTED")},
        assumptions=("Q_0 = P", "N and alpha > 0 constant"),
        note="surrogate at t <= 1000; the limit is f* = 1/(N - (N-1)(1-alpha)^2) > 0",
        corrected_by=("thm5-growing-sample", "fixation-law-scheme-a"),
        decided_at="smoke",
    ),
)
