"""Remark 6: what an imperfect verifier does to the loop that it filters.

A correct draw is accepted with probability TPR, a wrong one with FPR. True: errors that are independent from draw to
draw are averaged out, the odds of a correct item grow by TPR/FPR per round; errors that stick to items are not; and a
verifier leaves the drift among accepted items as it is. False: that only a perfect verifier leads to correct items,
and that any better-than-chance one does so at a finite sample.
"""

import functools
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops.recursions import binomial_matrix
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Remark 6"
RATES = ((0.55, 0.45), (0.9, 0.1), (0.6, 0.5))
"""Pairs (TPR, FPR)."""
Law = Float[np.ndarray, " support"]


# rem6-odds-law and rem6-perfect-verifier ------------------------------------------------------------------------------
# Proof. An accepted draw is correct with odds x TPR : (1 - x) FPR by Bayes' rule, and an infinite sample makes that the
# next model; iterate. The odds tend to infinity whenever TPR > FPR.


def _filtered(initial: Law, acceptance: Law, rounds: int) -> Law:
    """The model after so many rounds of an infinite sample without real data."""
    return zd.oracles.decoded_population(
        initial, np.zeros(rounds), lambda probs: zd.oracles.decode_rejection(probs, acceptance)
    )[-1]


def _correct_share(theta: Theta) -> float:
    """Two correct and two wrong items, the second of each kind half as frequent as the first."""
    good, (tpr, fpr) = theta["x"], theta["TPR, FPR"]
    initial = np.array([2 * good, good, 2 * (1 - good), 1 - good]) / 3
    return float(_filtered(initial, np.array([tpr, tpr, fpr, fpr]), theta["t"])[:2].sum())


def _share_of_odds(good: float, factor: float, rounds: int) -> float:
    odds = good / (1 - good) * factor**rounds
    return odds / (1 + odds)


