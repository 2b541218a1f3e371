"""Eqs. (16) and (19): the symbolic projection as a contraction, and the error algebra that rests on it.

True: onto a convex set that holds P the projection in KL never moves away from P (Pythagoras), and errors add up like
a geometric series. False: one factor below 1 for all models, the same for other divergences, and for finite sets of
programs.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
from flint import arb
from scipy.special import rel_entr

from proofs_numeric.catalogue.zenil.mixture_lemma import divergence
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.intervals import at_working_precision, ball, balls
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Eq. (16)"
Tenths = tuple[int, ...]
"""A law with entries in tenths."""


def law(tenths: Tenths) -> np.ndarray:
    """Balls around n/10. Definition."""
    return balls([Fraction(n, 10) for n in tenths])


# eq16-convex-kl, eq16-convex-other and eq16-uniform-sigma -------------------------------------------------------------
# Pi Q = argmin of D(S || Q) over the segment S from A to B. Proof for KL with P in a convex S: the derivative of
# KL(. || Q) from Pi Q towards P is nonnegative, which says KL(P || Q) >= KL(P || Pi Q) + KL(Pi Q || Q).
#
# The projection with its arguments exchanged, Pi Q = argmin KL(Q || S), does not move away in KL either: its derivative
# towards P says sum_i P_i Q_i / (Pi Q)_i <= 1, and KL(P || Q) - KL(P || Pi Q) = -sum_i P_i log(Q_i / (Pi Q)_i) >= -log
# of that sum >= 0 by Jensen. What fails is to measure with exchanged arguments as well.
#
# The divergence is convex along the segment, so a sign change of its derivative encloses the minimum.

_SLOPES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "KL": lambda x, q: np.log(x / q),
    "chi2": lambda x, q: 2 * (x - q) / q,
    "Hellinger": lambda x, q: -np.sqrt(q / x),
    "Jensen-Shannon": lambda x, q: np.log(2 * x / (x + q)),
    "reverse KL": lambda x, q: -q / x,
}
"""Derivative of each summand of D(x || q) in x, up to positive factors and to constants that sum to 0."""
_SPLITS = 80
_SPLIT = Fraction(53, 113)
"""Where a bracket is cut: not at 1/2, where minima like to lie and the sign of the derivative is not certain."""


def projection(name: str, start: np.ndarray, stop: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Enclosure of the point of a segment with the least divergence from q.

    Args:
        name: a key of `_SLOPES`.
        start: balls, a positive law A.
        stop: balls, a positive law B other than A.
        q: balls, a positive law.

    Returns:
        Balls around A + s (B - A).

    Source: convexity: the derivative is negative before the minimum and positive after it.
    """

    def slope(s: Fraction) -> arb:
        return (_SLOPES[name](start + ball(s) * (stop - start), q) * (stop - start)).sum()

    low, high = Fraction(0), Fraction(1)
    # Comparisons of balls are true only where they are certain, so `low` and `high` always enclose the minimum.
    if slope(low) >= 0:
        high = low
    elif slope(high) <= 0:
        low = high
    for _ in range(_SPLITS if low < high else 0):
        middle = low + _SPLIT * (high - low)
        found = slope(middle)
        if not (found < 0 or found > 0):
            break
        low, high = (middle, high) if found < 0 else (low, middle)
    return start + ball(low).union(ball(high)) * (stop - start)


def _projected(theta: Theta, name: str, start: Tenths, *, measured: str = "") -> tuple[arb, arb]:
    """D(P || Pi Q) and D(P || Q), Pi onto the segment from `start` to B."""
    target, model = law(theta["P"]), law(theta["Q"])
    point = projection(name, law(start), law(theta["B"]), model)
    by = measured or name
    return divergence(by, target, point).sum(), divergence(by, target, model).sum()


@at_working_precision
def _onto_segment_with_target(theta: Theta) -> tuple[arb, arb]:
    return _projected(theta, theta["D"], theta["P"])


@at_working_precision
def _onto_segment_without_target(theta: Theta) -> tuple[arb, arb]:
    return _projected(theta, theta["D"], theta["B"][::-1])


@at_working_precision
def _projected_backwards(theta: Theta) -> tuple[arb, arb]:
    return _projected(theta, "reverse KL", theta["P"], measured="KL")


@at_working_precision
def _measured_backwards(theta: Theta) -> tuple[arb, arb]:
    return _projected(theta, "reverse KL", theta["P"])


def _segment(theta: Theta) -> bool:
    return theta["P"] != theta["B"]


def _model_is_target(theta: Theta) -> bool:
    return theta["B"] != theta["B"][::-1] and theta["P"] == theta["Q"]


@at_working_precision
def _inside_model(theta: Theta) -> tuple[arb, arb]:
    """D(P || Pi Q) and D(P || Q) for Q inside the segment from P to B."""
    target, stop = law(theta["P"]), law(theta["B"])
    model = target + ball(theta["s"]) * (stop - target)
    point = projection("KL", target, stop, model)
    return divergence("KL", target, point).sum(), divergence("KL", target, model).sum()


