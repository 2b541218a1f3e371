"""First and second moments of any fit that matches mean and variance, whatever law the real draws come from.

The law of total variance sees no more of a draw than its mean and its variance. So one set of recursions serves normal
models of any target on the line, every coordinate of a normal model in several dimensions, and, since the indicator of
a type has two matched moments as well, every type of a categorical model under maximum likelihood.
"""

from typing import NamedTuple

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.reach import NotReachable
from zenil_dynamics.fits import Unbiased
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import (
    Accumulate,
    AccumulateSubsample,
    Debiased,
    Population,
    Replace,
    ReuseReal,
    Weighted,
    Window,
)

Pair = tuple[float, float]


class LineMoments(NamedTuple):
    """Moments at t = 0 .. T, each of shape (T + 1,).

    Attributes:
        mean: E mu_t, units of the data.
        mean_square: E (mu_t - mu_P)^2, squared units.
        variance: E v_t, squared units.
    """

    mean: np.ndarray
    mean_square: np.ndarray
    variance: np.ndarray


def num_initial(system: System) -> int | None:
    """N_0 where Q_0 is estimated."""
    return system.initial.num_samples if isinstance(system.initial, Estimate) else None


def divisor(system: System) -> str:
    """How the oracles call the fit."""
    return "unbiased" if isinstance(system.fit, Unbiased) else "mle"


def memory_of_start(system: System, table: ScheduleTable) -> np.ndarray:
    """Share of Q_0 in the expected model, for fits that are linear in the training set.

    Raises:
        NotReachable: the model is no linear function of its training set.
    """
    update = system.update
    if isinstance(update, ReuseReal):
        fresh = 1 - update.num_real / table.num_samples
        return np.concatenate([[1.0], np.cumprod(fresh)])
    if isinstance(update, Weighted):
        return (1 - float(update.weight)) ** np.arange(table.num_generations + 1)
    if isinstance(update, Population):
        return np.concatenate([[1.0], np.cumprod(1 - table.exogenous_fraction)])
    if isinstance(update, Debiased):
        raise NotReachable("the projection on the simplex under Debiased has no oracle: its model is not linear.")
    # A mean of 1 that is drawn towards 0: what any linear fit keeps of its start.
    return oracles.mean_parameter_moments_window(
        table.num_samples,
        table.exogenous_fraction,
        _window(update, table),
        table.num_real,
        family="normal",
        parameter=1.0,
        target_mean=0.0,
        mixing=system.mixing,
        initial=1.0,
    ).mean


def _window(update: object, table: ScheduleTable) -> int:
    """Batches that a fit sees, or is a random part of."""
    if isinstance(update, Replace):
        return 1
    if isinstance(update, Window):
        return update.length
    if isinstance(update, (Accumulate, AccumulateSubsample)):
        return max(1, table.num_generations)
    raise NotReachable(f"there are no oracles for the update {type(update).__name__}.")


def expected_mean(system: System, table: ScheduleTable, target: float, initial: float | None) -> np.ndarray:
    """E mu_t of a fit that is linear in the training set; the target's mean throughout where Q_0 has it."""
    if initial is None:
        return np.full(table.num_generations + 1, target)
    return target + memory_of_start(system, table) * (initial - target)


def line_moments(system: System, table: ScheduleTable, target: Pair, initial: Pair | None) -> LineMoments:
    """Moments of one fitted mean and variance.

    Args:
        system: one model, without decoders.
        table: its schedules.
        target: mean and variance of P; units of the data and squared units.
        initial: mean and variance of Q_0; None where they are those of P, or where Q_0 is estimated.

    Raises:
        NotReachable: no oracle for the update.
        ValueError: of an oracle that does not reach.
    """
    mean = expected_mean(system, table, target[0], None if initial is None else initial[0])
    if isinstance(system.update, Population):
        return _population(system, table, target, initial, mean)
    return LineMoments(mean, *_second_moments(system, table, target, initial))


def _second_moments(
    system: System, table: ScheduleTable, target: Pair, initial: Pair | None
) -> tuple[np.ndarray, np.ndarray]:
    update, opened = system.update, num_initial(system)
    sizes, fractions, real = table
    start = {"target_mean": target[0], "target_variance": target[1], "initial": initial, "num_initial": opened}
    if isinstance(update, Weighted):
        return oracles.gaussian_moments_weighted(sizes, real, float(update.weight), **start)
    if isinstance(update, ReuseReal):
        if initial is not None:
            raise NotReachable("a loop with a reused real set has an oracle from the target or from a fit to that set.")
        return oracles.gaussian_reused_real_set(
            sizes,
            update.num_real,
            divisor=divisor(system),
            start="target" if opened is None else "real_set",
            target_variance=target[1],
        )
    options = {"mixing": system.mixing, "divisor": divisor(system), **start}
    if isinstance(update, Replace):
        moments = oracles.gaussian_moments(sizes, fractions, real, **options)
        return moments.mean_square, moments.variance
    if isinstance(update, Accumulate):
        return oracles.gaussian_moments_accumulate(sizes, fractions, real, **options)
    if isinstance(update, AccumulateSubsample):
        return oracles.subsample_moments(sizes, fractions, sizes, real, **options)
    return oracles.window_moments(sizes, fractions, _window(update, table), real, **options)


def _population(
    system: System, table: ScheduleTable, target: Pair, initial: Pair | None, mean: np.ndarray
) -> LineMoments:
    """Raw moments mix linearly, and the fit keeps them."""
    if num_initial(system) is not None:
        raise NotReachable("a population loop that starts from an estimated model has no oracle.")
    kept, start = memory_of_start(system, table), initial or target
    offset = mean - target[0]
    raw = (1 - kept) * target[1] + kept * (start[1] + (start[0] - target[0]) ** 2)
    return LineMoments(mean, offset**2, raw - offset**2)
