"""Remark 6, continued: rewards and energies as filters of an infinite sample.

True: with the last model as reference, odds shrink by a constant factor per round, and only the best items are left.
False: that a reference which stays put gives the same collapse; and that filtering by the energy -log P converges to P.
"""

import numpy as np
from jaxtyping import Float
from scipy.special import entr

import zenil_dynamics as zd
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Remark 6"
Law = Float[np.ndarray, " support"]

STARTS = ((0.1, 0.2, 0.3, 0.4), (0.25, 0.25, 0.25, 0.25), (0.4, 0.3, 0.2, 0.1))
REWARD = np.array([3.0, 2.0, 1.0, 0.0])
"""Rewards in units of their gap; item 0 is the best."""


def _tilted_for_ever(theta: Theta, reference: Law | None) -> Law:
    start = np.array(theta["Q_0"])
    base = None if reference is None else reference.copy()
    return zd.oracles.decoded_population(
        start,
        np.zeros(theta["t"]),
        lambda probs: zd.oracles.decode_kl_tilt(probs if base is None else base, REWARD, 1 / theta["gap/beta"]),
    )[-1]


def _entropy(law: Law) -> float:
    return float(entr(law).sum())


# goodhart-moving and goodhart-fixed -----------------------------------------------------------------------------------
# Proof. The policy that maximises E r - beta KL(. || Q) is Q e^(r/beta)/Z. With Q = Q_t exponents add up: Q_t is Q_0
# e^(t r/beta)/Z, and the odds of two items change by e^(-gap/beta) per round. With Q = Q_0 every round gives Q_1.


def _odds_and_entropy(law: Law) -> Law:
    """Log-odds of each item against the best one, then the entropy."""
    with np.errstate(divide="ignore"):
        return np.append(np.log(law[1:]) - np.log(law[0]), _entropy(law))


def _moving(theta: Theta) -> Law:
    return _odds_and_entropy(_tilted_for_ever(theta, None))


def _powers(theta: Theta, rounds: float) -> Law:
    """Log-odds and entropy of Q_0 e^(rounds r/beta)/Z, the entropy as log Z - E log(weight)."""
    start = np.array(theta["Q_0"])
    log_odds = np.log(start / start[0]) - rounds * theta["gap/beta"] * (REWARD[0] - REWARD)
    total = np.exp(log_odds).sum()
    return np.append(log_odds[1:], np.log(total) - np.exp(log_odds) @ log_odds / total)


def _moving_law(theta: Theta) -> Law:
    return _powers(theta, theta["t"])


def _moving_double(theta: Theta) -> Law:
    return _powers(theta, 2 * theta["t"])


def _moving_once(theta: Theta) -> Law:
    return _powers(theta, 1)


def _entropy_under_fixed_reference(theta: Theta) -> float:
    return _entropy(_tilted_for_ever(theta, np.array(theta["Q_0"])))


def _entropy_under_moving_reference(theta: Theta) -> float:
    return _entropy(_tilted_for_ever(theta, None))


def _entropy_of_first_tilt(theta: Theta) -> float:
    return float(_powers(theta, 1)[-1])


def _hundredth(theta: Theta) -> float:
    return 0.01


# filter-energy --------------------------------------------------------------------------------------------------------
# With E = -log P one filter at temperature T multiplies by P^(1/T): Q_t = Q_0 P^(t/T)/Z, whose limit is Q_0 given the
# largest P on its support. From uniform Q_0 one round at T = 1 gives P, and the next one leaves it again.


def _filtered(theta: Theta) -> Law:
    target, start = np.array(theta["P"]), np.array(theta["Q_0"])
    return zd.oracles.decoded_population(
        target,
        np.zeros(theta["t"]),
        lambda probs: zd.oracles.decode_energy_filter(probs, -np.log(target), theta["T"]),
        initial=start,
    )[-1]


def _distance(law: Law, theta: Theta) -> float:
    return float(np.abs(law - np.array(theta["P"])).sum() / 2)


def _filtered_distance(theta: Theta) -> float:
    return _distance(_filtered(theta), theta)


