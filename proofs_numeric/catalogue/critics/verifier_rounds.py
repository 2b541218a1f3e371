"""A perfect verifier is not needed, and a better one than chance not enough: how many rounds, how many samples.

Independent errors multiply the odds of a correct item by TPR/FPR per round, so k rounds of a verifier are one round of
the verifier (TPR^k, FPR^k). Among N draws the correct items may be lost before that helps: with probability at most
(FPR/TPR)^(N x).
"""

import math
from fractions import Fraction

import zenil_dynamics as zd
from proofs_numeric.catalogue.critics.counts import AS_RAISED
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

OBJECTION = "objection to arXiv:2601.05280v2, Remark 6"
MOST_ROUNDS = 10_000

# critics-verifier-rounds and critics-perfect-verifier-worth -----------------------------------------------------------
# Proof. Odds after k rounds are (x/(1 - x)) (TPR/FPR)^k by Bayes' rule; a perfect verifier leaves a wrong share of 0.
# The wrong share is at most epsilon once the odds reach (1 - epsilon)/epsilon.


def _rounds(theta: Theta) -> int:
    """First round after which the wrong share is at most epsilon, one accepted population after the other."""
    tpr, fpr = theta["TPR, FPR"]
    wrong = 1 - Fraction(theta["x"])
    for done in range(MOST_ROUNDS):
        if wrong <= theta["epsilon"]:
            return done
        wrong = wrong * fpr / (wrong * fpr + (1 - wrong) * tpr)
    return MOST_ROUNDS


def _rounds_by_odds(theta: Theta) -> int:
    tpr, fpr = (float(rate) for rate in theta["TPR, FPR"])
    missing = _log_odds(1 - theta["epsilon"]) - _log_odds(theta["x"])
    return math.ceil(missing / (math.log(tpr) - math.log(fpr)))


def _log_odds(share: Fraction) -> float:
    return math.log(float(share)) - math.log(float(1 - share))


def _one_round_less(theta: Theta) -> int:
    return _rounds_by_odds(theta) - 1


def _rounds_without_rejections(theta: Theta) -> int:
    return _rounds_by_odds({**theta, "TPR, FPR": (1, theta["TPR, FPR"][1])})


def _rounds_by_accuracy(theta: Theta) -> int:
    """What the symmetric verifier of the same accuracy (TPR + 1 - FPR)/2 takes."""
    tpr, fpr = theta["TPR, FPR"]
    accuracy = (tpr + 1 - fpr) / 2
    return _rounds_by_odds({**theta, "TPR, FPR": (accuracy, 1 - accuracy)})


def _twenty(theta: Theta) -> int:
    return 20


def _rates(*percent: tuple[int, int]) -> tuple[tuple[Fraction, Fraction], ...]:
    return tuple((Fraction(good, 100), Fraction(bad, 100)) for good, bad in percent)


_RATES = _rates((90, 10), (99, 1), (55, 45), (60, 50), (50, 40))
_SAME_ACCURACY = _rates((55, 45), (100, 90), (11, 1), (60, 50))
_ROUNDS = {
    "TPR, FPR": _RATES,
    "x": (Fraction(1, 2), Fraction(1, 20)),
    "epsilon": (Fraction(1, 10**6), Fraction(1, 1000)),
}

# critics-verifier-finite-sample ---------------------------------------------------------------------------------------
# Proof. Let R = TPR/FPR and p = x R/(1 + x (R - 1)), so that n' ~ Bin(N, p) of N accepted draws are correct. Then
# E R^-n' = (1 - p (1 - 1/R))^N = (1 + x (R - 1))^-N <= R^(-N x), since R^x <= 1 + x (R - 1) by convexity: R^-n is a
# supermartingale, 1 where all correct items are lost and at least 0 elsewhere.


