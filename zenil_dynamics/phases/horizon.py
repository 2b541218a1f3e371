"""Retained diversity of any pair of schedules over a finite number of generations."""

from typing import Any

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.schedules import AbstractSchedule, as_schedule
from zenil_dynamics.validate import positive_integer

MOST_SAMPLES = 1e300
"""Greatest N_t that is told from infinity: what grows beyond float64 adds no noise that float64 could hold."""


def whole_samples(values: np.ndarray) -> np.ndarray:
    """N_t as a loop draws it: ceil(x - 1e-9 x), at least 1; a whole number is itself.

    Args:
        values: positive, float64, any shape; infinity counts as 1e300.

    Returns:
        Whole numbers in float64, which unlike a loop's int32 may exceed 2^31; same shape.

    Source: Definition; `System.table` rounds alike.
    """
    finite = np.minimum(values, MOST_SAMPLES)
    whole = finite == np.floor(finite)
    return np.where(whole, finite, np.maximum(np.ceil(finite - 1e-9 * finite), 1.0))


def evaluate(
    num_samples: AbstractSchedule, exogenous_fraction: AbstractSchedule, num_generations: int
) -> tuple[np.ndarray, np.ndarray]:
    """Both schedules at t = 0 .. T-1, N_t rounded.

    Raises:
        ValueError: an N_t that is not positive or an alpha_t outside [0, 1], with the first such generation.
    """
    samples = num_samples.values(num_generations)
    fractions = exogenous_fraction.values(num_generations)
    bad = np.flatnonzero(~(samples > 0))
    if bad.size:
        raise ValueError(_outside("num_samples", "be at least 1", float(samples[bad[0]]), int(bad[0])))
    bad = np.flatnonzero(~((fractions >= 0) & (fractions <= 1)))
    if bad.size:
        raise ValueError(_outside("exogenous_fraction", "lie in [0, 1]", float(fractions[bad[0]]), int(bad[0])))
    return whole_samples(samples), fractions


def retained_diversity(num_samples: Any, exogenous_fraction: Any = 0.0, num_generations: int = 100) -> np.ndarray:
    """Share of the diversity of P that is kept up to generation T, by the exact recursion, for any schedules.

    Args:
        num_samples: N_t, a number or schedule, as in `System`; rounded up.
        exogenous_fraction: alpha_t, a number or schedule, bernoulli mixing.
        num_generations: T, at least 0.

    Returns:
        g_0 .. g_T, dimensionless, shape (T+1,).

    Raises:
        ValueError: T that is no whole number, N_t below 1, alpha_t outside [0, 1], a table that ends
            before T.

    Example:
        >>> retained_diversity(10, 0.1, 2)
        array([1.    , 0.9   , 0.8271])

    Source: `oracles.retained_diversity`.
    """
    generations = positive_integer(num_generations, name="num_generations", smallest=0)
    table = evaluate(as_schedule(num_samples), as_schedule(exogenous_fraction), generations)
    return oracles.retained_diversity(*table)


def _outside(name: str, rule: str, value: float, generation: int) -> str:
    return f"`{name}` must {rule}; got {value:g} at generation {generation}. Change the schedule."
