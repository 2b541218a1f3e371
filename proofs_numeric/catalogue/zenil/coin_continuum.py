"""Theorem 2 for every coin at once: what one generation loses, proved over the continuum 0 <= q <= 1/2.

True: at most log(1 + 1/N), and at least the share c_N of its entropy that the fair coin loses. False neighbour: at most
the first order 1/(2N), which the fair coin exceeds.
"""

from fractions import Fraction
from math import comb

from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.expressions import Expression, Operand, expression, log, xlogx
from proofs_numeric.verdict import Status

SOURCE = "master result M2; van Erven and Harremoes (2014) for KL <= log(1 + chi2)"


def _entropy(q: Operand) -> Expression:
    """h(q) = -q log q - (1 - q) log(1 - q), nats."""
    return -xlogx(q) - xlogx(1 - q)


def _loss(theta: Theta) -> Expression:
    """h(q) - E h(n/N), n ~ Bin(N, q); the terms n = 0 and n = N are 0."""
    size, q = theta["N"], expression(theta["q"])
    kept = expression(0)
    for n in range(1, size):
        kept += comb(size, n) * q**n * (1 - q) ** (size - n) * _entropy(Fraction(n, size))
    return _entropy(q) - kept


def _bound(theta: Theta) -> Expression:
    return log(1 + Fraction(1, theta["N"]))


def _bound_of_half(theta: Theta) -> Expression:
    return log(1 + Fraction(1, 2 * theta["N"]))


def _least_loss(theta: Theta) -> Expression:
    """c_N h(q), c_N being the share that the fair coin loses."""
    share = _loss({"N": theta["N"], "q": Fraction(1, 2)}) / log(2)
    return share * _entropy(theta["q"])


def _share_one_in_size(theta: Theta) -> Expression:
    return _entropy(theta["q"]) / theta["N"]


def _first_order(theta: Theta) -> Fraction:
    return Fraction(1, 2 * theta["N"])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-loss-upper-bound-coins",
        item="M2",
        reading="R2",
        statement="The entropy that a coin loses in one generation is at most log(1 + 1/N), for all 0 <= q <= 1/2.",
        source=SOURCE,
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": tuple(range(2, 13))},
        box={"q": (0, Fraction(1, 2))},
        value=_loss,
        bound=_bound,
        mutants={"log(1 + 1/(2N))": Variant(bound=_bound_of_half), "1/(2N)": Variant(bound=_first_order)},
        note="at N = 1 the fair coin attains the bound",
        proved="KL <= log(1 + chi2), Jensen, E chi2 = 1/N",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-loss-lower-bound-coins",
        item="Thm 2",
        reading="R2",
        statement="One generation takes from a coin at least the share c_N of its entropy that it takes from the fair "
        "coin, within 1e-10 nats, for all 0 <= q <= 1/2.",
        source="master result M2, the corrected form of arXiv:2601.05280v2, Theorem 2, Eq. (12)",
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={"N": (2, 3, 5, 10)},
        box={"q": (0, Fraction(1, 2))},
        value=_loss,
        bound=_least_loss,
        delta=Fraction(1, 10**10),
        mutants={
            "1.02 c_N": Variant(adjust_bound=lambda theta, bound: bound * Fraction(51, 50)),
            "1/N for c_N": Variant(bound=_share_one_in_size),
        },
        note="both sides meet at q = 0 and q = 1/2, hence the tolerance; thm2-cn-argmin-half compares the shares "
        "themselves, up to N = 200",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-loss-first-order-coins",
        item="M2",
        reading="R2",
        statement="The first-order loss 1/(2N) is an upper bound as well, for all 0 <= q <= 1/2.",
        source="Miller (1955), read as a bound",
        route=Route.INT,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": tuple(range(2, 13))},
        box={"q": (0, Fraction(1, 2))},
        value=_loss,
        bound=_first_order,
        controls={"coins below 1/50": Variant(box={"q": (0, Fraction(1, 50))}, must="SUPPORTED")},
        corrected_by=("thm2-loss-upper-bound-coins",),
        decided_at="smoke",
    ),
)
