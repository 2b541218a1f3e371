"""Proposition 1 when the real data are one sample that is used again in every generation.

r real draws stand beside s synthetic ones, and Q_0 is the measure of the real ones. True: the variance of the model has
a closed recursion above that of the real sample. False: that a constant share of real data brings the model to P.
"""

import functools
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Proposition 1, with one real sample reused"
Number = Any


# prop1-reused-set-floor -----------------------------------------------------------------------------------------------
# Proof. Given the real measure Phat the model is a martingale's image: E[Q_{t+1} | Q_t, Phat] = (1-w) Phat + w Q_t with
# w = s/(r+s), so E[Q_t | Phat] = Phat. Its variance is c_t Phat (1 - Phat): w^2 times (that of Q_t plus sampling noise
# E Q_t (1 - Q_t)/s = (1 - c_t) Phat (1 - Phat)/s). Average over Phat: Var Phat = P(1-P)/r, E Phat(1-Phat) = (1-1/r)
# P(1-P).


def _binomial(size: int, probability: Fraction) -> list[Fraction]:
    """Law of the count, in rationals."""
    law = [Fraction(0)] * (size + 1)
    for counts, weight in zd.oracles.multinomial_law((probability, 1 - probability), size).items():
        law[counts[0]] = weight
    return law


def _enumerated_variance(theta: Theta) -> Fraction:
    """Var Q_t / (P (1 - P)) over every real sample and every path of synthetic counts."""
    real, synthetic, target = theta["r"], theta["s"], theta["P"]
    total = Fraction(0)
    for kept, weight in enumerate(_binomial(real, target)):
        model = {Fraction(kept, real): weight}
        for _ in range(theta["t"]):
            following: dict[Fraction, Fraction] = {}
            for q, mass in model.items():
                for drawn, chance in enumerate(_binomial(synthetic, q)):
                    if chance:
                        after = Fraction(kept + drawn, real + synthetic)
                        following[after] = following.get(after, Fraction(0)) + mass * chance
            model = following
        total += sum(((q - target) ** 2 * mass for q, mass in model.items()), Fraction(0))
    return total / (target * (1 - target))


def _excess_variance(real: int, synthetic: int, generations: int) -> Fraction:
    """Variance of Q_t given the real measure, over that of one draw of it."""
    weight, index = Fraction(synthetic, real + synthetic), Fraction(0)
    for _ in range(generations if synthetic else 0):
        index = weight**2 * ((1 - Fraction(1, synthetic)) * index + Fraction(1, synthetic))
    return index


def _variance_law(theta: Theta) -> Fraction:
    floor = Fraction(1, theta["r"])
    return floor + (1 - floor) * _excess_variance(theta["r"], theta["s"], theta["t"])


def _variance_without_factor(theta: Theta) -> Fraction:
    return Fraction(1, theta["r"]) + _excess_variance(theta["r"], theta["s"], theta["t"])


def _variance_of_fresh_data(theta: Theta) -> Fraction:
    """Scheme B with r fresh real draws in every generation, started from r real ones."""
    size, kept = theta["r"] + theta["s"], Fraction(theta["s"], theta["r"] + theta["s"])
    index = Fraction(1, theta["r"])
    for _ in range(theta["t"]):
        index = kept**2 * index + (1 - kept * index) / size
    return index


# prop1-reused-set-convergence -----------------------------------------------------------------------------------------

_ENOUGH = 1000
"""Generations by which the recursion stands still: it contracts by w^2 (1 - 1/s)."""
_COIN = 0.5


@functools.lru_cache(maxsize=32)
def _limit(real: int, synthetic: int) -> float:
    """The recursion of the claim above, far out."""
    weight, index = synthetic / (real + synthetic), 0.0
    for _ in range(_ENOUGH):
        index = weight**2 * ((1 - 1 / synthetic) * index + 1 / synthetic)
    return 1 / real + (1 - 1 / real) * index


def _limiting_variance(theta: Theta) -> float:
    return _limit(theta["r"], theta["s"])


def _variance_by_oracle(theta: Theta) -> float:
    moments = zd.oracles.mean_parameter_moments_reused_real_set(
        [theta["r"] + theta["s"]] * _ENOUGH, theta["r"], family="bernoulli", target_mean=_COIN
    )
    return float(moments.mean_square[-1]) / (_COIN * (1 - _COIN))


def _reuse_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    system = zd.System(
        target=tabular_loop.padded((_COIN, 1 - _COIN)),
        num_samples=theta["r"] + theta["s"],
        initial=zd.estimate(num_samples=theta["r"]),
        update=zd.ReuseReal(theta["r"]),
    )
    # At r = s, where this is looked at, 80 generations contract by less than 4^-80.
    mass = tabular_loop.paths(system, key, num_replicates)["first_mass"][:, -1].astype(np.float64)
    return (mass - _COIN) ** 2 / (_COIN * (1 - _COIN))


def _nothing(theta: Theta) -> float:
    return 0.0


def _real_sample_alone(theta: Theta) -> float:
    return 1 / theta["r"]


def _closed_limit(theta: Theta) -> float:
    real, synthetic = theta["r"], theta["s"]
    square = (synthetic / (real + synthetic)) ** 2
    return 1 / real + (1 - 1 / real) * square / (synthetic - square * (synthetic - 1))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="prop1-reused-set-floor",
        item="Prop 1",
        reading="R8",
        statement="With r real draws reused beside s synthetic ones, w = s/(r+s): Var Q_t = P(1-P)[1/r + (1 - 1/r) "
        "c_t], c_0 = 0, c_{t+1} = w^2 ((1 - 1/s) c_t + 1/s), t <= 8.",
        source=SOURCE,
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "r": (2, 1, 3, 6),
            "s": (2, 0, 1, 4, 6),
            "P": (Fraction(1, 2), Fraction(1, 3)),
            "t": (1, 2, 8),
        },
        where=lambda theta: theta["t"] < 8 or theta["r"] * theta["s"] <= 8,
        value=_enumerated_variance,
        bound=_variance_law,
        delta=0,
        mutants={
            "1 - 1/r left out": Variant(bound=_variance_without_factor),
            "fresh real draws": Variant(bound=_variance_of_fresh_data),
        },
        assumptions=("two types", "Q_0 is the measure of the real sample"),
        note="every real sample and every synthetic count enumerated",
        proved="conditional mean and variance given the real sample, beside the claim, every r, s, P and t",
        decided_at="smoke",
    ),
    Claim(
        id="prop1-reused-set-convergence",
        item="Prop 1",
        reading="R8",
        statement="A constant share r/(r+s) of real data brings the model to P when the real sample is reused: the "
        "variance of Q_t goes to 0.",
        source=SOURCE,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"r": (20, 2, 100), "s": (20, 10)},
        value=_limiting_variance,
        bound=_nothing,
        delta=1e-9,
        confirm=_variance_by_oracle,
        simulate=_reuse_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="(q - 1/2)^2 / (1/4)"),
        controls={
            "closed form of the floor": Variant(bound=_closed_limit, relation="==", must="SUPPORTED"),
        },
        mutants={"the floor is that of the real sample, 1/r": Variant(bound=_real_sample_alone, relation="==")},
        assumptions=("two types, P = (1/2, 1/2); variances over P(1-P)", "Q_0 is the measure of the real sample"),
        note="r = s = 20: .0656, against .0328 with fresh real draws; never below 1/r",
        corrected_by=("prop1-reused-set-floor",),
        decided_at="smoke",
    ),
)
