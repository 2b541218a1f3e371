"""Borkar 2025: recursive training has two asymptotic behaviours, with and without an outside source of samples.

The note works in Polish spaces; here are finite alphabets, with numbers. True: without a source the model collapses on
a random type, type i with probability Q_0(i); with a constant share of outside samples, however small, it forgets its
start at an exponential rate and never collapses. False: that a source which contributes at every step is enough; it has
to contribute an infinite sum.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions, tabular_loop
from proofs_numeric.catalogue.paper import Catalogue, Paper
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

PAPER = Paper(
    key="borkar2025",
    title="A theoretical basis for model collapse in recursive training",
    authors=("Borkar, Vivek S.",),
    year=2025,
    arxiv="2506.09401",
)
_ABSTRACT = "from the abstract"


# borkar-limit-law -----------------------------------------------------------------------------------------------------
# Proof. E[Q_{t+1} | Q_t] = Q_t: every Q_t(i) is a bounded martingale and converges. Its increments have variance Q_t(i)
# (1 - Q_t(i))/N, which must vanish, so the limit is 0 or 1, and its mean is Q_0(i). At time t the model is no vertex
# with probability at most N diversity(Q_0) (1 - 1/N)^t.


def _ended_at_type(theta: Theta) -> float:
    return float(recursions.count_laws(theta["N"], theta["q"], theta["q"], "0", 40 * theta["N"])[-1][-1])


def _start(theta: Theta) -> float:
    return theta["q"]


def _squares(theta: Theta) -> float:
    return theta["q"] ** 2 / (theta["q"] ** 2 + (1 - theta["q"]) ** 2)


def _half(theta: Theta) -> float:
    return 0.5


# borkar-forgets -------------------------------------------------------------------------------------------------------
# Proof. Trace each of the N draws behind Q_t back through the synthetic draws that it copies: it has met no outside
# draw with probability (1 - alpha)^t. If each of the N has met one, two loops that share these choices agree: coupling,
# and the sum of N probabilities. From below, means differ by (1 - alpha)^t when the starts are the two vertices.


def _distance_of_laws(theta: Theta) -> float:
    """Total variation of the laws of Q_t from the two vertices."""
    laws = [
        recursions.count_laws(theta["N"], theta["P"], start, str(theta["alpha"]), theta["t"])[-1]
        for start in (0.0, 1.0)
    ]
    return float(np.abs(laws[0] - laws[1]).sum() / 2)


def _any_of_n(theta: Theta) -> float:
    return min(1.0, theta["N"] * (1 - theta["alpha"]) ** theta["t"])


def _half_of_one(theta: Theta) -> float:
    return (1 - theta["alpha"]) ** theta["t"] / 2


def _two_of_n(theta: Theta) -> float:
    return min(1.0, theta["N"] * (1 - theta["alpha"]) ** (2 * theta["t"]))


# borkar-never-collapses -----------------------------------------------------------------------------------------------
# Proof. The fixation law: E diversity(Q_t)/diversity(P) = 1 - f_t, and f_t increases from 0 to its fixed point.


def _system(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta["P"], theta["N"], theta["alpha"])


def _diversity_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_system(theta), key, num_replicates)
    return paths["diversity"][:, theta["t"]].astype(np.float64) / tabular_loop.diversity_of(theta["P"])


def _diversity_tail(theta: Theta) -> Tail:
    largest = (1 - 1 / len(theta["P"])) / tabular_loop.diversity_of(theta["P"])
    return Tail(lower=0.0, upper=largest, reason="0 <= G(q) <= 1 - 1/K")


def _diversity_slack(theta: Theta) -> float:
    slack = zd.numerical_slack(_system(theta), "diversity", tabular_loop.HORIZON)
    return slack / tabular_loop.diversity_of(theta["P"])


def _floor_with(size: int, alpha: float) -> float:
    pairs = (size - 1) * alpha * (2 - alpha)
    return pairs / (1 + pairs)


def _floor(theta: Theta) -> float:
    return _floor_with(theta["N"], theta["alpha"])


def _floor_of_double(theta: Theta) -> float:
    return _floor_with(theta["N"], 2 * theta["alpha"])


# borkar-memory and borkar-fading-source -------------------------------------------------------------------------------
# Proof. E[Q_{t+1} | Q_t] - P = (1 - alpha_t) (Q_t - P). The product of 1 - alpha_s vanishes exactly if the sum of
# alpha_s is infinite; for (s + 2)^-2 it telescopes to (t + 2)/(2 (t + 1)), about 1/2.

_TARGET = 0.5


def _mean_left(theta: Theta) -> float:
    """(E Q_t - P)/(Q_0 - P)."""
    law = recursions.count_laws(theta["N"], _TARGET, theta["Q_0"], theta["alpha_t"], theta["t"])[-1]
    mean = float(law @ np.arange(theta["N"] + 1)) / theta["N"]
    return (mean - _TARGET) / (theta["Q_0"] - _TARGET)


def _over_shares(theta: Theta, factor: Callable[[np.ndarray], np.ndarray]) -> float:
    return float(np.prod(factor(named_schedules.shares(theta["alpha_t"], theta["t"]))))


def _memory(theta: Theta) -> float:
    return _over_shares(theta, lambda share: 1 - share)


def _memory_squared(theta: Theta) -> float:
    return _over_shares(theta, lambda share: (1 - share) ** 2)


def _memory_of_exponential(theta: Theta) -> float:
    return _over_shares(theta, lambda share: np.exp(-share))


def _memory_by_oracle(theta: Theta) -> float:
    return float(zd.oracles.memory_of_start(named_schedules.shares(theta["alpha_t"], theta["t"]))[-1])


def _hundredth(theta: Theta) -> float:
    return 0.01


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="borkar-limit-law",
        item="no outside source",
        reading="R2",
        statement="Without an outside source the model collapses on type i with probability Q_0(i); at t = 40 N within "
        "1e-9.",
        source="arXiv:2506.09401 (martingale collapse)",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"N": (5, 2, 10, 40), "q": (0.1, 0.5, 0.7)},
        value=_ended_at_type,
        bound=_start,
        delta=1e-9,
        mutants={"likely types more so: squares": Variant(bound=_squares), "a fair draw": Variant(bound=_half)},
        assumptions=("alpha = 0", "constant N"),
        note="q is the start of one type, whatever the others do",
        proved="bounded martingale, beside the claim, every N and Q_0",
        decided_at="smoke",
    ),
    Claim(
        id="borkar-almost-surely",
        item="no outside source",
        reading="R2",
        statement="In every Polish space the model converges to a random point mass almost surely.",
        source="arXiv:2506.09401",
        second_hand=_ABSTRACT,
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="No finite run decides 'almost surely', nor all Polish spaces. borkar-limit-law decides the "
        "finite-horizon form for finite alphabets.",
    ),
    Claim(
        id="borkar-forgets",
        item="persistent excitation",
        reading="R2",
        statement="With a share alpha of outside samples the law of Q_t forgets Q_0: two starts differ by at most N (1 "
        "- alpha)^t in total variation, t <= 1000.",
        source="arXiv:2506.09401 (persistent excitation); the rate is ours",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="<=",
        domain={"N": (5, 2, 40), "P": (0.5, 0.1), "alpha": (0.1, 0.01, 0.5), "t": (10, 1, 100, 1000)},
        value=_distance_of_laws,
        bound=_any_of_n,
        delta=1e-12,
        mutants={"half of (1 - alpha)^t": Variant(bound=_half_of_one), "(1 - alpha)^2t": Variant(bound=_two_of_n)},
        assumptions=("each draw from outside with probability alpha", "constant N"),
        proved="coupling, beside the claim, every alphabet, N and alpha",
        decided_at="smoke",
    ),
    Claim(
        id="borkar-never-collapses",
        item="persistent excitation",
        reading="R2",
        statement="With a share alpha of outside samples, howsoever small, E diversity(Q_t)/diversity(P) never falls "
        "below (N - 1) a/(1 + (N - 1) a), a = alpha (2 - alpha); t <= 80.",
        source="arXiv:2506.09401 (persistent excitation); the floor is ours",
        second_hand=_ABSTRACT,
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={
            "N": (5, 20),
            "alpha": (0.1, 0.02),
            "t": (80, 10),
            "P": ((0.5, 0.5), (0.4, 0.3, 0.2, 0.1)),
        },
        sample=_diversity_draws,
        bound=_floor,
        tail=_diversity_tail,
        slack=_diversity_slack,
        delta=0.02,
        mutants={
            "the floor of 2 alpha": Variant(
                bound=_floor_of_double, domain={"N": (5,), "alpha": (0.1,), "t": (80,), "P": ((0.5, 0.5),)}
            )
        },
        assumptions=("Q_0 = P", "each draw from outside with probability alpha"),
        note="degenerate all the same: for N alpha small the model is near some vertex at most times, and hops",
        proved="fixation law, beside the claim, every N, alpha and P",
    ),
    Claim(
        id="borkar-memory",
        item="fading source",
        reading="R2",
        statement="With shares alpha_t of any schedule E Q_t - P = prod_{s < t} (1 - alpha_s) (Q_0 - P), t <= 1000.",
        source="the two cases of arXiv:2506.09401 joined by one formula, ours",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "alpha_t": ("(t+2)^-2", "1/(t+2)", "0", "0.1", "2^-(t+1)", "(t+1)^-1/2 halved at odd t"),
            "N": (5, 20),
            "Q_0": (0.9, 0.0),
            "t": (10, 1, 1000),
        },
        value=_mean_left,
        bound=_memory,
        delta=1e-9,
        mutants={
            "squares": Variant(bound=_memory_squared),
            "exp(-sum alpha)": Variant(bound=_memory_of_exponential),
        },
        proved="conditional means, beside the claim, every N and schedule",
        decided_at="smoke",
    ),
    Claim(
        id="borkar-fading-source",
        item="fading source",
        reading="R2",
        statement="An outside source that contributes at every step, howsoever little, makes the loop forget its "
        "start: |E Q_t - P| <= .01 |Q_0 - P| at t = 1000.",
        source="arXiv:2506.09401, 'howsoever minor', read for shares that fade out",
        second_hand=_ABSTRACT,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"alpha_t": ("(t+2)^-2", "2^-(t+1)"), "N": (5, 20), "Q_0": (0.9, 0.0), "t": (1000,)},
        along={"t": (1, 2, 5, 10, 30, 100, 300, 1000)},
        value=_mean_left,
        bound=_hundredth,
        delta=1e-9,
        confirm=_memory_by_oracle,
        controls={
            "shares of infinite sum": Variant(
                domain={"alpha_t": ("1/(t+2)", "0.1"), "N": (5, 20), "Q_0": (0.9, 0.0), "t": (1000,)}, must="SUPPORTED"
            )
        },
        note="(t+2)^-2 keeps half of the start for ever, and the model stops at a vertex",
        corrected_by=("borkar-memory", "borkar-forgets"),
        decided_at="smoke",
    ),
)

BORKAR = Catalogue(
    name="borkar2025",
    title="Borkar 2025: collapse and persistent excitation",
    papers=(PAPER,),
    topics=(CLAIMS,),
)
