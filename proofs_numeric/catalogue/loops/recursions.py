"""Exact recursions that claims put against closed forms: long affine ones, the count chain, Gaussian moments.

They are written from the dynamics, not from the theory's formulas, so that the two sides of a claim share no line.
"""

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from scipy.special import gammaln, xlog1py, xlogy

from proofs_numeric.catalogue.loops import named_schedules

Row = Float[np.ndarray, " generations"]
Number = TypeVar("Number", float, Fraction)


def affine(offsets: Row, factors: Row, start: float = 0.0) -> float:
    """Last value of x_{t+1} = offset_t + factor_t x_t.

    A plain loop over Python floats: for a million steps it is faster than NumPy scalars and, unlike a scan by cumulated
    products, stable when the products underflow.

    Args:
        offsets: shape (T,).
        factors: shape (T,).
        start: x_0.

    Returns:
        x_T.

    Source: Definition.
    """
    value = float(start)
    for offset, factor in zip(offsets.tolist(), factors.tolist(), strict=True):
        value = offset + factor * value
    return value


def affine_path(offsets: Row, factors: Row, start: float = 0.0) -> Float[np.ndarray, " states"]:
    """All values x_0 .. x_T of the recursion in `affine`.

    Args:
        offsets: shape (T,).
        factors: shape (T,).
        start: x_0.

    Returns:
        Float64, shape (T+1,).

    Source: Definition.
    """
    path = [float(start)]
    for offset, factor in zip(offsets.tolist(), factors.tolist(), strict=True):
        path.append(offset + factor * path[-1])
    return np.array(path)


def pair_probability(sizes: Row, shares: Row) -> tuple[Row, Row]:
    """Offsets and factors of f_t, the probability that two draws from Q_t are copies of one real draw.

    Two draws of Q_{t+1} are the same one of its N_t draws with probability 1/N_t; if not, each is synthetic with
    probability 1 - alpha_t, and a pair of synthetic ones asks the same question of Q_t: the coalescent reading of the
    fixation index.

    Args:
        sizes: N_t.
        shares: alpha_t.

    Returns:
        Offsets and factors for `affine`.

    Source: Wright (1931) at alpha = 0; two-lineage coalescent with migration.
    """
    same = 1 / sizes
    return same, (1 - same) * (1 - shares) ** 2


@functools.lru_cache(maxsize=256)
def pair_probability_at(share: str, size: str, num_generations: int) -> float:
    """f_T for named schedules, cached: neighbours of a claim ask for the same long recursion again.

    Args:
        share: name of alpha_t, see `named_schedules.SHARES`.
        size: name of N_t, see `named_schedules.SIZES`.
        num_generations: T.

    Returns:
        f_T, dimensionless, in [0, 1].

    Source: as `pair_probability`.
    """
    rows = named_schedules.sizes(size, num_generations), named_schedules.shares(share, num_generations)
    return affine(*pair_probability(*rows))


def binomial_matrix(num_samples: int, success: Sequence[float] | np.ndarray) -> Float[np.ndarray, "states counts"]:
    """Rows of Bin(N, success_i): the law of one type's next count for each present state.

    Args:
        num_samples: N.
        success: probability that one draw is of this type, per state.

    Returns:
        Float64, shape (states, N + 1).

    Source: Definition.
    """
    probability = np.asarray(success, np.float64)[:, None]
    count = np.arange(num_samples + 1, dtype=np.float64)[None, :]
    log_choose = gammaln(num_samples + 1) - gammaln(count + 1) - gammaln(num_samples - count + 1)
    return np.exp(log_choose + xlogy(count, probability) + xlog1py(num_samples - count, -probability))


@functools.lru_cache(maxsize=512)
def count_laws(
    num_samples: int, target: float, initial: float, share: str, num_generations: int
) -> Float[np.ndarray, "generations counts"]:
    """Law of the count of one type in Q_1 .. Q_T: the type's own Markov chain, whatever the others do.

    n_{t+1} ~ Bin(N, alpha_t P + (1 - alpha_t) n_t / N).

    Args:
        num_samples: N.
        target: P of the type.
        initial: Q_0 of the type.
        share: name of alpha_t.
        num_generations: T, at least 1.

    Returns:
        Float64, shape (T, N + 1); row t - 1 is the law at generation t.

    Source: lumping of the multinomial chain onto one type.
    """
    row = named_schedules.shares(share, num_generations)
    law = binomial_matrix(num_samples, [row[0] * target + (1 - row[0]) * initial])[0]
    laws = [law]
    fractions = np.arange(num_samples + 1) / num_samples
    matrix, present = None, None
    for alpha in row[1:].tolist():
        if matrix is None or alpha != present:
            matrix, present = binomial_matrix(num_samples, alpha * target + (1 - alpha) * fractions), alpha
        law = law @ matrix
        laws.append(law)
    return np.array(laws)


def gaussian_step(
    mean_square: Number, variance: Number, num_samples: Number, share: Number, divisor: Number
) -> tuple[Number, Number]:
    """One generation of (E mu_t^2, E sigma_t^2) when the target is N(0, 1).

    Each draw has mean square m2 = alpha + (1 - alpha)(A + B); two draws have mean product (1 - alpha)^2 A; hence
    A' = m2/N + (1 - 1/N)(1 - alpha)^2 A, and the fitted variance has mean (m2 - A') N / divisor. Exact at every t, for
    any schedule; works on floats and on Fractions.

    Args:
        mean_square: A = E mu^2.
        variance: B = E sigma^2.
        num_samples: N.
        share: alpha.
        divisor: N for maximum likelihood, N - 1 for the unbiased variance.

    Returns:
        A' and B'.

    Source: law of total variance.
    """
    draw = share + (1 - share) * (mean_square + variance)
    product = (1 - share) ** 2 * mean_square
    following = (draw + (num_samples - 1) * product) / num_samples
    return following, (draw - following) * num_samples / divisor
