"""Schedules that claims name by their formula, so that a counterexample prints as something one can read.

Row t drives the step from generation t to t + 1, t = 0, 1, 2, ...
"""

import functools
from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Float

Generations = Float[np.ndarray, " generations"]


def _power_of_two(index: Generations) -> np.ndarray:
    whole = index.astype(np.int64)
    return (whole > 0) & ((whole & (whole - 1)) == 0)


def _sparse(t: Generations) -> Generations:
    exponent = np.log2(np.maximum(t, 1.0))
    return np.where(_power_of_two(t), 1 / (np.round(exponent) + 1), 0.0)


def _alternating(t: Generations) -> Generations:
    return (t + 1) ** -0.5 * np.where(t % 2 == 0, 1.0, 0.5)


SHARES: Mapping[str, Callable[[Generations], Generations]] = {
    "0": np.zeros_like,
    "1/(t+1)": lambda t: 1 / (t + 1),
    "1/(t+2)": lambda t: 1 / (t + 2),
    "1/(2(t+2))": lambda t: 0.5 / (t + 2),
    "2/(t+4)": lambda t: 2 / (t + 4),
    "(t+1)^-1/4": lambda t: (t + 1) ** -0.25,
    "(t+1)^-1/3": lambda t: (t + 1) ** (-1 / 3),
    "(t+1)^-1/2": lambda t: (t + 1) ** -0.5,
    "(t+1)^-1/2 halved at odd t": _alternating,
    "1/log(t+3)": lambda t: 1 / np.log(t + 3),
    "(t+2)^-2": lambda t: (t + 2) ** -2.0,
    "(t+10)^-2": lambda t: (t + 10) ** -2.0,
    "2^-(t+1)": lambda t: 2.0 ** -(t + 1),
    "0.4 * 0.7^t": lambda t: 0.4 * 0.7**t,
    "1/(k+1) at t=2^k, else 0": _sparse,
    # The burst arrives at generation 2^k, hence it drives the step from 2^k - 1.
    "1 into t=2^k, else 0": lambda t: _power_of_two(t + 1).astype(float),
}
"""Exogenous shares alpha_t in [0, 1]."""

SIZES: Mapping[str, Callable[[Generations], Generations]] = {
    "t+1": lambda t: t + 1,
    "t+2": lambda t: t + 2,
    "t+5": lambda t: t + 5,
    "(t+1)^1/4+5": lambda t: (t + 1) ** 0.25 + 5,
    "(t+4)^1/2": lambda t: (t + 4) ** 0.5,
    "20(t+1)^1.5": lambda t: 20 * (t + 1) ** 1.5,
    "(t+2)^2": lambda t: (t + 2) ** 2,
    "(t+5)^2": lambda t: (t + 5) ** 2,
    "(t+10)^2": lambda t: (t + 10) ** 2,
}
"""Samples N_t before rounding up; a plain number written as text is a constant."""


def _number(name: str) -> float | None:
    try:
        return float(name)
    except ValueError:
        return None


@functools.lru_cache(maxsize=64)
def shares(name: str, num_generations: int) -> Generations:
    """Exogenous shares alpha_0 .. alpha_{T-1}.

    Args:
        name: a key of `SHARES`, or a number for a constant share.
        num_generations: T.

    Returns:
        Float64, read-only, shape (T,), in [0, 1].

    Source: Definition.
    """
    constant = _number(name)
    t = np.arange(num_generations, dtype=np.float64)
    row = np.full_like(t, constant) if constant is not None else SHARES[name](t)
    row.flags.writeable = False
    return row


@functools.lru_cache(maxsize=64)
def sizes(name: str, num_generations: int) -> Generations:
    """Samples per generation N_0 .. N_{T-1}, whole numbers, rounded up.

    Args:
        name: a key of `SIZES`, or a number for a constant size.
        num_generations: T.

    Returns:
        Float64 holding whole numbers, read-only, shape (T,).

    Source: Definition.
    """
    constant = _number(name)
    t = np.arange(num_generations, dtype=np.float64)
    exact = np.full_like(t, constant) if constant is not None else SIZES[name](t)
    # A power that should be whole may land one ulp above; without the allowance ceil would add a sample.
    row = np.ceil(exact * (1 - 1e-12))
    row.flags.writeable = False
    return row
