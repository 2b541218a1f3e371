"""Proposition 1 and master result M1: the loop with an infinite sample, and what of it survives a finite one.

True: with an infinite sample, and for the mean at every sample size, the distance to P shrinks by 1 - alpha_t. False:
that the model itself follows its mean.
"""

import math
import operator
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from scipy.special import entr

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.exact.enumerated_chain import exact_chain
from proofs_numeric.expressions import Expression
from proofs_numeric.surface import Surface
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Proposition 1"
Row = Float[np.ndarray, " generations"]
Law = Float[np.ndarray, " support"]


def _laws(name: str, num_types: int) -> tuple[Law, Law]:
    """Target and initial model."""
    zipf = 1 / np.arange(1, num_types + 1)
    zipf = zipf / zipf.sum()
    uniform = np.full(num_types, 1 / num_types)
    point = np.eye(num_types)[0]
    pairs = {"uniform, point": (uniform, point), "zipf, reversed": (zipf, zipf[::-1]), "point, zipf": (point, zipf)}
    return pairs[name]


def _iterated(theta: Theta, shares: Row) -> Law:
    target, initial = _laws(theta["laws"], theta["K"])
    path = zd.oracles.categorical_moments(target, np.ones(shares.size), shares, update="population", initial=initial)
    return path.mean[-1]


def _moved(theta: Theta, remaining: float) -> Law:
    target, initial = _laws(theta["laws"], theta["K"])
    return target + remaining * (initial - target)


# prop1-population-constant and prop1-population-schedule --------------------------------------------------------------
# Proof. Q_{t+1} - P = (1 - alpha_t)(Q_t - P) by the definition of the mixture, for every signed measure; iterate.


def _constant_iterated(theta: Theta) -> Law:
    return _iterated(theta, np.full(theta["t"], theta["a"]))


def _constant_formula(theta: Theta) -> Law:
    return _moved(theta, (1 - theta["a"]) ** theta["t"])


def _constant_one_more(theta: Theta) -> Law:
    return _moved(theta, (1 - theta["a"]) ** (theta["t"] + 1))


def _constant_squared_share(theta: Theta) -> Law:
    return _moved(theta, (1 - theta["a"] ** 2) ** theta["t"])


SCHEDULES = ("1/2", "1/(s+2)", "(s+2)^-2", "0 and 1/2 in turn", "1 at s=3, else 1/10")


def _shares(name: str, num_generations: int, first: int = 0) -> Row:
    s = np.arange(first, first + num_generations, dtype=np.float64)
    return {
        "1/2": np.full(num_generations, 0.5),
        "1/(s+2)": 1 / (s + 2),
        "(s+2)^-2": (s + 2) ** -2,
        "0 and 1/2 in turn": np.where(s % 2 == 0, 0.0, 0.5),
        "1 at s=3, else 1/10": np.where(s == 3, 1.0, 0.1),
    }[name]


def remaining_distance(name: str, num_generations: int) -> float:
    """Product of 1 - alpha_s over s < t, in closed form.

    Args:
        name: one of `SCHEDULES`.
        num_generations: t, generations.

    Returns:
        Dimensionless, in [0, 1].

    Source: the last two telescope: prod (s+1)/(s+2) = 1/(t+1) and prod (s+1)(s+3)/(s+2)^2 = (t+2)/(2(t+1)).
    """
    t = num_generations
    return {
        "1/2": 0.5**t,
        "0 and 1/2 in turn": 0.5 ** (t // 2),
        "1 at s=3, else 1/10": 0.9**t if t <= 3 else 0.0,
        "1/(s+2)": 1 / (t + 1),
        "(s+2)^-2": (t + 2) / (2 * (t + 1)),
    }[name]


def _schedule_iterated(theta: Theta) -> Law:
    return _iterated(theta, _shares(theta["schedule"], theta["t"]))


def _schedule_formula(theta: Theta) -> Law:
    return _moved(theta, remaining_distance(theta["schedule"], theta["t"]))


def _schedule_without_first(theta: Theta) -> Law:
    return _moved(theta, float(np.prod(1 - _shares(theta["schedule"], theta["t"])[1:])))


def _schedule_shifted(theta: Theta) -> Law:
    return _moved(theta, float(np.prod(1 - _shares(theta["schedule"], theta["t"], first=1))))


# prop1-mean-finite-n --------------------------------------------------------------------------------------------------
# Proof. Given Q_t each draw has law alpha P + (1 - alpha) Q_t (scheme A), or an exact share of the draws has law P and
# the rest Q_t (scheme B); either way E[Q_{t+1} | Q_t] is the mixture, affine in Q_t, so the means obey Proposition 1.

_TARGETS = {2: (Fraction(1, 4), Fraction(3, 4)), 3: (Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)),
            4: (Fraction(1, 10), Fraction(1, 5), Fraction(3, 10), Fraction(2, 5))}  # fmt: skip


