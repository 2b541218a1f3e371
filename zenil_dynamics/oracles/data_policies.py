"""Moments under data policies that weigh draws: what is left of the start, fixed weights of real and synthetic data.

Both hold for every target with a mean and a variance: a fit that matches the two moments of its training set sees
nothing else of the law that the draws come from.
"""

import numpy as np
from numpy.typing import ArrayLike

from zenil_dynamics.oracles.gaussian_start import gaussian_start
from zenil_dynamics.oracles.tables import real_number, schedule_table, whole_number


def window_memory_of_start(
    num_samples: ArrayLike,
    exogenous_fraction: ArrayLike,
    window: int,
    num_real: ArrayLike | None = None,
    *,
    mixing: str = "bernoulli",
) -> np.ndarray:
    """Share k_t of the start in the expected model: E Q_t f - P f = k_t (Q_0 f - P f), fit to the last W batches.

    k_{t+1} = sum_s N_s (1 - rho_s) k_s / sum_s N_s over the window, k_0 = 1. W = 1 replaces; W >= T accumulates, and a
    random part of the pool has the mean of the pool. Exact for every fit that is linear in the training set.

    Args:
        num_samples: N_t, shape (T,).
        exogenous_fraction: alpha_t, shape (T,) or a number; bernoulli mixing reads it.
        window: W, batches that a fit sees, at least 1.
        num_real: real draws, shape (T,) or a number; stratified mixing reads it.
        mixing: "bernoulli" or "stratified".

    Returns:
        k_0 .. k_T, in [0, 1], shape (T+1,).

    Raises:
        ValueError: malformed arguments.

    Source: linearity of expectation.
    """
    table = schedule_table(num_samples, exogenous_fraction, num_real, mixing)
    width = whole_number(window, "window")
    kept, batches = [1.0], np.zeros(0)
    for step, share in enumerate(table.real_share):
        batches = np.append(batches, (1 - share) * kept[-1])[-width:]
        sizes = table.num_samples[step + 1 - batches.size : step + 1]
        kept.append(float(batches @ sizes / sizes.sum()))
    return np.array(kept)


def weighted_moments(
    num_samples: ArrayLike,
    num_real: ArrayLike,
    weight: float,
    *,
    target_mean: float = 0.0,
    target_variance: float = 1.0,
    initial: tuple[float, float] | None = None,
    num_initial: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """E (mu_t - mu_P)^2 and E v_t of the fit to w (r fresh real draws) + (1 - w) (s = N - r draws of the model).

    With A = E mu^2, V = E v in units of the target, the weighted empirical measure has

    A' = w^2 / r + (1 - w)^2 (A + V / s),      V' + A' = w + (1 - w) (A + V).

    Under Q_0 = P it holds for every target and feature: a categorical model keeps the share V of its diversity, and
    V = 1 - A. Compare `weighted_mean_variance`, where the variance is known.

    Args:
        num_samples: N_t, shape (T,).
        num_real: r_t, at least 1 and below N_t, shape (T,) or a number.
        weight: w in [0, 1] of all real draws together.
        target_mean: mu_P, in units of the data.
        target_variance: v_P, in squared units.
        initial: (mean, variance) of Q_0; None means the target.
        num_initial: N_0 when Q_0 is fitted to N_0 draws of the target, with divisor N_0.

    Returns:
        E (mu_t - mu_P)^2 and E v_t, squared units, each of shape (T+1,).

    Raises:
        ValueError: malformed arguments, or a generation without real or without synthetic draws.

    Source: law of total variance; He, Xu and Cheng, arXiv 2502.18049 (the setting).
    """
    table = schedule_table(num_samples, 0.0, num_real, "stratified")
    share = real_number(weight, "weight", 0.0, 1.0)
    synthetic = table.num_samples - table.num_real
    bad = np.flatnonzero((table.num_real < 1) | (synthetic < 1))
    if bad.size:
        raise ValueError(
            f"`num_real` must be at least 1 and below N_t; got {table.num_real[bad[0]]:g} of "
            f"{table.num_samples[bad[0]]:g} at generation {bad[0]}. Correct the schedule."
        )
    start = gaussian_start(target_mean, target_variance, initial, num_initial, "mle", table.num_samples)
    located, variance = start.mean**2, start.variance
    if start.num_initial:
        located, variance = 1 / start.num_initial, 1 - 1 / start.num_initial
    rows = [(located, variance)]
    for real, drawn in zip(table.num_real, synthetic, strict=True):
        raw = share + (1 - share) * (located + variance)
        located = share**2 / real + (1 - share) ** 2 * (located + variance / drawn)
        variance = raw - located
        rows.append((located, variance))
    squares, variances = np.array(rows).T
    return start.scale**2 * squares, start.scale**2 * variances