def _filtered_distance_by_powers(theta: Theta) -> float:
    weights = np.array(theta["Q_0"]) * np.array(theta["P"]) ** (theta["t"] / theta["T"])
    return _distance(weights / weights.sum(), theta)


def _twentieth(theta: Theta) -> float:
    return 0.05


_TENTHS = (0.4, 0.3, 0.2, 0.1)
_UNIFORM = (0.25, 0.25, 0.25, 0.25)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="goodhart-moving",
        item="Rem 6",
        reading="R1",
        statement="With the last model as reference, maximising E r - beta KL gives Q_t = Q_0 e^(t r/beta)/Z: the odds "
        "of an item fall by e^(-gap/beta) per round and entropy goes to 0, t <= 100.",
        source=f"{SOURCE} (Goodhart)",
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"Q_0": STARTS, "gap/beta": (0.5, 0.1, 2.0), "t": (1, 2, 10, 100)},
        along={"t": (1, 2, 3, 5, 7, 10)},
        value=_moving,
        bound=_moving_law,
        delta=1e-9,
        mutants={
            "e^(-2 gap/beta)": Variant(bound=_moving_double),
            "fixed reference": Variant(bound=_moving_once),
        },
        assumptions=("alpha = 0", "infinite sample"),
        note="Q_0 = (.1, .2, .3, .4), gap/beta = .5: H = .072 nats at t = 10",
        proved="exponents add, beside the claim",
        decided_at="smoke",
        where=lambda theta: theta["gap/beta"] * theta["t"] <= 50,
    ),
    Claim(
        id="goodhart-fixed",
        item="Rem 6",
        reading="R1",
        statement="With a fixed reference entropy goes to 0, too: H(Q_t) <= .01 nats at t = 100.",
        source=f"{SOURCE} (Goodhart), read without asking what the reference is",
        route=Route.POP,
        expected=Status.REFUTED,
        relation="<=",
        domain={"Q_0": STARTS, "gap/beta": (0.5, 0.1), "t": (100,)},
        along={"t": (1, 2, 5, 10, 20, 50, 100)},
        value=_entropy_under_fixed_reference,
        bound=_hundredth,
        delta=1e-9,
        confirm=_entropy_of_first_tilt,
        controls={
            "moving reference": Variant(value=_entropy_under_moving_reference, must="SUPPORTED"),
        },
        assumptions=("alpha = 0", "infinite sample"),
        note="Q_1 = Q_2 = ..: from (.1, .2, .3, .4) at gap/beta = .5, H = 1.380 for ever",
        corrected_by=("goodhart-moving",),
        decided_at="smoke",
    ),
    Claim(
        id="filter-energy",
        item="Rem 6",
        reading="R1",
        statement="A loop whose draws pass the filter exp(-E/T), E = -log P, in every round converges to P: TV(Q_t, P) "
        "<= .05 at t = 20.",
        source="a filter in circulation beside arXiv:2601.05280v2, Remark 6",
        route=Route.POP,
        expected=Status.REFUTED,
        relation="<=",
        domain={
            "P": (_TENTHS, (0.6, 0.3, 0.1)),
            "Q_0": (_TENTHS, _UNIFORM, (0.6, 0.3, 0.1), (0.1, 0.2, 0.7)),
            "T": (1.0, 0.5),
            "t": (20,),
        },
        along={"t": (1, 2, 3, 5, 7, 10, 15, 20)},
        where=lambda theta: len(theta["P"]) == len(theta["Q_0"]),
        value=_filtered_distance,
        bound=_twentieth,
        delta=1e-9,
        confirm=_filtered_distance_by_powers,
        controls={
            "one round from the uniform law at T = 1": Variant(
                domain={"P": (_TENTHS,), "Q_0": (_UNIFORM,), "T": (1.0,), "t": (1,)}, must="SUPPORTED"
            )
        },
        assumptions=("alpha = 0", "infinite sample", "P not uniform"),
        note="P = Q_0 = (.4, .3, .2, .1), T = 1: (.9976, .0024, 0, 0), at distance .598; the limit is Q_0 given the "
        "largest P",
        corrected_by=("goodhart-moving",),
        decided_at="smoke",
    ),
)
