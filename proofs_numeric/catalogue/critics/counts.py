"""Fraction is not count: what decides how much diversity is kept is N alpha, the number of real samples.

g_t = E G(Q_t)/G(P) tends to x/(1 + x), x = (N - 1) alpha (2 - alpha). In r = N alpha this is x = 2r (1 - 1/N)
(1 - r/(2N)): r alone decides in the limit, and up to 1/(2N) before it.
"""

from fractions import Fraction

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

OBJECTION = "objection to arXiv:2601.05280v2, Theorems 4 and 5"
AS_RAISED = "as the objection is commonly raised; no text of a critic was read"
TIMES_LARGER = 100


def _kept(num_samples: int, share: Fraction) -> float:
    """G after 30 N generations, from Q_0 = P: 1 - g has settled within e^-30."""
    return 1 - recursions.pair_probability_at(str(float(share)), str(num_samples), 30 * num_samples)


# critics-count-decides ------------------------------------------------------------------------------------------------
# Proof. Let x = 2r (1 - 1/N)(1 - r/(2N)) with r <= N/2 and N >= 20. Then 2r - x <= (2r + r^2)/N and x >= 1.425 r, so
# 2r/(1 + 2r) - x/(1 + x) = (2r - x)/((1 + 2r)(1 + x)) <= 1/(2N), since 2 (2r + r^2) <= (1 + 2r)(1 + 1.425 r) for all r.
# Both sizes lie below the limit 2r/(1 + 2r) by at most that, hence they differ by no more.


def _kept_here(theta: Theta) -> float:
    return _kept(theta["N"], theta["r"] / theta["N"])


def _stationary(num_samples: int, share: Fraction) -> float:
    return float(zd.oracles.retained_diversity_stationary(num_samples, float(share)))


def _kept_by_the_count(theta: Theta) -> float:
    larger = TIMES_LARGER * theta["N"]
    return _stationary(larger, theta["r"] / larger)


def _kept_by_the_share(theta: Theta) -> float:
    return _stationary(TIMES_LARGER * theta["N"], theta["r"] / theta["N"])


def _limit_without_two(theta: Theta) -> float:
    return float(theta["r"] / (1 + theta["r"]))


def _half_a_sample(theta: Theta) -> float:
    return 1 / (2 * theta["N"])


# critics-share-alone --------------------------------------------------------------------------------------------------


def _kept_at_the_share(theta: Theta) -> float:
    return _kept(theta["N"], theta["alpha"])


def _kept_by_a_hundred(theta: Theta) -> float:
    return _stationary(100, theta["alpha"])


def _kept_of_larger(theta: Theta) -> float:
    """The same statistic at a hundred times the sample and a hundredth of the share."""
    return _stationary(TIMES_LARGER * theta["N"], theta["alpha"] / TIMES_LARGER)


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="critics-count-decides",
        item="Thm 4 and 5",
        reading="R2",
        statement="The count decides: with r = N alpha <= N/2 real samples per generation a loop keeps the same "
        "diversity as one with a hundred times the sample and a hundredth of the share, within 1/(2N).",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "N": (20, 100, 1000),
            "r": (Fraction(1), Fraction(1, 2), Fraction(1, 10), Fraction(2), Fraction(5), Fraction(10)),
        },
        value=_kept_here,
        bound=_kept_by_the_count,
        delta=_half_a_sample,
        mutants={
            "a hundred times the sample at the same share": Variant(bound=_kept_by_the_share),
            "r/(1 + r)": Variant(bound=_limit_without_two),
        },
        assumptions=("Q_0 = P", "N and alpha constant", "each draw real with probability alpha"),
        note="r = 1: .6494 (N = 20, alpha = .05), .6665 (N = 2000, alpha = .0005); the share differs a hundredfold",
        proved="every N >= 20 and r <= N/2, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="critics-share-alone",
        item="Thm 4 and 5",
        reading="R2",
        statement="The share decides: with 1 % of real data a loop keeps the diversity that it keeps at N = 100, "
        "within .05, whatever N is.",
        source="arXiv:2601.05280v2, Theorems 4 and 5, where alpha_t is the share and N_t is not named",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (100, 20, 1000, 10_000), "alpha": (Fraction(1, 100),)},
        value=_kept_at_the_share,
        bound=_kept_by_a_hundred,
        delta=0.05,
        confirm=lambda theta: _stationary(theta["N"], theta["alpha"]),
        controls={
            "the count decides": Variant(
                bound=_kept_of_larger, domain={"N": (100, 1000), "alpha": (Fraction(1, 100),)}, must="SUPPORTED"
            ),
        },
        assumptions=("Q_0 = P", "N and alpha constant", "each draw real with probability alpha"),
        note="alpha = .01 keeps .274 of the diversity at N = 20, .663 at 100, .952 at 1000, .995 at 10 000",
        corrected_by=("critics-count-decides",),
        decided_at="smoke",
    ),
)