def _odds_law(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return _share_of_odds(theta["x"], tpr / fpr, theta["t"])


def _odds_by_rejected(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return _share_of_odds(theta["x"], tpr / (1 - fpr), theta["t"])


def _odds_one_round_less(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return _share_of_odds(theta["x"], tpr / fpr, theta["t"] - 1)


def _wrong_share(theta: Theta) -> float:
    return 1 - _correct_share(theta)


def _wrong_share_by_odds(theta: Theta) -> float:
    return 1 - _odds_law(theta)


def _one_percent(theta: Theta) -> float:
    return 0.01


# rem6-item-errors -----------------------------------------------------------------------------------------------------
# Proof. A fixed set V of accepted items conditions the model on V, in the first round and never again.

_ITEMS = np.array([6.0, 3.0, 1.0, 5.0, 4.0, 1.0]) / 20
"""Q_0; the first three items are correct."""
_ACCEPTED = {
    "one correct item rejected, one wrong accepted": (1, 1, 0, 1, 0, 0),
    "half of each kind": (1, 0, 0, 0, 1, 1),
    "all wrong ones accepted": (1, 1, 1, 1, 1, 1),
}


def _with_correct_share(law: Law) -> Law:
    return np.append(law, law[:3].sum())


def _item_filtered(theta: Theta) -> Law:
    return _with_correct_share(_filtered(_ITEMS, np.array(_ACCEPTED[theta["V"]], float), theta["t"]))


def _conditioned(theta: Theta) -> Law:
    kept = _ITEMS * np.array(_ACCEPTED[theta["V"]])
    return _with_correct_share(kept / kept.sum())


def _odds_law_of_items(theta: Theta) -> Law:
    """What independent errors of the same rates would leave."""
    accepted = np.array(_ACCEPTED[theta["V"]], float)
    good, bad = _ITEMS[:3], _ITEMS[3:]
    rates = np.array([good @ accepted[:3] / good.sum()] * 3 + [bad @ accepted[3:] / bad.sum()] * 3)
    return _with_correct_share(_filtered(_ITEMS, rates, theta["t"]))


# rem6-drift-inside ----------------------------------------------------------------------------------------------------
# Proof. Accepted draws are independent draws of Q given V, since all of V is accepted alike: two of the N are one draw
# with probability 1/N, so E G(Q') = (1 - 1/N) G(Q | V).


def _diversity(probs: list[Fraction]) -> Fraction:
    return 1 - sum((q * q for q in probs), Fraction(0))


def _accepted_law(counts: tuple[int, ...], rate: Fraction) -> list[Fraction]:
    """Law of an accepted draw where the last type is always rejected."""
    weights = [rate * count for count in counts[:-1]]
    return [weight / sum(weights) for weight in weights]


def _models(theta: Theta) -> list[tuple[int, ...]]:
    return [counts for counts in zd.oracles.compositions(theta["r"], theta["K"]) if sum(counts[:-1])]


def _expected_inside(theta: Theta) -> list[Fraction]:
    result = []
    for counts in _models(theta):
        law = zd.oracles.multinomial_law(_accepted_law(counts, theta["TPR"]), theta["N"])
        result.append(
            sum((w * _diversity([Fraction(n, theta["N"]) for n in drawn]) for drawn, w in law.items()), Fraction(0))
        )
    return result


def _inside_with(theta: Theta, factor: Fraction) -> list[Fraction]:
    return [factor * _diversity(_accepted_law(counts, Fraction(1))) for counts in _models(theta)]


def _drift_inside(theta: Theta) -> list[Fraction]:
    return _inside_with(theta, 1 - Fraction(1, theta["N"]))


def _no_drift_inside(theta: Theta) -> list[Fraction]:
    return _inside_with(theta, Fraction(1))


def _drift_of_fewer(theta: Theta) -> list[Fraction]:
    return _inside_with(theta, 1 - 1 / (theta["N"] * theta["TPR"]))


# rem6-finite-n-good ---------------------------------------------------------------------------------------------------
# With N accepted draws the number of correct ones is a Wright-Fisher chain with selection. It is absorbed, and the
# wrong end has positive probability.

_HORIZON = 20
"""Generation from which the rest of the way to fixation is averaged exactly."""


def _accepted_share(share: Any, tpr: float, fpr: float) -> Any:
    return share * tpr / (share * tpr + (1 - share) * fpr)


@functools.lru_cache(maxsize=32)
def _fixation(num_samples: int, rates: tuple[float, float]) -> Law:
    """Probability that only correct items remain, from 0 .. N of them, by iterating the chain."""
    matrix = binomial_matrix(num_samples, _accepted_share(np.arange(num_samples + 1) / num_samples, *rates))
    return np.linalg.matrix_power(matrix, 2 ** (12 + num_samples.bit_length()))[:, -1]


def _fixation_probability(theta: Theta) -> float:
    first = binomial_matrix(theta["N"], [_accepted_share(theta["x"], *theta["TPR, FPR"])])[0]
    return float(first @ _fixation(theta["N"], theta["TPR, FPR"]))


def _certain(theta: Theta) -> float:
    return 1.0


def _fixation_solved(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return zd.oracles.verifier_fixation_probability(theta["N"], tpr, fpr, theta["x"])


def _diffusion(theta: Theta) -> float:
    tpr, fpr = theta["TPR, FPR"]
    return zd.oracles.verifier_fixation_diffusion(theta["N"], tpr, fpr, theta["x"])


def _fixation_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    # The probability of fixation is a martingale along the chain: its mean at generation 20 is the value itself.
    tpr, fpr = theta["TPR, FPR"]
    initial = zd.Categorical(np.array([theta["x"], 1 - theta["x"]]))
    system = zd.System(target=initial, num_samples=theta["N"], decoders=zd.decoders.Verifier([True, False], tpr, fpr))
    run = zd.simulate(
        system,
        num_generations=_HORIZON,
        num_replicates=num_replicates,
        key=key,
        record=(_first_share,),
        keep="replicates",
    )
    shares = np.asarray(run.replicates["_first_share"], np.float64)[:, _HORIZON]
    return _fixation(theta["N"], theta["TPR, FPR"])[np.rint(shares * theta["N"]).astype(int)]


def _first_share(state: Any, target: Any) -> Any:
    return state.probs[0]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="rem6-odds-law",
        item="Rem 6",
        reading="R1",
        statement="With an infinite sample and errors independent from draw to draw, the odds of a correct item grow "
        "by TPR/FPR per round, t <= 20.",
        source=SOURCE,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"TPR, FPR": (*RATES, (0.45, 0.55)), "x": (0.5, 0.233, 0.05), "t": (1, 5, 20)},
        along={"t": (1, 2, 3, 5, 8, 12, 16, 20)},
        value=_correct_share,
        bound=_odds_law,
        delta=1e-12,
        mutants={
            "TPR/(1 - FPR)": Variant(bound=_odds_by_rejected),
            "exponent t - 1": Variant(bound=_odds_one_round_less),
        },
        assumptions=("alpha = 0", "every accepted draw is used"),
        note="(.55, .45) raises .233 to .944 in 20 rounds",
        proved="Bayes' rule, iterated",
        decided_at="smoke",
    ),
    Claim(
        id="rem6-drift-inside",
        item="Rem 6",
        reading="R2",
        statement="A verifier that accepts all correct items alike and no wrong one leaves the drift among them as it "
        "is: E G(Q') = (1 - 1/N) G(Q | correct), for N accepted draws.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (2, 3, 4), "K": (3, 4), "r": (4,), "TPR": (Fraction(1, 2), Fraction(9, 10))},
        value=_expected_inside,
        bound=_drift_inside,
        delta=0,
        mutants={
            "no drift": Variant(bound=_no_drift_inside),
            "N TPR draws": Variant(bound=_drift_of_fewer),
        },
        assumptions=("alpha = 0", "draws are made until N are accepted"),
        note="every model with entries in quarters and its last type wrong; G = 1 - sum q^2",
        proved="accepted draws are independent draws of Q given the accepted set, every N and Q",
        decided_at="smoke",
    ),
    Claim(
        id="rem6-item-errors",
        item="Rem 6",
        reading="R1",
        statement="A verifier that errs on the same items for ever conditions the model on the set V that it accepts, "
        "once: P(correct) = Q_0(correct and V)/Q_0(V) at every t >= 1, and nothing collapses inside V.",
        source=SOURCE,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"V": tuple(_ACCEPTED), "t": (1, 5, 100)},
        value=_item_filtered,
        bound=_conditioned,
        delta=1e-12,
        mutants={"odds grow by TPR/FPR": Variant(bound=_odds_law_of_items)},
        assumptions=("alpha = 0", "infinite sample"),
        proved="conditioning twice on one set is conditioning once",
        decided_at="smoke",
    ),
    Claim(
        id="rem6-perfect-verifier",
        item="Rem 6",
        reading="R1",
        statement="Without a perfect verifier at least 1 % of the items stay wrong: after 200 rounds.",
        source=SOURCE,
        route=Route.CF,
        expected=Status.REFUTED,
        relation=">=",
        domain={"TPR, FPR": RATES, "x": (0.5, 0.05), "t": (200,)},
        along={"t": (1, 5, 10, 20, 30, 40, 50, 75, 100, 150, 200)},
        value=_wrong_share,
        bound=_one_percent,
        delta=1e-9,
        confirm=_wrong_share_by_odds,
        controls={
            "no better than chance": Variant(
                domain={"TPR, FPR": ((0.5, 0.5), (0.9, 0.9), (0.45, 0.55)), "x": (0.5, 0.05), "t": (200,)},
                must="SUPPORTED",
            )
        },
        assumptions=("alpha = 0", "infinite sample", "errors independent from draw to draw"),
        note="the wrong share falls like (FPR/TPR)^t for every TPR > FPR",
        corrected_by=("rem6-odds-law", "rem6-item-errors", "rem6-finite-n-good"),
        decided_at="smoke",
    ),
    Claim(
        id="rem6-finite-n-good",
        item="Rem 6",
        reading="R2",
        statement="A verifier better than chance makes the loop end with correct items alone, with probability 1, at "
        "every sample size.",
        source=f"{SOURCE}, corrected odds law read at a finite sample",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (10, 100), "x": (0.2, 0.05), "TPR, FPR": ((0.55, 0.45),)},
        value=_fixation_probability,
        bound=_certain,
        delta=1e-9,
        confirm=_fixation_solved,
        simulate=_fixation_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="a probability"),
        controls={"Kimura's diffusion within .02": Variant(bound=_diffusion, delta=0.02, must="SUPPORTED")},
        assumptions=("alpha = 0", "N accepted draws per generation", "errors independent from draw to draw"),
        note="N = 10, x = .2: .5665 (diffusion .5620); N = 100: .9997",
        corrected_by=("rem6-odds-law", "rem6-drift-inside"),
        decided_at="smoke",
    ),
)
