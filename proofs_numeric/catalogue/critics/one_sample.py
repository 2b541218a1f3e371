"""One fresh sample per generation: enough for more than half of the diversity, not enough for convergence.

At alpha = 1/N the chance f that two draws are copies of one real draw settles at f = u + (1 - u)^3 f, u = 1/N, so that
f* = u/(1 - (1 - u)^3) = 1/(3 - 3u + u^2). What is kept, 1 - f*, falls from 2/3 at u = 0 to 3/7 at N = 2.
"""

from fractions import Fraction

from proofs_numeric.catalogue.critics.counts import AS_RAISED, OBJECTION
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.expressions import Expression, expression
from proofs_numeric.verdict import Status

# critics-one-sample-half ----------------------------------------------------------------------------------------------
# Proof. 1 - f* falls with u; at u = 1/2 it is 3/7, at u = 1/3 it is 10/19. From Q_0 = P g_t falls towards 1 - f*.

_LEAST = {2: Fraction(3, 7), 3: Fraction(10, 19)}
"""Smallest N -> what is kept there."""


def _kept(theta: Theta) -> Expression:
    """1 - f* for 1/N = v / (smallest N), 0 <= v <= 1: every N from the smallest one on, and the limit."""
    u = expression(theta["v"]) / theta["smallest N"]
    return 1 - 1 / (3 - 3 * u + u**2)


def _least(theta: Theta) -> Fraction:
    return _LEAST[theta["smallest N"]]


def _two_thirds(theta: Theta) -> Fraction:
    return Fraction(2, 3)


def _half(theta: Theta) -> Fraction:
    return Fraction(1, 2)


# critics-one-sample-converges -----------------------------------------------------------------------------------------


def _lost(theta: Theta) -> float:
    return recursions.pair_probability_at(*theta["alpha, N"], theta["T"])


def _lost_backwards(theta: Theta) -> float:
    """f_T as the sum over generations s of the chance that the pair meets in s, going back from T."""
    share, size = theta["alpha, N"]
    offsets, factors = recursions.pair_probability(
        recursions.named_schedules.sizes(size, theta["T"]), recursions.named_schedules.shares(share, theta["T"])
    )
    apart, met = 1.0, 0.0
    for offset, factor in zip(offsets[::-1].tolist(), factors[::-1].tolist(), strict=True):
        met += apart * offset
        apart *= factor
    return met


def _one_percent(theta: Theta) -> float:
    return 0.01


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="critics-one-sample-half",
        item="Thm 4 and 5",
        reading="R2",
        statement="One real sample per generation, alpha = 1/N, keeps at least 3/7 of the diversity for ever, and at "
        "least 10/19, more than half, from N = 3 on: for every N at once, within 1e-12.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"smallest N": (2, 3)},
        box={"v": (0, 1)},
        value=_kept,
        bound=_least,
        delta=Fraction(1, 10**12),
        mutants={
            "more than half at N = 2, too": Variant(bound=_half, domain={"smallest N": (2,)}),
            "two thirds before the limit": Variant(bound=_two_thirds, delta=Fraction(1, 1000)),
        },
        assumptions=("Q_0 = P", "each draw real with probability 1/N", "1/N = v/(smallest N)"),
        note="the infimum 3/7 is attained at N = 2, 2/3 is the limit of large N; thm5-one-migrant has single N",
        proved="monotone in 1/N, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="critics-one-sample-converges",
        item="Thm 4 and 5",
        reading="R3",
        statement="One real sample per generation is enough for Q_t -> P as N_t grows: E |Q_t - P|^2/G(P) <= .01 at "
        "T = 400 000.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"alpha, N": (("1/(t+1)", "t+1"), ("1/(t+2)", "t+5")), "T": (400_000,)},
        along={"T": (10, 100, 1000, 10_000, 100_000, 400_000)},
        value=_lost,
        bound=_one_percent,
        delta=1e-9,
        confirm=_lost_backwards,
        controls={
            "N_t alpha_t -> infinity": Variant(
                domain={"alpha, N": (("(t+1)^-1/2", "t+1"), ("(t+1)^-1/3", "t+1")), "T": (400_000,)}, must="SUPPORTED"
            )
        },
        assumptions=("Q_0 = P", "each draw real with probability alpha_t"),
        note="f_T = 1/3: a third of the diversity within models is lost to differences between them, whatever T is",
        corrected_by=("critics-one-sample-half", "phase-partial", "phase-converge"),
        decided_at="smoke",
    ),
)