def _rational_laws(theta: Theta) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    target = _TARGETS[theta["K"]]
    return target, target[::-1] if theta["Q0"] == "reversed" else (Fraction(1), *(Fraction(0),) * (theta["K"] - 1))


def _enumerable(theta: Theta) -> bool:
    num_states = math.comb(theta["N"] + theta["K"] - 1, theta["K"] - 1)
    whole = (theta["a"] * theta["N"]).denominator == 1
    return num_states**2 * theta["t"] <= 1500 and (theta["scheme"] == "A" or whole)


def _enumerated_mean(theta: Theta) -> list[Expression]:
    target, initial = _rational_laws(theta)
    scheme_a = theta["scheme"] == "A"
    chain = exact_chain(
        target,
        [theta["N"]] * theta["t"],
        theta["a"],
        None if scheme_a else int(theta["a"] * theta["N"]),
        mixing="bernoulli" if scheme_a else "stratified",
        initial=initial,
    )
    return [chain.mean(operator.itemgetter(i)) for i in range(theta["K"])]


def _mean_with(theta: Theta, remaining: Fraction) -> list[Fraction]:
    return [p + remaining * (q - p) for p, q in zip(*_rational_laws(theta), strict=True)]


def _mean_formula(theta: Theta) -> list[Fraction]:
    return _mean_with(theta, (1 - theta["a"]) ** theta["t"])


def _mean_one_more(theta: Theta) -> list[Fraction]:
    return _mean_with(theta, (1 - theta["a"]) ** (theta["t"] + 1))


def _mean_double_share(theta: Theta) -> list[Fraction]:
    return _mean_with(theta, (1 - theta["a"] * (2 - theta["a"])) ** theta["t"])


# prop1-convergence-finite-n -------------------------------------------------------------------------------------------
# For two types, P = (1/2, 1/2) and Q_0 = (1, 0), the ratio |Q_t - P|^2 / |Q_0 - P|^2 is 4 (q - 1/2)^2 = 1 - 2 G(q).

_HORIZON = pair_loop.NUM_GENERATIONS


def _anchored(theta: Theta, population: bool = False) -> zd.System:
    return pair_loop.pair_system(0.5, 1.0, theta["N"], theta["a"], population=population)


def _squared_distance(theta: Theta, system: zd.System, key: Any, num_replicates: int) -> np.ndarray:
    return 4 * (pair_loop.first_shares(system, key, num_replicates)[:, theta["t"]] - 0.5) ** 2


def _sampled_distance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    return _squared_distance(theta, _anchored(theta), key, num_replicates)


