"""Theorem 4 with constant outside noise: how fast the variance of the mean diverges when the exogenous share vanishes.

V_{t+1} = (1 - alpha_t)^2 V_t + s2, V_0 = 0, s2 = 1. It diverges at every rate, but linearly only when t alpha_t has a
finite limit, and irregular schedules escape every rule of that kind.
"""

import functools

import numpy as np

from proofs_numeric.catalogue.loops import named_schedules, recursions
from proofs_numeric.claims import Claim, Route, Theta, Variant
from proofs_numeric.verdict import Status

SOURCE = "arXiv:2601.05280v2, Theorem 4, Eq. (13)"
MILLION = 1_000_000


@functools.lru_cache(maxsize=128)
def _noise_variance(share: str, num_generations: int) -> float:
    row = named_schedules.shares(share, num_generations)
    return recursions.affine(np.ones_like(row), (1 - row) ** 2)


# thm4-ar1-diverges. Proof. From t0 on, V_{t+1} >= (1 - a)^2 V_t + s2, because (1 - alpha_t)^2 >= (1 - a)^2 and V_t >=
# 0; sum the geometric series. As a -> 0 along the tails of the schedule the bound tends to s2/(2a) -> infinity.


def _start_of_level(theta: Theta) -> int | None:
    """First generation from which the share never exceeds the level again, None if there is none up to the horizon."""
    above = np.flatnonzero(named_schedules.shares(theta["alpha_t"], theta["T"]) > theta["a"])
    start = int(above[-1]) + 1 if above.size else 0
    return start if start < theta["T"] else None


def _reaches_level(theta: Theta) -> bool:
    return _start_of_level(theta) is not None


def _ar1_variance(theta: Theta) -> float:
    return _noise_variance(theta["alpha_t"], theta["T"])


def _geometric_sum(theta: Theta, ratio: float) -> float:
    start = _start_of_level(theta)
    assert start is not None, "`where` admits only schedules that reach the level"
    return (1 - ratio ** (theta["T"] - start)) / (1 - ratio)


def _ar1_floor(theta: Theta) -> float:
    return _geometric_sum(theta, (1 - theta["a"]) ** 2)


def _ar1_floor_without_square(theta: Theta) -> float:
    return _geometric_sum(theta, 1 - theta["a"])


def _five_percent_more(theta: Theta, bound: float) -> float:
    return 1.05 * bound


# Rates of divergence --------------------------------------------------------------------------------------------------


def _variance_over_time(theta: Theta) -> float:
    return _noise_variance(theta["alpha_t"], theta["T"]) / theta["T"]


def _hundredth(theta: Theta) -> float:
    return 0.01


def _one_half(theta: Theta) -> float:
    return 0.5


# thm4-linear-regular. Proof. With p_t = prod_{s<t}(1 - alpha_s)^2, V_T = s2 sum_{s<T} p_T / p_{s+1}. If t alpha_t ->
# c then p_t varies regularly with index -2c, and Karamata gives sum_{s<T} p_T/p_{s+1} ~ T int_0^1 u^{2c} du = T/(1 +
# 2c).


@functools.lru_cache(maxsize=64)
def _variance_of_regular(c: float, num_generations: int) -> float:
    row = c / (np.arange(num_generations) + 1.0 + c)
    return recursions.affine(np.ones_like(row), (1 - row) ** 2) / num_generations


def _regular_slope(theta: Theta) -> float:
    return _variance_of_regular(theta["c"], theta["T"])


def _slope_law(theta: Theta) -> float:
    return 1 / (1 + 2 * theta["c"])


def _slope_without_two(theta: Theta) -> float:
    return 1 / (1 + theta["c"])


def _slope_squared(theta: Theta) -> float:
    return 1 / (1 + 2 * theta["c"]) ** 2


def _scaled_variance(theta: Theta) -> float:
    """2 alpha_t V_t at the last generation."""
    row = named_schedules.shares(theta["alpha_t"], theta["T"] + 1)
    return 2 * float(row[-1]) * _noise_variance(theta["alpha_t"], theta["T"])


def _one(theta: Theta) -> float:
    return 1.0


def _two(theta: Theta) -> float:
    return 2.0


