"""Theorem 2, first half, read path by path: support, rare types, and how often entropy rises.

True: the support never grows without real data. False neighbours: rare types vanish at once, and entropy hardly ever
rises along a path; it does in 20 to 40 % of the steps.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import pair_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"
Draws = Float[np.ndarray, " replicates"]


# thm2-support-monotone ------------------------------------------------------------------------------------------------
# Proof. A type with q = 0 has no draws, hence no mass in the next empirical measure.


def _gained(theta: Theta, share: Fraction, pseudocount: Fraction) -> list[Fraction]:
    """For every lattice model, the probability that the next one has a type that it lacks."""
    size, num_types = theta["N"], theta["K"]
    uniform = [Fraction(1, num_types)] * num_types
    result = []
    for counts in zd.oracles.compositions(size, num_types):
        model = [Fraction(count, size) for count in counts]
        law = zd.oracles.step_law(model, uniform, size, share)
        result.append(sum((w for after, w in law.items() if _gains(counts, after, pseudocount)), Fraction(0)))
    return result


def _gains(before: Sequence[int], after: Sequence[int], pseudocount: Fraction) -> bool:
    return any(b == 0 and a + pseudocount > 0 for b, a in zip(before, after, strict=True))


def _never(theta: Theta) -> int:
    return 0


def _support_gain(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(0), Fraction(0))


def _support_gain_mixed(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(1, 100), Fraction(0))


def _support_gain_smoothed(theta: Theta) -> list[Fraction]:
    return _gained(theta, Fraction(0), Fraction(1, 1000))


# thm2-zero-mass -------------------------------------------------------------------------------------------------------
# The probability of no draw is found from the complement, in integers, so that (1 - p)^N appears on one side only.


def _absent_probability(theta: Theta) -> Fraction:
    size, rare = theta["N"], theta["Np"] / theta["N"]
    hit, miss = rare.numerator, rare.denominator - rare.numerator
    term, present = Fraction(miss) ** size, 0
    for n in range(1, size + 1):
        term = term * (size - n + 1) * hit / (n * miss)
        present += term
    return 1 - Fraction(present) / rare.denominator**size


def _absent_formula(theta: Theta) -> Fraction:
    return (1 - theta["Np"] / theta["N"]) ** theta["N"]


def _one_draw_less(theta: Theta) -> Fraction:
    return (1 - theta["Np"] / theta["N"]) ** (theta["N"] - 1)


def _double_exponent(theta: Theta) -> float:
    return float(np.exp(-2 * float(theta["Np"])))


def _always(theta: Theta) -> int:
    return 1


def _absent_draws(theta: Theta, key: Any, num_replicates: int) -> Draws:
    rare = float(theta["Np"] / theta["N"])
    paths = pair_loop.first_shares(pair_loop.pair_system(rare, rare, theta["N"]), key, num_replicates)
    return (paths[:, 1] == 0).astype(np.float64)


# thm2-pathwise-fraction -----------------------------------------------------------------------------------------------
# "Of the live steps at most a share b rises" is "E[rising steps - b live steps] <= 0".

_SHARE = 0.15


def _zipf_system(theta: Theta) -> zd.System:
    return zd.System(target=zd.Categorical.zipf(support_size=20), num_samples=theta["N"])


def _horizon(theta: Theta) -> int:
    return min(2 * theta["N"], 200)


def _rising_excess(theta: Theta, key: Any, num_replicates: int, share: float = _SHARE) -> Draws:
    run = zd.simulate(
        _zipf_system(theta),
        num_generations=_horizon(theta),
        num_replicates=num_replicates,
        key=key,
        record=("entropy",),
        keep="replicates",
        quantiles=False,
    )
    entropies = np.asarray(run.replicates["entropy"], np.float64)
    before, after = entropies[:, :-1], entropies[:, 1:]
    # float32 entropies of 20 types err by less than 5e-6, so every step counted as rising truly rises.
    rising, live = after > before + 1e-5, before > 1e-5
    return np.mean(rising - share * live, axis=1)


def _rising_excess_over_half(theta: Theta, key: Any, num_replicates: int) -> Draws:
    return _rising_excess(theta, key, num_replicates, share=0.5)


def _fraction_slack(theta: Theta) -> float:
    # The statistic spans 1 and diversity 0.95, so that the law of the samplers weighs less than twice as much.
    return 2 * zd.numerical_slack(_zipf_system(theta), "diversity", _horizon(theta))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-support-monotone",
        item="Thm 2",
        reading="R2",
        statement="Without real data the support never grows: P(supp Q_{t+1} is not inside supp Q_t) = 0 at every "
        "lattice model.",
        source=f"{SOURCE}, in the form that holds along every path",
        route=Route.EX,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"K": (2, 3, 4), "N": (1, 2, 3, 4, 5)},
        value=_support_gain,
        bound=_never,
        delta=0,
        mutants={"1 % real": Variant(value=_support_gain_mixed), "add .001": Variant(value=_support_gain_smoothed)},
        proved="a type of probability 0 has no draws",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-zero-mass",
        item="Thm 2",
        reading="R2",
        statement="A type of probability p < 1/N gets no mass in the next generation: P(absent) = 1.",
        source=SOURCE,
        route=Route.CF,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (2, 10, 100, 1000), "Np": (Fraction(1, 2), Fraction(1, 10), Fraction(9, 10))},
        value=_absent_probability,
        bound=_always,
        delta=0,
        simulate=_absent_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="an indicator"),
        mutants={
            "(1-p)^(N-1)": Variant(bound=_one_draw_less),
            "exp(-2Np)": Variant(bound=_double_exponent),
        },
        controls={"(1-p)^N": Variant(bound=_absent_formula, must="SUPPORTED")},
        note="the correct value is (1-p)^N, about exp(-Np)",
        decided_at="smoke",
    ),
    Claim(
        id="thm2-pathwise-fraction",
        item="Thm 2",
        reading="R2",
        statement="Entropy hardly ever rises along a path: of the steps that start off a point mass at most 15 % raise "
        "it. Zipf law on 20 types, 2N generations but at most 200.",
        source=f"{SOURCE}, and the word monotonic in the abstract",
        route=Route.EP,
        expected=Status.REFUTED,
        relation="<=",
        domain={"N": (10, 100, 1000)},
        sample=_rising_excess,
        bound=lambda theta: 0.0,
        tail=Tail(lower=-_SHARE, upper=1 - _SHARE, reason="a mean of steps that are each -0.15, 0 or 0.85"),
        slack=_fraction_slack,
        delta=0.02,
        mutants={
            "at least 50 %": Variant(
                sample=_rising_excess_over_half,
                relation=">=",
                tail=Tail(lower=-0.5, upper=0.5, reason="a mean of steps that are each -0.5, 0 or 0.5"),
                domain={"N": (10,)},
            )
        },
        note="monotonic would mean 0 %; 15 % is a generous reading. At N=10 the first step never raises it: "
        "log 10 < H(P) = 2.528",
        corrected_by=("thm2-supermartingale", "thm2-support-monotone"),
    ),
)