def _lost(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return 1 - zd.oracles.verifier_fixation_probability(theta["N"], tpr, fpr, theta["x"])


def _power_of_copies(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return (fpr / tpr) ** (theta["N"] * theta["x"])


def _power_of_samples(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return (fpr / tpr) ** theta["N"]


def _kimura_as_bound(theta: Theta) -> float:
    return _power_of_copies(theta) ** 2


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="critics-verifier-rounds",
        item="Rem 6",
        reading="R1",
        statement="An imperfect verifier is worth one round of a perfect one, up to a wrong share of epsilon, after "
        "ceil((logit(1 - epsilon) - logit x) / log(TPR/FPR)) rounds, and not before.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain=_ROUNDS,
        value=_rounds,
        bound=_rounds_by_odds,
        delta=0,
        mutants={
            "one round less": Variant(bound=_one_round_less),
            "1/FPR for TPR/FPR": Variant(bound=_rounds_without_rejections),
        },
        assumptions=("alpha = 0", "infinite sample", "errors independent from draw to draw"),
        note="x = 1/2, epsilon = 1e-6: 4 rounds of (.99, .01), 7 of (.9, .1), 69 of (.55, .45); k rounds are one round "
        "of (TPR^k, FPR^k)",
        proved="Bayes' rule, iterated",
        decided_at="smoke",
    ),
    Claim(
        id="critics-verifier-finite-sample",
        item="Rem 6",
        reading="R2",
        statement="A verifier better than chance loses all correct items among N draws with probability at most "
        "(FPR/TPR)^(N x): it is enough where N x log(TPR/FPR) is large, not wherever it beats chance.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={
            "N": (10, 2, 5, 50, 200),
            "x": (0.2, 0.05, 0.5, 0.9),
            "TPR, FPR": ((0.55, 0.45), (0.9, 0.1), (0.6, 0.5), (0.51, 0.5)),
        },
        value=_lost,
        bound=_power_of_copies,
        delta=1e-12,
        mutants={
            "(FPR/TPR)^N, whatever x is": Variant(bound=_power_of_samples),
            "(FPR/TPR)^(2 N x), as in the diffusion": Variant(bound=_kimura_as_bound),
        },
        assumptions=("alpha = 0", "N accepted draws per generation", "errors independent from draw to draw"),
        note="N = 10, x = .2, (.55, .45): lost with probability .433, at most .669. Kimura's exponent 2 N x is right "
        "for weak selection and too much for x near 1: N = 2, x = .9, (.9, .1) loses 4.4e-4, above 3.7e-4",
        proved="supermartingale (FPR/TPR)^n beside the claim, every N, x and TPR > FPR",
        decided_at="smoke",
    ),
    Claim(
        id="critics-perfect-verifier-worth",
        item="Rem 6",
        reading="R1",
        statement="Without a perfect verifier more than 20 rounds are needed to bring the wrong share down to epsilon, "
        "1e-3 or 1e-6.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.POP,
        expected=Status.REFUTED,
        relation=">",
        domain=_ROUNDS | {"TPR, FPR": _RATES[:2]},
        value=_rounds,
        bound=_twenty,
        confirm=_rounds_by_odds,
        controls={
            "ten points above chance": Variant(domain=_ROUNDS | {"TPR, FPR": _RATES[2:]}, must="SUPPORTED"),
        },
        assumptions=("alpha = 0", "infinite sample", "errors independent from draw to draw"),
        note="how far a verifier is from perfect changes the number of rounds, not where they lead; "
        "rem6-perfect-verifier has the share itself",
        corrected_by=("critics-verifier-rounds", "critics-verifier-finite-sample"),
        decided_at="smoke",
    ),
    Claim(
        id="critics-verifier-accuracy",
        item="Rem 6",
        reading="R1",
        statement="Verifiers of one accuracy (TPR + 1 - FPR)/2 are worth the same: they need as many rounds as the "
        "symmetric one.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.POP,
        expected=Status.REFUTED,
        relation="==",
        domain=_ROUNDS | {"TPR, FPR": _SAME_ACCURACY},
        value=_rounds,
        bound=_rounds_by_accuracy,
        delta=0,
        confirm=_rounds_by_odds,
        controls={
            "symmetric": Variant(domain=_ROUNDS | {"TPR, FPR": _SAME_ACCURACY[:1]}, must="SUPPORTED"),
        },
        assumptions=("alpha = 0", "infinite sample", "errors independent from draw to draw"),
        note="accuracy .55, x = 1/2, epsilon = 1e-6: 69 rounds of (.55, .45), 132 of (1, .9), 6 of (.11, .01): the "
        "ratio of the rates decides",
        corrected_by=("critics-verifier-rounds",),
        decided_at="smoke",
    ),
)