def _slow_tolerance(theta: Theta) -> float:
    # First correction of 2 alpha V: (1/alpha)'/2 = -alpha'/(2 alpha^2) plus alpha/2, doubled; it fades like 1/t for
    # powers, slowly for 1/log.
    row = named_schedules.shares(theta["alpha_t"], theta["T"] + 1)
    drift = abs(1 / row[-1] - 1 / row[-2])
    return float(2 * (drift / 2 + row[-1] / 2)) + 1e-3


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="thm4-ar1-diverges",
        item="Thm 4",
        reading="R5",
        statement="With constant noise s2 and alpha_s <= a for s >= t0, V_t >= s2 (1 - (1-a)^(2(t-t0))) / (1 - "
        "(1-a)^2) for every schedule; "
        "hence V_t -> infinity whenever alpha_t -> 0.",
        source=f"{SOURCE}; M8",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation=">=",
        domain={
            "T": (10, 1000, 100_000),
            "a": (0.5, 0.1, 0.01),
            "alpha_t": (
                "0.5",
                "0.1",
                "0.01",
                "1/(t+1)",
                "(t+1)^-1/2",
                "(t+1)^-1/2 halved at odd t",
                "1/log(t+3)",
                "1/(k+1) at t=2^k, else 0",
            ),
        },
        along={"T": (1, 3, 10, 30, 100, 300, 1000, 10_000, 100_000)},
        where=_reaches_level,
        value=_ar1_variance,
        bound=_ar1_floor,
        delta=1e-9,
        mutants={
            "s2/(1 - (1-a)) in place of s2/(1 - (1-a)^2)": Variant(bound=_ar1_floor_without_square),
            "noise 1.05 s2": Variant(adjust_bound=_five_percent_more),
        },
        assumptions=("constant noise variance s2 = 1", "V_0 = 0"),
        note="surrogate of 'V -> infinity': an explicit lower bound at finite t for every level a",
        proved="geometric series beside the claim, every schedule",
        decided_at="smoke",
    ),
    Claim(
        id="thm4-linear-any-rate",
        item="Thm 4",
        reading="R5",
        statement="With constant noise, V_t grows linearly for every alpha_t -> 0: V_T/T >= s2/100 at T = 1e6.",
        source=f"{SOURCE}, 'variance grows linearly'",
        route=Route.REC,
        expected=Status.REFUTED,
        relation=">=",
        domain={"T": (MILLION,), "alpha_t": ("1/(t+1)", "(t+1)^-1/2", "1/log(t+3)")},
        along={"T": (10, 100, 1000, 10_000, 100_000, 1_000_000)},
        value=_variance_over_time,
        bound=_hundredth,
        delta=1e-9,
        controls={"alpha_t = 1/(t+1)": Variant(domain={"T": (MILLION,), "alpha_t": ("1/(t+1)",)}, must="SUPPORTED")},
        assumptions=("constant noise variance s2 = 1", "V_0 = 0"),
        note="surrogate at T = 1e6; V_t is sqrt(t)/2 and (log t)/2 for the two schedules that break it",
        corrected_by=("thm4-linear-regular", "thm4-slow-rate-law"),
    ),
    Claim(
        id="thm4-linear-regular",
        item="Thm 4",
        reading="R5",
        statement="With constant noise and t alpha_t -> c, V_t/t -> s2/(1 + 2c), c in [0, 5].",
        source="M8",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (MILLION,), "c": (0.0, 0.25, 0.5, 1.0, 2.0, 5.0)},
        along={"T": (10, 100, 1000, 10_000, 100_000, 1_000_000)},
        value=_regular_slope,
        bound=_slope_law,
        delta=1e-3,
        mutants={
            "1/(1 + c)": Variant(bound=_slope_without_two),
            "1/(1 + 2c)^2": Variant(bound=_slope_squared),
        },
        assumptions=("alpha_t = c/(t + 1 + c)", "constant noise variance s2 = 1"),
        note="surrogate of the limit at T = 1e6, within 1e-3",
        proved="regular variation (Karamata), beside the claim",
    ),
    Claim(
        id="thm4-slow-rate-law",
        item="Thm 4",
        reading="R5",
        statement="With constant noise, t alpha_t -> infinity and 1/alpha_{t+1} - 1/alpha_t -> 0, 2 alpha_t V_t -> s2.",
        source="M8",
        route=Route.REC,
        expected=Status.SUPPORTED,
        relation="==",
        domain={"T": (MILLION,), "alpha_t": ("(t+1)^-1/2", "(t+1)^-1/3", "(t+1)^-1/4", "1/log(t+3)")},
        along={"T": (10, 100, 1000, 10_000, 100_000, 1_000_000)},
        value=_scaled_variance,
        bound=_one,
        delta=_slow_tolerance,
        mutants={
            "1/alpha in place of 1/(2 alpha)": Variant(bound=_two),
            "without regularity": Variant(
                domain={"T": (MILLION,), "alpha_t": ("(t+1)^-1/2 halved at odd t",)}, delta=0.1
            ),
        },
        assumptions=("constant noise variance s2 = 1", "V_0 = 0"),
        note="surrogate of the limit at T = 1e6; tolerance per schedule: twice its first-order correction, plus 1e-3",
    ),
    Claim(
        id="thm4-linear-iff-bounded",
        item="Thm 4",
        reading="R5",
        statement="With constant noise, V_t grows linearly only if t alpha_t is bounded: otherwise V_T/T <= s2/2 at T "
        "= 1e6.",
        source="M8 without its condition of regularity",
        route=Route.REC,
        expected=Status.REFUTED,
        relation="<=",
        domain={"T": (MILLION,), "alpha_t": ("(t+1)^-1/2", "1/(k+1) at t=2^k, else 0")},
        along={"T": (10, 100, 1000, 10_000, 100_000, 1_000_000)},
        value=_variance_over_time,
        bound=_one_half,
        delta=1e-9,
        controls={
            "alpha_t = (t+1)^-1/2": Variant(domain={"T": (MILLION,), "alpha_t": ("(t+1)^-1/2",)}, must="SUPPORTED")
        },
        assumptions=("t alpha_t unbounded", "constant noise variance s2 = 1"),
        note="surrogate at T = 1e6",
        corrected_by=("thm4-linear-regular", "thm4-slow-rate-law"),
    ),
)