def _contracted(theta: Theta, bound: arb) -> arb:
    return bound * ball(theta["sigma"])


@at_working_precision
def _onto_target_alone(theta: Theta) -> tuple[arb, arb]:
    target = law(theta["P"])
    return ball(0), divergence("KL", target, law(theta["B"])).sum()


# eq16-discrete --------------------------------------------------------------------------------------------------------
# Onto a finite set the program nearest to Q may lie beyond Q, seen from P: no convexity, no Pythagoras.


def _coin(probability: Fraction) -> np.ndarray:
    return balls([probability, 1 - probability])


@at_working_precision
def _nearest_program(theta: Theta) -> tuple[arb, arb]:
    """D(P || Pi Q) and D(P || Q) for the coin of `theta` and a finite set of coins."""
    target, model = _coin(theta["P"]), _coin(theta["Q"])
    nearest = min(theta["S"], key=lambda program: float(divergence("KL", _coin(program), model).sum().mid()))
    return divergence("KL", target, _coin(nearest)).sum(), divergence("KL", target, model).sum()


def _nearest_program_in_floats(theta: Theta) -> float:
    def apart(first: Fraction, second: Fraction) -> float:
        pairs = np.array([[float(p), 1 - float(p)] for p in (first, second)])
        return float(rel_entr(*pairs).sum())

    return apart(theta["P"], min(theta["S"], key=lambda program: apart(program, theta["Q"])))


# eq19-algebra ---------------------------------------------------------------------------------------------------------
# Proof. Unroll D_{n+1} <= c D_n + delta.


def _unrolled(theta: Theta) -> Fraction:
    """Largest D_n that the premise allows, the slack delta_i <= delta in the named pattern."""
    error = theta["D_0"]
    for step in range(theta["n"]):
        slack = theta["delta"] if theta["slack"] == "all" or step % 2 else Fraction(0)
        error = theta["c"] * error + slack
    return error


def _series(theta: Theta, power: int, terms: int) -> Fraction:
    return (
        theta["c"] ** power * theta["D_0"] + sum((theta["c"] ** i for i in range(terms)), Fraction(0)) * theta["delta"]
    )


def _geometric(theta: Theta) -> Fraction:
    return _series(theta, theta["n"], theta["n"])


def _power_too_high(theta: Theta) -> Fraction:
    return _series(theta, theta["n"] + 1, theta["n"])


def _term_missing(theta: Theta) -> Fraction:
    return _series(theta, theta["n"], theta["n"] - 1)


def _with_growth(theta: Theta) -> Fraction:
    return theta["D_0"] + theta["n"] * theta["delta"]


def _positive_laws(total: int) -> tuple[Tenths, ...]:
    """Laws of three types with positive multiples of 2/10."""
    return tuple((2 * i, 2 * j, 2 * (total - i - j)) for i in range(1, total - 1) for j in range(1, total - i))


