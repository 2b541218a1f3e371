"""Bursts against a constant supply of as many real samples: which keeps more diversity, by the exact recursion.

A burst of share beta multiplies 1 - g by (1 - beta)^2 at once, less than two halves of it by (1 - beta/2)^4, but leaves
the loop closed in between. On the time average moderate bursts win and doubling gaps lose; the worst generation is
always worse with bursts.
"""

import functools
from fractions import Fraction

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.critics.counts import AS_RAISED, OBJECTION
from proofs_numeric.catalogue.loops import recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

Path = Float[np.ndarray, " generations"]


def _kept_path(num_samples: int, shares: Path) -> Path:
    """g_1 .. g_T from Q_0 = P."""
    offsets, factors = recursions.pair_probability(np.full(shares.size, float(num_samples)), shares)
    return 1 - recursions.affine_path(offsets, factors)[1:]


# critics-bursts-regular, critics-constant-supply-best -----------------------------------------------------------------


def _period(theta: Theta) -> int:
    """Generations from burst to burst: r samples per generation on average, a share beta in a burst."""
    return int(theta["beta"] * theta["N"] / theta["r"])


def _whole_period(theta: Theta) -> bool:
    period = theta["beta"] * theta["N"] / theta["r"]
    return period.denominator == 1 and period >= 2


@functools.lru_cache(maxsize=64)
def _last_period(num_samples: int, period: int, beta: Fraction) -> Path:
    """Values of g over one period, once ten times N generations have passed."""
    repeats = 10 * num_samples // period + 1
    shares = np.tile(np.append(np.zeros(period - 1), float(beta)), repeats)
    return _kept_path(num_samples, shares)[-period:]


def _mean_with_bursts(theta: Theta) -> float:
    return float(_last_period(theta["N"], _period(theta), theta["beta"]).mean())


def _worst_with_bursts(theta: Theta) -> float:
    return float(_last_period(theta["N"], _period(theta), theta["beta"]).min())


def _constant_supply(theta: Theta) -> float:
    return float(zd.oracles.retained_diversity_stationary(theta["N"], float(theta["r"] / theta["N"])))


def _twice_the_supply(theta: Theta) -> float:
    return float(zd.oracles.retained_diversity_stationary(theta["N"], float(2 * theta["r"] / theta["N"])))


def _mean_over_cycle(theta: Theta) -> float:
    shares = np.append(np.zeros(_period(theta) - 1), float(theta["beta"]))
    return float(zd.oracles.retained_diversity_cycle(np.full(shares.size, theta["N"]), shares).mean())


_REGULAR = {
    "N": (20, 100, 1000),
    "r": (Fraction(1), Fraction(1, 2), Fraction(2), Fraction(5)),
    "beta": (Fraction(1, 2), Fraction(1, 5), Fraction(1, 10)),
}

# critics-bursts-doubling ----------------------------------------------------------------------------------------------
# Bursts reach generations 1, 2, 4, .. T = 2^k, hence drive the steps from one generation earlier.


def _doubling(theta: Theta) -> Path:
    exponent = theta["k"]
    total = theta["r"] * 2**exponent
    shares = np.zeros(2**exponent)
    shares[2 ** np.arange(exponent + 1) - 1] = float(total / ((exponent + 1) * theta["N"]))
    return _kept_path(theta["N"], shares)


def _bursts_fit(theta: Theta) -> bool:
    """Whether a burst is at most a whole generation."""
    return theta["r"] * 2 ** theta["k"] <= (theta["k"] + 1) * theta["N"]


def _mean_and_worst(theta: Theta) -> list[float]:
    path = _doubling(theta)
    return [float(path.mean()), float(path.min())]


def _last(theta: Theta) -> float:
    return float(_doubling(theta)[-1])


def _constant_path(theta: Theta) -> Path:
    size = 2 ** theta["k"]
    return zd.oracles.retained_diversity([theta["N"]] * size, float(theta["r"] / theta["N"]))[1:]


def _constant_mean_and_worst(theta: Theta) -> list[float]:
    path = _constant_path(theta)
    return [float(path.mean()), float(path.min())]


def _constant_last(theta: Theta) -> float:
    return float(_constant_path(theta)[-1])


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="critics-bursts-regular",
        item="Thm 4 and 5",
        reading="R2",
        statement="Real samples that arrive every m-th generation, m r at once and at most half of that generation, "
        "keep more diversity on the time average than r in every generation, r >= 1/2.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation=">",
        domain=_REGULAR,
        where=_whole_period,
        value=_mean_with_bursts,
        bound=_constant_supply,
        delta=1e-9,
        mutants={
            "in the worst generation, too": Variant(value=_worst_with_bursts),
            "more than twice the constant supply": Variant(bound=_twice_the_supply),
            "whole generations of real data": Variant(domain=_REGULAR | {"beta": (Fraction(1),)}),
        },
        assumptions=("each draw real with probability alpha_t", "after 10 N generations", "N constant"),
        note="N = 100, r = 1, bursts of 50 every 50th generation: .691 on average and .535 at worst, against .663",
        decided_at="smoke",
    ),
    Claim(
        id="critics-bursts-doubling",
        item="Thm 4 and 5",
        reading="R2",
        statement="Real samples that arrive at generations 1, 2, 4, .. 2^k = T keep less diversity on the average over "
        "T, and at worst, than as many that arrive evenly.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (1000, 200, 100), "k": (10, 8, 12), "r": (Fraction(1), Fraction(1, 2), Fraction(9, 10))},
        where=_bursts_fit,
        value=_mean_and_worst,
        bound=_constant_mean_and_worst,
        delta=1e-9,
        mutants={
            "at generation T, too": Variant(
                value=_last, bound=_constant_last, domain={"N": (200,), "k": (10,), "r": (Fraction(1),)}
            )
        },
        assumptions=("Q_0 = P", "each draw real with probability alpha_t", "no burst above one generation"),
        note="N = 200, T = 1024, r = 1: .452 against .687 on average, .060 against .665 at worst; at T itself, where a "
        "burst has just arrived, .728 against .665",
        decided_at="smoke",
    ),
    Claim(
        id="critics-constant-supply-best",
        item="Thm 4 and 5",
        reading="R2",
        statement="No timing beats a constant supply of as many real samples: bursts keep at most as much diversity on "
        "the time average.",
        source=OBJECTION,
        second_hand=AS_RAISED,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain=_REGULAR,
        where=_whole_period,
        value=_mean_with_bursts,
        bound=_constant_supply,
        delta=1e-9,
        confirm=_mean_over_cycle,
        controls={"in the worst generation": Variant(value=_worst_with_bursts, must="SUPPORTED")},
        assumptions=("each draw real with probability alpha_t", "after 10 N generations", "N constant"),
        corrected_by=("critics-bursts-regular", "critics-bursts-doubling"),
        decided_at="smoke",
    ),
)
