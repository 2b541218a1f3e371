"""Feng et al. 2024: synthesized data that pass a verifier.

A generator errs with rate p; a verifier accepts correct labels with probability phi and wrong ones with probability
psi. True: most of what it accepts is correct exactly below p* = 1/(1 + psi/phi), one round multiplies the odds by
phi/psi, and with real data the loop settles at the root of a quadratic. False: that better than chance is good enough,
and that verification alone keeps diversity at a finite sample.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="feng2024",
    title="Beyond Model Collapse: Scaling Up with Synthesized Data Requires Verification",
    authors=("Feng, Yunzhen", "Dohmatob, Elvis", "Yang, Pu", "Charton, Francois", "Kempe, Julia"),
    year=2024,
    arxiv="2406.07515",
)
_SECOND_HAND = "from the abstract and reviews"
_TENTHS = tuple(
    (Fraction(a, 10), Fraction(b, 10)) for a, b in ((9, 1), (6, 5), (5, 5), (4, 6), (10, 2), (7, 3), (3, 2))
)
"""Pairs (phi, psi)."""


# feng-majority-threshold and feng-better-than-chance ------------------------------------------------------------------
# Proof. Accepted labels are correct : wrong = (1 - p) phi : p psi by Bayes' rule. The first is larger exactly if
# p (phi + psi) < phi.


def _accepted_share(theta: Theta) -> Fraction:
    """Share of correct labels among accepted ones, from two correct and two wrong items."""
    error, (phi, psi) = theta["p"], theta["phi, psi"]
    items = [(1 - error) * 2 / 3, (1 - error) / 3, error / 4, error * 3 / 4]
    accepted = [mass * rate for mass, rate in zip(items, (phi, phi, psi, psi), strict=True)]
    return (accepted[0] + accepted[1]) / sum(accepted)


def _most_are_correct(theta: Theta) -> int:
    return int(_accepted_share(theta) > Fraction(1, 2))


def _below_threshold(theta: Theta) -> int:
    phi, psi = theta["phi, psi"]
    return int(theta["p"] < 1 / (1 + psi / phi))


def _below_half(theta: Theta) -> int:
    return int(theta["p"] < Fraction(1, 2))


def _below_true_positive_rate(theta: Theta) -> int:
    return int(theta["p"] < theta["phi, psi"][0])


def _half(theta: Theta) -> Fraction:
    return Fraction(1, 2)


# feng-odds-one-round --------------------------------------------------------------------------------------------------
# Proof. Accepted draws are independent draws of the conditional law, and the share of one type among N of them has its
# probability as mean.


def _refitted_share(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    phi, psi = theta["phi, psi"]
    initial = zd.Categorical(np.array([1 - theta["p"], theta["p"]]))
    system = zd.System(
        target=initial, num_samples=theta["N"], decoders=zd.decoders.Verifier([True, False], float(phi), float(psi))
    )
    run = zd.simulate(
        system,
        num_generations=1,
        num_replicates=num_replicates,
        key=key,
        record=(_first_share,),
        keep="replicates",
        quantiles=False,
    )
    return np.asarray(run.replicates["_first_share"], np.float64)[:, 1]


def _first_share(state: Any, target: Any) -> Any:
    return state.probs[0]


def _share_of_odds(theta: Theta) -> float:
    phi, psi = theta["phi, psi"]
    odds = (1 - theta["p"]) / theta["p"] * float(phi / psi)
    return odds / (1 + odds)


def _share_of_generator(theta: Theta) -> float:
    return 1 - theta["p"]


def _share_of_rejected(theta: Theta) -> float:
    phi, psi = theta["phi, psi"]
    odds = (1 - theta["p"]) / theta["p"] * float(phi / (1 - psi))
    return odds / (1 + odds)


# feng-fixed-point -----------------------------------------------------------------------------------------------------
# Proof. g = alpha g_P + (1 - alpha) g phi/(g phi + (1 - g) psi), times the denominator psi + (phi - psi) g: a quadratic
# with value -alpha g_P psi < 0 at 0 and (1 - g_P) alpha phi >= 0 at 1, hence one root in (0, 1]. The right side
# increases in g, so iteration from any start in (0, 1] is monotone and ends at that root.


def _settled(theta: Theta) -> float:
    (phi, psi), good = map(float, theta["phi, psi"]), 0.5
    for _ in range(5000):
        good = theta["alpha"] * theta["g_P"] + (1 - theta["alpha"]) * good * phi / (good * phi + (1 - good) * psi)
    return good


def _root_with(theta: Theta, sign: int) -> float:
    phi, psi = map(float, theta["phi, psi"])
    alpha, real = theta["alpha"], theta["g_P"]
    square, constant = phi - psi, -alpha * real * psi
    slope = psi - alpha * real * (phi - psi) - (1 - alpha) * phi
    if square == 0:
        return -constant / slope
    root = math.sqrt(slope**2 - 4 * square * constant)
    return (-slope + sign * root) / (2 * square)


def _root(theta: Theta) -> float:
    return _root_with(theta, 1)


def _other_root(theta: Theta) -> float:
    return _root_with(theta, -1)


def _quality_of_real_data(theta: Theta) -> float:
    return theta["g_P"]


# feng-diversity -------------------------------------------------------------------------------------------------------
# A perfect verifier leaves a Wright-Fisher chain among the correct items. Two of them, of shares x and 1 - x.

_FIRST = 0.6


def _diversity_of_correct(theta: Theta, share: str = "0") -> float:
    law = recursions.count_laws(theta["N"], _FIRST, _FIRST, share, theta["t/N"] * theta["N"])[-1]
    shares = np.arange(theta["N"] + 1) / theta["N"]
    return float(law @ (2 * shares * (1 - shares)))


def _diversity_with_real_data(theta: Theta) -> float:
    return _diversity_of_correct(theta, "0.1")


def _diversity_by_factor(theta: Theta) -> float:
    return (1 - 1 / theta["N"]) ** (theta["t/N"] * theta["N"]) * 2 * _FIRST * (1 - _FIRST)


def _half_of_diversity(theta: Theta) -> float:
    return _FIRST * (1 - _FIRST)


_TWENTIETHS = tuple(Fraction(k, 20) for k in (10, 6, 14, 2, 18, *range(1, 20)))

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="feng-majority-threshold",
        item="proxy p*",
        reading="R1",
        statement="Most accepted labels are correct exactly if the generator errs at a rate p < p* = 1/(1 + psi/phi).",
        source="arXiv:2406.07515 (the breakdown point)",
        second_hand=_SECOND_HAND,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"phi, psi": _TENTHS, "p": tuple(dict.fromkeys(_TWENTIETHS))},
        value=_most_are_correct,
        bound=_below_threshold,
        delta=0,
        mutants={
            "p* = 1/2": Variant(bound=_below_half),
            "p* = phi": Variant(bound=_below_true_positive_rate),
        },
        assumptions=("errors of generator and verifier independent from draw to draw", "phi > 0"),
        note="phi = .9, psi = .1: p* = .9",
        proved="Bayes' rule, beside the claim, every p, phi and psi",
        decided_at="smoke",
    ),
    Claim(
        id="feng-odds-one-round",
        item="selection by an imperfect verifier",
        reading="R2",
        statement="One round with N accepted draws multiplies the odds of a correct label by phi/psi: E of the "
        "refitted model's share of correct labels is that of odds (1 - p)/p phi/psi, at every N.",
        source="arXiv:2406.07515 (the setting)",
        second_hand=_SECOND_HAND,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (10, 2, 100), "phi, psi": _TENTHS, "p": (0.5, 0.7, 0.9, 0.1)},
        sample=_refitted_share,
        bound=_share_of_odds,
        tail=Tail(lower=0.0, upper=1.0, reason="a share"),
        slack=1e-5,
        delta=0.02,
        mutants={
            "no verifier": Variant(
                bound=_share_of_generator, domain={"N": (10,), "phi, psi": (_TENTHS[0],), "p": (0.7,)}
            ),
            "phi/(1 - psi)": Variant(
                bound=_share_of_rejected, domain={"N": (10,), "phi, psi": (_TENTHS[0],), "p": (0.7,)}
            ),
        },
        assumptions=("no real data", "draws are made until N are accepted"),
        note="slack: one generation at 2^-20 in total variation",
        proved="Bayes' rule, beside the claim, every N",
    ),
    Claim(
        id="feng-fixed-point",
        item="selection beside real data",
        reading="R1",
        statement="With a share alpha of real data of which g_P is correct, the share of correct items settles at the "
        "root in (0, 1] of (phi - psi) g^2 + (psi - alpha g_P (phi - psi) - (1 - alpha) phi) g - alpha g_P psi = 0.",
        source="arXiv:2406.07515 (the setting); the quadratic is ours",
        second_hand=_SECOND_HAND,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"phi, psi": _TENTHS, "alpha": (0.5, 0.1, 0.02), "g_P": (0.9, 0.5)},
        value=_settled,
        bound=_root,
        delta=1e-9,
        mutants={"the other root": Variant(bound=_other_root), "g_P": Variant(bound=_quality_of_real_data)},
        assumptions=("infinite sample", "real data are not filtered"),
        note="phi = .9, psi = .1, alpha = .1, g_P = .5: .944; phi < psi: the wrong items take over but for alpha g_P",
        proved="monotone iteration of an increasing map, beside the claim",
        decided_at="smoke",
    ),
    Claim(
        id="feng-diversity",
        item="verification prevents collapse",
        reading="R2",
        statement="A perfect verifier prevents collapse: of the diversity of correct items half is left at t = 4 N.",
        source="arXiv:2406.07515, verification against collapse, read as preserving diversity",
        second_hand=_SECOND_HAND,
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"N": (5, 10, 100), "t/N": (4,)},
        along={"t/N": (1, 2, 3, 4, 6, 8)},
        value=_diversity_of_correct,
        bound=_half_of_diversity,
        delta=1e-9,
        confirm=_diversity_by_factor,
        controls={
            "a tenth of fresh real data, N >= 10": Variant(
                value=_diversity_with_real_data, domain={"N": (10, 100), "t/N": (4,)}, must="SUPPORTED"
            )
        },
        assumptions=("no real data", "N accepted draws per generation", "two correct items of shares .6 and .4"),
        note="correctness is kept, variety is not: (1 - 1/N)^(4N) is about e^-4 = .018",
        corrected_by=("rem6-drift-inside", "feng-fixed-point"),
        decided_at="smoke",
    ),
    Claim(
        id="feng-better-than-chance",
        item="proxy p*",
        reading="R1",
        statement="A verifier better than chance, phi > psi, accepts mostly correct labels.",
        source="arXiv:2406.07515, the benefit of imperfect verifiers, read without the threshold",
        second_hand=_SECOND_HAND,
        route=Route.EX,
        expected=Status.REFUTED,
        relation=">",
        domain={"phi, psi": _TENTHS[:2], "p": tuple(dict.fromkeys(_TWENTIETHS))},
        value=_accepted_share,
        bound=_half,
        delta=0,
        controls={"generators right more often than not": Variant(where=lambda theta: theta["p"] < Fraction(1, 2))},
        assumptions=("errors independent from draw to draw",),
        note="phi = .6, psi = .5 leaves an error rate of .7 at .66",
        corrected_by=("feng-majority-threshold",),
        decided_at="smoke",
    ),
)

FENG = Catalogue(
    name="feng2024",
    title="Feng et al. 2024: verified synthetic data",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
