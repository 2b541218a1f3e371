"""Theorem 2, second half: where the closed loop ends.

True: at alpha = 0 and fixed N the loop ends at one point mass, type k with probability Q_0(k). False: that the end is
a mode, and that a growing sample cannot stop the collapse.
"""

import functools
from typing import Any

import numpy as np
from jaxtyping import Float

import zenil_dynamics as zd
from proofs_numeric.catalogue.loops import named_schedules, recursions, tabular_loop
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.tail import Tail
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 2, Eq. (12)"


# thm2-limit-dirac-gini ------------------------------------------------------------------------------------------------
# Proof. Given Q_t, two of the N draws are the same draw with probability 1/N and otherwise independent from Q_t, so
# E[G(Q_{t+1}) | Q_t] = (1 - 1/N) G(Q_t). Iterate. G -> 0 in L1, and G(q) = 0 exactly at the point masses.


def _closed_loop(theta: Theta) -> zd.System:
    return tabular_loop.loop(theta["Q0"], theta["N"])


def _retained(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    paths = tabular_loop.paths(_closed_loop(theta), key, num_replicates)
    return paths["diversity"][:, theta["t"]] / tabular_loop.diversity_of(theta["Q0"])


def _retained_law(theta: Theta) -> float:
    return (1 - 1 / theta["N"]) ** theta["t"]


def _retained_tail(theta: Theta) -> Tail:
    return tabular_loop.retained_tail(theta["Q0"])


def _retained_slack(theta: Theta) -> float:
    return tabular_loop.retained_slack(_closed_loop(theta), theta["Q0"])


def _one_sample_less(theta: Theta) -> float:
    return (1 - 1 / (theta["N"] - 1)) ** theta["t"]


def _one_generation_late(theta: Theta) -> float:
    return (1 - 1 / theta["N"]) ** (theta["t"] - 1)


# thm2-limit-modes -----------------------------------------------------------------------------------------------------
# The loop ends away from type k as soon as k is lost, and is at a point mass by generation 40 N save with probability
# e^-40.


def _horizon(theta: Theta) -> int:
    return 40 * theta["N"]


@functools.lru_cache(maxsize=64)
def _type_law(num_samples: int, initial: float, horizon: int) -> Float[np.ndarray, " counts"]:
    return recursions.count_laws(num_samples, initial, initial, "0", horizon)[-1]


def _mode_lost(theta: Theta) -> float:
    return float(_type_law(theta["N"], max(theta["Q0"]), _horizon(theta))[0])


def _never(theta: Theta) -> float:
    return 0.0


def _ends_at(theta: Theta) -> Float[np.ndarray, " types"]:
    return np.array([_type_law(theta["N"], p, _horizon(theta))[-1] for p in theta["Q0"]])


def _ends_and_initial(theta: Theta) -> tuple[np.ndarray, np.ndarray]:
    return _ends_at(theta), np.array(theta["Q0"])


def _ends_and_squares(theta: Theta) -> tuple[np.ndarray, np.ndarray]:
    squares = np.array(theta["Q0"]) ** 2
    return _ends_at(theta), squares / squares.sum()


def _ends_and_uniform(theta: Theta) -> tuple[np.ndarray, np.ndarray]:
    return _ends_at(theta), np.full(len(theta["Q0"]), 1 / len(theta["Q0"]))


def _mode_lost_draws(theta: Theta, key: Any, num_replicates: int) -> Float[np.ndarray, " replicates"]:
    # Q_0 lists its mode first.
    mass = tabular_loop.paths(_closed_loop(theta), key, num_replicates)["first_mass"]
    return (mass[:, _horizon(theta)] == 0).astype(np.float64)


def _mode_lost_confirmed(theta: Theta) -> float:
    # The count is a bounded martingale, so its expectation survives to the end: P(limit = k) = Q_0(k).
    return 1 - max(theta["Q0"])


# thm2-growing-sample-limit --------------------------------------------------------------------------------------------
# E G(Q_T) / G(Q_0) = prod (1 - 1/N_t); the rest of the product is at least 1 - sum_{t >= T} 1/N_t, which an integral
# bounds.

_TAIL_SUM = {
    "t+2": lambda horizon: np.inf,
    "(t+2)^2": lambda horizon: 1 / (horizon + 1),
    "20(t+1)^1.5": lambda horizon: 2 / (20 * np.sqrt(horizon)),
}
"""Upper bounds of sum_{t >= T} 1/N_t."""


@functools.lru_cache(maxsize=16)
def _log_product(size: str, horizon: int) -> float:
    return float(np.log1p(-1 / named_schedules.sizes(size, horizon)).sum())


def _retained_for_ever(theta: Theta) -> float:
    rest = max(0.0, 1 - _TAIL_SUM[theta["N_t"]](theta["T"]))
    return float(np.exp(_log_product(theta["N_t"], theta["T"]))) * rest


def _half(theta: Theta) -> float:
    return 0.5


def _product_of_squares(theta: Theta) -> float:
    return float(np.exp(np.log1p(-1 / named_schedules.sizes(theta["N_t"], theta["T"]) ** 2).sum()))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm2-limit-dirac-gini",
        item="Thm 2",
        reading="R2",
        statement="With alpha = 0 and fixed N, E G(Q_t)/G(Q_0) = (1 - 1/N)^t: diversity goes to 0, so the limit is a "
        "point mass.",
        source=f"{SOURCE}; rate: M3 at alpha = 0 (Wright 1931)",
        route=Route.EP,
        expected=Status.SUPPORTED,
        relation="==",
        domain={
            "N": (10, 2, 50),
            "t": (3, 10, 1),
            "Q0": ((0.5, 0.5), (0.7, 0.3), (0.4, 0.3, 0.2, 0.1), (0.25,) * 4),
        },
        along={"t": (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)},
        sample=_retained,
        bound=_retained_law,
        tail=_retained_tail,
        slack=_retained_slack,
        delta=0.02,
        mutants={
            "N - 1 for N": Variant(bound=_one_sample_less, domain={"N": (10,), "t": (10,), "Q0": ((0.5, 0.5),)}),
            "t off by one": Variant(bound=_one_generation_late, domain={"N": (10,), "t": (3,), "Q0": ((0.5, 0.5),)}),
        },
        assumptions=("alpha = 0", "N constant", "Q_0 = P"),
        note="surrogate at finite t: the exact rate; the almost-sure statement is thm2-limit-dirac-as",
        proved="two-draw argument beside the claim, every N, t and Q_0",
    ),
    Claim(
        id="thm2-limit-dirac-as",
        item="Thm 2",
        reading="R2",
        statement="With alpha = 0 and fixed N, almost every path is eventually constant at a point mass.",
        source=SOURCE,
        route=Route.CF,
        expected=Status.NOT_TESTABLE,
        reason="An almost-sure limit is not decided by finitely many draws. It is proved: from every state a point "
        "mass is reached in "
        "one step with probability at least N^-N, and point masses are absorbing.",
        proved="finite absorbing chain",
    ),
    Claim(
        id="thm2-limit-modes",
        item="Thm 2",
        reading="R2",
        statement="With alpha = 0 the limit is a mode: the mode of Q_0 is lost with probability 0 (by generation 40 "
        "N).",
        source=f"{SOURCE}, 'subset of modes'",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="==",
        domain={"N": (2, 5, 10), "Q0": ((0.9, 0.1), (0.5, 0.3, 0.15, 0.05))},
        value=_mode_lost,
        bound=_never,
        delta=1e-9,
        confirm=_mode_lost_confirmed,
        simulate=_mode_lost_draws,
        simulate_tail=Tail(lower=0.0, upper=1.0, reason="indicator"),
        controls={
            "P(limit = k) = Q_0(k)": Variant(evaluate=_ends_and_initial, must="SUPPORTED"),
        },
        mutants={
            "P(limit = k) proportional to Q_0(k)^2": Variant(evaluate=_ends_and_squares),
            "P(limit = k) uniform": Variant(evaluate=_ends_and_uniform),
        },
        assumptions=("alpha = 0", "N constant", "Q_0 has one mode"),
        note="the count chain of one type, N + 1 states; by 40 N the loop is absorbed save with probability e^-40",
        corrected_by=("absorb-law",),
        decided_at="smoke",
    ),
    Claim(
        id="thm2-growing-sample-limit",
        item="Thm 2",
        reading="R3",
        statement="With alpha = 0 every sample size N_t -> infinity still ends at a point mass: at most half of the "
        "diversity survives for ever.",
        source=SOURCE,
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"T": (2_000_000,), "N_t": ("t+2", "(t+2)^2", "20(t+1)^1.5")},
        along={"T": (10, 100, 1000, 10_000, 100_000, 1_000_000, 2_000_000)},
        value=_retained_for_ever,
        bound=_half,
        delta=1e-4,
        controls={
            "sum 1/N_t infinite": Variant(domain={"T": (2_000_000,), "N_t": ("t+2",)}, must="SUPPORTED"),
        },
        mutants={
            "sum 1/N_t^2 in place of sum 1/N_t": Variant(
                bound=_product_of_squares,
                relation=">=",
                domain={"T": (2_000_000,), "N_t": ("t+2",)},
                statement="diversity survives as soon as sum 1/N_t^2 is finite: at least prod (1 - 1/N_t^2) of it",
            ),
        },
        assumptions=("alpha = 0", "N_t -> infinity"),
        note="value: a proven lower bound of the surviving share, the product to T = 2e6 times (1 - sum of the "
        "remaining 1/N_t). "
        "True value for (t+2)^2: exactly 1/2; for 20(t+1)^1.5, rounded up: .8763; for t+2: 0.",
        corrected_by=("phase-frozen", "phase-collapse"),
    ),
)