_FIFTHS = _positive_laws(5)
_TARGETS: Sequence[Tenths] = ((6, 3, 1), (1, 5, 4))
_STOPS: Sequence[Tenths] = ((1, 2, 7), (5, 1, 4))
_MODELS: Sequence[Tenths] = ((2, 1, 7), (1, 3, 6), (4, 1, 5))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="eq16-convex-kl",
        item="Eq. (16)",
        reading="ALG",
        statement="Projecting in KL onto a segment that holds P does not move away from P: KL(P || Pi Q) <= KL(P || "
        "Q), for all laws on three types with entries in fifths.",
        source=f"{SOURCE} with sigma = 1; Csiszar (1975) for the identity",
        route=Route.INT,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"D": ("KL",), "P": _FIFTHS, "B": _FIFTHS, "Q": _FIFTHS},
        where=_segment,
        evaluate=_onto_segment_with_target,
        delta=1e-12,
        mutants={
            "a segment without P": Variant(evaluate=_onto_segment_without_target, where=_model_is_target),
            "reverse KL throughout": Variant(
                evaluate=_measured_backwards,
                domain={"D": ("KL",), "P": tuple(_TARGETS), "B": tuple(_STOPS), "Q": tuple(_MODELS)},
            ),
        },
        controls={
            "arguments of the projection alone exchanged": Variant(evaluate=_projected_backwards, must="SUPPORTED"),
        },
        assumptions=("S convex with P in it", "Pi Q = argmin KL(S || Q)", "laws in tenths"),
        note="equality where Q lies on the segment, hence the tolerance; the first mutant fails at Q = P",
        proved="Pythagorean inequality for the information projection, beside the claim, every convex S",
        decided_at="smoke",
    ),
    Claim(
        id="eq19-algebra",
        item="Eq. (19)",
        reading="ALG",
        statement="D_{n+1} <= c D_n + delta gives D_n <= c^n D_0 + delta sum_{i<n} c^i for c in (0, 1], n <= 100.",
        source="arXiv:2601.05280v2, Eq. (19)",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "c": (Fraction(1, 2), Fraction(9, 10), Fraction(1)),
            "D_0": (Fraction(1), Fraction(0), Fraction(5, 2)),
            "delta": (Fraction(1, 10), Fraction(0), Fraction(1, 3)),
            "slack": ("all", "odd steps"),
            "n": (1, 2, 10, 100),
        },
        value=_unrolled,
        bound=_geometric,
        delta=0,
        mutants={
            "c^(n+1) D_0": Variant(bound=_power_too_high),
            "sum to n - 2": Variant(bound=_term_missing),
        },
        controls={
            "at c = 1 nothing decays: D_0 + n delta": Variant(
                bound=_with_growth,
                relation="==",
                domain={
                    "c": (Fraction(1),),
                    "D_0": (Fraction(1),),
                    "delta": (Fraction(1, 10),),
                    "slack": ("all",),
                    "n": (1, 2, 10, 100),
                },
                must="SUPPORTED",
            )
        },
        note="algebra alone: whether some c < 1 exists is what eq16-uniform-sigma and its neighbours ask",
        proved="unroll the recursion",
        decided_at="smoke",
    ),
    Claim(
        id="eq16-uniform-sigma",
        item="Eq. (16)",
        reading="ALG",
        statement="One sigma < 1 serves all models: KL(P || Pi Q) <= sigma KL(P || Q), on segments from P to B.",
        source=SOURCE,
        route=Route.INT,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "sigma": (Fraction(1, 2), Fraction(9, 10), Fraction(999, 1000)),
            "P": tuple(_TARGETS),
            "B": tuple(_STOPS),
            "s": (Fraction(1, 2), Fraction(1, 10), Fraction(1)),
        },
        evaluate=_inside_model,
        adjust_bound=at_working_precision(_contracted),
        delta=1e-12,
        controls={"onto P alone": Variant(evaluate=_onto_target_alone, must="SUPPORTED")},
        assumptions=("S convex with P in it", "the model lies in S, at P + s (B - P)", "laws in tenths"),
        note="a projection leaves what lies in S where it is: the ratio is 1",
        corrected_by=("eq16-convex-kl",),
        decided_at="smoke",
    ),
    Claim(
        id="eq16-discrete",
        item="Eq. (16)",
        reading="ALG",
        statement="Projecting onto a finite set of programs that holds P does not move away from P: KL(P || Pi Q) <= "
        "KL(P || Q), for coins.",
        source=f"{SOURCE}, with a discrete class of programs",
        route=Route.INT,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "P": (Fraction(1, 2),),
            "S": ((Fraction(1, 2), Fraction(1, 10)), (Fraction(1, 2), Fraction(1, 4), Fraction(1, 100))),
            "Q": (Fraction(1, 5), Fraction(2, 5), Fraction(1, 20)),
        },
        evaluate=_nearest_program,
        delta=1e-12,
        confirm=_nearest_program_in_floats,
        controls={
            "P the only program": Variant(
                domain={"P": (Fraction(1, 2),), "S": ((Fraction(1, 2),),), "Q": (Fraction(1, 5), Fraction(2, 5))},
                must="SUPPORTED",
            )
        },
        assumptions=("P in S", "Pi Q = argmin KL(S || Q)"),
        note="P = .5, S = {.5, .1}, Q = .2: .2231 becomes .5108, ratio 2.289",
        corrected_by=("eq16-convex-kl",),
        decided_at="smoke",
    ),
    Claim(
        id="eq16-convex-other",
        item="Eq. (16)",
        reading="ALG",
        statement="The same holds for every f-divergence: D(P || Pi Q) <= D(P || Q) for chi2, Hellinger and "
        "Jensen-Shannon, Pi Q = argmin D(S || Q) on segments that hold P.",
        source=f"{SOURCE}, for any divergence D",
        route=Route.INT,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "D": ("chi2", "Hellinger", "Jensen-Shannon"),
            "P": tuple(_TARGETS),
            "B": tuple(_STOPS),
            "Q": tuple(_MODELS),
        },
        evaluate=_onto_segment_with_target,
        delta=1e-6,
        controls={
            "KL": Variant(
                domain={"D": ("KL",), "P": tuple(_TARGETS), "B": tuple(_STOPS), "Q": tuple(_MODELS)}, must="SUPPORTED"
            )
        },
        assumptions=("S convex with P in it", "laws in tenths"),
        note="chi2 by a factor 1.176 at P = (.6, .3, .1), B = (.1, .2, .7), Q = (.2, .1, .7); Hellinger 1.0525, "
        "Jensen-Shannon 1.0458 elsewhere",
        corrected_by=("eq16-convex-kl",),
        decided_at="smoke",
    ),
)
