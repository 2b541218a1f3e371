"""The fixation index c_t: one number that carries the second moments of every linear statistic.

Where Q_0 has mean P, every pair of square-integrable f, g obeys

    E Q_t f = P f,   Cov(Q_t f, Q_t g) = c_t Cov_P(f, g),   E Cov_{Q_t}(f, g) = (1 - c_t) Cov_P(f, g),

when Q_{t+1} is the empirical measure of N_t draws, or a moment-matching fit in whose span f, g and f g lie (a Gaussian
with both moments fitted: f = x; a Bernoulli law). Diversity lost within replicates is diversity gained between them.
"""

import numpy as np
from numpy.typing import ArrayLike

from zenil_dynamics.oracles.tables import real_number, schedule_table, whole_number


def fixation_index(
    num_samples: ArrayLike,
    exogenous_fraction: ArrayLike,
    num_real: ArrayLike | None = None,
    *,
    mixing: str = "bernoulli",
    initial: float = 0.0,
) -> np.ndarray:
    """Fixation index c_t when each generation replaces the last, maximum likelihood.

    bernoulli:   c_{t+1} = 1/N_t + (1 - 1/N_t) (1 - alpha_t)^2 c_t
    stratified:  c_{t+1} = 1/N_t + (a_t^2 - a_t / N_t) c_t,   a_t = 1 - num_real_t / N_t

    Exact for any schedule. The second line follows from Var = a^2 c + (r + s (1 - c)) / N^2 with r real and s = N - r
    synthetic draws.

    Args:
        num_samples: N_t, draws per generation, shape (T,).
        exogenous_fraction: alpha_t in [0, 1], shape (T,) or a number; bernoulli mixing reads it.
        num_real: real draws, shape (T,); stratified mixing reads it.
        mixing: "bernoulli" (each draw is real with probability alpha_t) or "stratified" (num_real of them are).
        initial: c_0: 0 for Q_0 = P, 1/N_0 for Q_0 fitted to N_0 draws of P.

    Returns:
        c_0 .. c_T, dimensionless, shape (T+1,).

    Raises:
        ValueError: a malformed schedule, or `initial` outside [0, 1].

    Source: Wright (1931) at alpha = 0; arXiv 2601.05280v2, Eqs. (1), (9); otherwise derived above.
    """
    table = schedule_table(num_samples, exogenous_fraction, num_real, mixing)
    index = np.empty(table.num_generations + 1)
    index[0] = real_number(initial, "initial", 0.0, 1.0)
    for generation, (samples, share) in enumerate(zip(table.num_samples, table.real_share, strict=True)):
        index[generation + 1] = 1 / samples + _retention(samples, share, table.stratified) * index[generation]
    return index


def _retention(samples: float, share: float, stratified: bool) -> float:
    synthetic = 1 - share
    return synthetic**2 - synthetic / samples if stratified else (1 - 1 / samples) * synthetic**2


def fixation_index_stationary(
    num_samples: int, exogenous_fraction: float, num_real: int | None = None, *, mixing: str = "bernoulli"
) -> float:
    """Limit of the fixation index under a constant schedule.

    bernoulli:   c* = 1 / (1 + (N - 1) alpha (2 - alpha))
    stratified:  c* = 1 / (N (1 - a^2) + a),   a = 1 - num_real / N

    Args:
        num_samples: N.
        exogenous_fraction: alpha in [0, 1]; bernoulli mixing reads it.
        num_real: real draws among N; stratified mixing reads it.
        mixing: "bernoulli" or "stratified".

    Returns:
        c* in (0, 1], dimensionless; 1 without real data.

    Raises:
        ValueError: a malformed schedule.

    Source: fixed point of `fixation_index`; 1/c* is the effective number of samples of the stationary model.
    """
    real = None if num_real is None else [num_real]
    table = schedule_table([num_samples], [exogenous_fraction], real, mixing)
    samples, share = table.num_samples[0], table.real_share[0]
    if table.stratified:
        # N (1 - a^2) + a with 1 - a^2 = share (2 - share): no cancellation when few draws are real.
        return float(1 / (samples * share * (2 - share) + 1 - share))
    return float(1 / (1 + (samples - 1) * share * (2 - share)))