def _population_distance(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    return _squared_distance(theta, _anchored(theta, population=True), key, num_replicates)


def _distance_slack(theta: Theta) -> float:
    return 2 * zd.numerical_slack(_anchored(theta), "diversity", _HORIZON)


def _claimed_distance(theta: Theta) -> float:
    return (1 - theta["a"]) ** (2 * theta["t"])


# population-converges-iff-sum -----------------------------------------------------------------------------------------
# Proof. a <= -log(1 - a) <= a/(1 - a) on [0, 1). So prod(1 - a_s) -> 0 if sum a_s = inf, by the left side; and if
# sum a_s < inf then a_s -> 0, sum a_s/(1 - a_s) < inf, and the product stays positive, by the right side. The distance
# to P is that product.


def _power_law(theta: Theta) -> Row:
    return theta["c"] * np.arange(1, theta["T"] + 1) ** -theta["p"]


def _two_sides(theta: Theta) -> tuple[list[float], list[float]]:
    shares = _power_law(theta)
    decay = -math.fsum(np.log1p(-shares))
    return [math.fsum(shares), decay], [decay, math.fsum(shares / (1 - shares))]


def _sides_exchanged(theta: Theta) -> tuple[list[float], list[float]]:
    (low, decay), (_, high) = _two_sides(theta)
    return [high, decay], [decay, low]


def _squares_summed(theta: Theta) -> tuple[list[float], list[float]]:
    shares = _power_law(theta)
    _, (decay, _) = _two_sides(theta)
    return [math.fsum(shares**2), decay], [decay, math.fsum(shares**2 / (1 - shares))]


def _sides_excess(point: Mapping[str, Any]) -> Any:
    """The worse of both sides at T = 10, for real p and c."""
    shares = point["c"] * jnp.arange(1.0, _CLIMBED_HORIZON + 1, dtype=point["c"].dtype) ** -point["p"]
    decay = -jnp.sum(jnp.log1p(-shares))
    return jnp.maximum(jnp.sum(shares) - decay, decay - jnp.sum(shares / (1 - shares)))


_CLIMBED_HORIZON = 10
SIDES_SURFACE = Surface(
    excess=_sides_excess,
    box={"p": (0.0, 3.0), "c": (0.01, 0.99)},
    examples=lambda point: ({**point, "T": _CLIMBED_HORIZON},),
)


# population-alpha-zero-entropy ----------------------------------------------------------------------------------------
# At alpha = 0 an infinite sample gives Q_{t+1} = Q_t: the map is the identity. Dyadic probabilities keep floats exact.

_DYADIC = ((0.5, 0.5), (0.75, 0.25), (0.5, 0.25, 0.25))


def _entropy_after_population_step(theta: Theta) -> float:
    law = np.array(theta["Q"])
    return float(entr(zd.oracles.categorical_moments(law, [1], 0.0, update="population").mean[1]).sum())


def _entropy_before(theta: Theta) -> float:
    return float(entr(np.array(theta["Q"])).sum())


def _entropy_after_two_draws(theta: Theta) -> float:
    law = zd.oracles.multinomial_law(theta["Q"], 2)
    return float(sum(weight * entr(np.array(counts) / 2).sum() for counts, weight in law.items()))


_PAIRS = ("uniform, point", "zipf, reversed", "point, zipf")

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="prop1-population-constant",
        item="Prop 1",
        reading="R1",
        statement="With an infinite sample and a constant share a in (0, 1], Q_t = (1 - (1-a)^t) P + (1-a)^t Q_0 for "
        "all t <= 1000.",
        source=SOURCE,
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"K": (2, 8, 64), "laws": _PAIRS, "a": (0.5, 0.1, 0.01, 1.0), "t": (1, 2, 10, 1000)},
        along={"t": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)},
        value=_constant_iterated,
        bound=_constant_formula,
        delta=1e-12,
        mutants={
            "exponent t+1": Variant(bound=_constant_one_more),
            "1-a^2 for 1-a": Variant(bound=_constant_squared_share),
        },
        proved="Q_{t+1} - P = (1-a)(Q_t - P); iterate",
        decided_at="smoke",
    ),
    Claim(
        id="prop1-population-schedule",
        item="Prop 1",
        reading="R1",
        statement="With an infinite sample, Q_t - P = prod_{s<t}(1 - a_s) (Q_0 - P) for every schedule in [0, 1], "
        "t <= 1000.",
        source=f"{SOURCE}, extended to schedules; master result M1",
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"schedule": SCHEDULES, "K": (2, 8, 64), "laws": _PAIRS, "t": (1, 2, 10, 1000)},
        along={"t": (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)},
        value=_schedule_iterated,
        bound=_schedule_formula,
        delta=1e-12,
        mutants={
            "product from s=1": Variant(bound=_schedule_without_first),
            "start index shifted": Variant(bound=_schedule_shifted),
        },
        proved="Q_{t+1} - P = (1-a_t)(Q_t - P); iterate",
        decided_at="smoke",
    ),
    Claim(
        id="prop1-mean-finite-n",
        item="Prop 1",
        reading="R2",
        statement="At every sample size the mean E Q_t follows Proposition 1, whether each draw is real with "
        "probability a (A) or exactly aN of them are (B), for all t <= 8.",
        source=f"{SOURCE}, for E Q_t",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "scheme": ("A", "B"),
            "K": (2, 3, 4),
            "N": (2, 3, 4, 6, 12),
            "a": (Fraction(1, 2), Fraction(1, 3), Fraction(1, 4)),
            "Q0": ("point", "reversed"),
            "t": (1, 2, 3, 8),
        },
        where=_enumerable,
        value=_enumerated_mean,
        bound=_mean_formula,
        delta=0,
        mutants={
            "exponent t+1": Variant(bound=_mean_one_more),
            "a(2-a) for a": Variant(bound=_mean_double_share),
        },
        proved="E[Q_{t+1} | Q_t] = a P + (1-a) Q_t, affine in Q_t",
        decided_at="smoke",
    ),
    Claim(
        id="prop1-convergence-finite-n",
        item="Prop 1",
        reading="R2",
        statement="At a finite sample size Q_t approaches P as in Proposition 1: "
        "E|Q_t - P|^2 <= (1-a)^(2t) |Q_0 - P|^2.",
        source=f"{SOURCE}, read as Q_t -> P",
        route=Route.EP,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (2, 10, 100), "a": (0.5, 0.2), "t": (_HORIZON, 5)},
        along={"t": (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)},
        sample=_sampled_distance,
        bound=_claimed_distance,
        tail=Tail(lower=0.0, upper=1.0, reason="4 (q - 1/2)^2 lies in [0, 1]"),
        slack=_distance_slack,
        delta=0.02,
        controls={
            "infinite sample": Variant(sample=_population_distance, domain={"N": (2,), "a": (0.5,), "t": (_HORIZON,)}),
            "bound 1": Variant(bound=lambda theta: 1.0, domain={"N": (2,), "a": (0.5,), "t": (_HORIZON,)}),
        },
        assumptions=("two types, P = (1/2, 1/2), Q_0 = (1, 0); distances are divided by |Q_0 - P|^2",),
        note="horizon t <= 10; the stationary floor is 1/(N - (N-1)(1-a)^2) of G(P)",
        corrected_by=("prop1-mean-finite-n", "fixation-law-scheme-a"),
        decided_at="smoke",
    ),
    Claim(
        id="population-converges-iff-sum",
        item="M1",
        reading="R1",
        statement="For a_s = c (s+1)^-p < 1, -log prod_{s<T}(1 - a_s) lies between sum a_s and sum a_s/(1 - a_s), so "
        "that Q_t -> P exactly when sum a_s is infinite.",
        source=f"master result M1, from {SOURCE}",
        route=Route.POP,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"p": (1.0, 0.3, 0.5, 1.5, 2.0, 3.0), "c": (0.5, 0.1, 0.9), "T": (1, 10, 100_000)},
        evaluate=_two_sides,
        surface=SIDES_SURFACE,
        delta=1e-9,
        mutants={
            "sides exchanged": Variant(evaluate=_sides_exchanged),
            "a_s^2 for a_s": Variant(evaluate=_squares_summed),
        },
        note="surrogate: a two-sided inequality at horizon T <= 1e5; a refuted one would refute the statement, a "
        "supported one does not prove it",
        proved="a <= -log(1-a) <= a/(1-a), summed",
        decided_at="smoke",
    ),
    Claim(
        id="population-alpha-zero-entropy",
        item="Thm 2",
        reading="R1",
        statement="With an infinite sample and no real data the entropy falls strictly: H(Q_{t+1}) < H(Q_t).",
        source="arXiv:2601.05280v2, Theorem 2, Eq. (12), under Eq. (10)",
        route=Route.CF,
        expected=Status.REFUTED,
        relation="<",
        domain={"Q": _DYADIC},
        value=_entropy_after_population_step,
        bound=_entropy_before,
        delta=0,
        controls={"two draws": Variant(value=_entropy_after_two_draws, must="SUPPORTED")},
        note="the map is the identity: the effect is exactly 0 for every Q_0",
        corrected_by=("thm2-supermartingale",),
        decided_at="smoke",
    ),
)