def retained_diversity_limit_growing(first: int, power: float) -> float:
    """Limit of prod_{s>=0} (1 - (s + first)^-power): diversity kept for ever when N_t = (t + first)^power, alpha = 0.

    Closed for power 1 (0: the samples grow too slowly) and power 2, where the product telescopes to
    (first - 1) / first. The limit is positive if and only if sum 1/N_t is finite.

    Args:
        first: base of N_0, at least 2.
        power: 1 or 2.

    Returns:
        Limit of 1 - c_t for c_0 = 0, dimensionless.

    Raises:
        ValueError: another power, or `first` below 2.

    Source: telescoping; with N_t = t + 2 the share kept is exactly 1 / (t + 1).
    """
    start = whole_number(first, "first", smallest=2)
    if power == 1:
        return 0.0
    if power == 2:
        return (start - 1) / start
    raise ValueError(f"`power` must be 1 or 2, where the product is closed; got {power!r}. Use `fixation_index`.")


def fixation_index_vanishing_fraction_asymptotic(num_samples: ArrayLike, exogenous_fraction: ArrayLike) -> np.ndarray:
    """First-order value c_t ~ 1 / (2 alpha_t N_t) when real data thin out but alpha_t N_t grows.

    Asymptotic: relative error tends to 0 when alpha_t -> 0, alpha_t N_t -> infinity, sum alpha_t = infinity and the
    schedules vary regularly.

    Args:
        num_samples: N_t, shape (T,).
        exogenous_fraction: alpha_t in (0, 1], shape (T,).

    Returns:
        Approximate c_t at each t of the schedule, dimensionless, shape (T,).

    Raises:
        ValueError: a malformed schedule, or alpha_t = 0.

    Source: balance 2 alpha_t c_t = 1 / N_t in `fixation_index`.
    """
    table = schedule_table(num_samples, exogenous_fraction, None, "bernoulli")
    if np.any(table.real_share == 0):
        raise ValueError("`exogenous_fraction` must be positive at every generation; got 0. Use `fixation_index`.")
    return 1 / (2 * table.real_share * table.num_samples)


def reused_real_set_index(num_real: int, num_synthetic: int, num_generations: int) -> np.ndarray:
    """Variance factor when the same r real draws are reused for ever beside s fresh synthetic ones.

    Var(Q_t f) / Var_P f = 1/r + (1 - 1/r) d_t,   d_0 = 0,   d_{t+1} = a^2 ((1 - 1/s) d_t + 1/s),   a = s / (r + s),

    where Q_0 is the empirical measure of the r real draws. Exact.

    Args:
        num_real: r, at least 1.
        num_synthetic: s, at least 0.
        num_generations: T.

    Returns:
        The factor at t = 0 .. T, dimensionless, shape (T+1,).

    Raises:
        ValueError: counts that are not whole or too small.

    Source: law of total variance given the real set; partially synthetic training of Seddik et al., arXiv 2404.05090.
    """
    real = whole_number(num_real, "num_real")
    synthetic = whole_number(num_synthetic, "num_synthetic", smallest=0)
    steps = whole_number(num_generations, "num_generations", smallest=0)
    share = synthetic / (real + synthetic)
    conditional = np.zeros(steps + 1)
    for generation in range(steps if synthetic else 0):
        conditional[generation + 1] = share**2 * ((1 - 1 / synthetic) * conditional[generation] + 1 / synthetic)
    return 1 / real + (1 - 1 / real) * conditional


def reused_real_set_limit(num_real: int, num_synthetic: int) -> float:
    """Limit of `reused_real_set_index`: 1/r + (1 - 1/r) (a^2/s) / (1 - a^2 (1 - 1/s)).

    Args:
        num_real: r, at least 1.
        num_synthetic: s, at least 0.

    Returns:
        The limiting variance factor, dimensionless.

    Raises:
        ValueError: counts that are not whole or too small.

    Source: fixed point of the recursion there.
    """
    real = whole_number(num_real, "num_real")
    synthetic = whole_number(num_synthetic, "num_synthetic", smallest=0)
    if synthetic == 0:
        return 1 / real
    share = synthetic / (real + synthetic)
    conditional = share**2 / synthetic / (1 - share**2 * (1 - 1 / synthetic))
    return 1 / real + (1 - 1 / real) * conditional
