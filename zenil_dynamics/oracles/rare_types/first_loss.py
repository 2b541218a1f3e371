"""Times at which types are lost in a closed categorical loop (alpha = 0): exact means, diffusion means, tails."""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy
from scipy.stats import binom

from zenil_dynamics.oracles.tables import real_number, simplex, whole_number

MAX_SAMPLES = 4000
"""Largest N whose transition matrix is solved: 128 MB."""
MAX_SUBSETS = 100_000


def partial_loss_time(num_samples: int, initial: ArrayLike) -> np.ndarray:
    """E[T; a type is lost], T its time of loss in generations, for types of model probability q_0.

    sum_t (P(lost at last) - P(lost by t)) = (1 - q_0) + E w(n), n ~ Bin(N, q_0), with w = (I - B)^{-1} (1 - n/N) on the
    counts 1 .. N - 1 of the transition matrix B. Divided by 1 - q_0 it is the mean time of a loss, given that there is
    one.

    Args:
        num_samples: N, at most 4000.
        initial: q_0 in [0, 1], any shape.

    Returns:
        Generations, of the shape of `initial`; 0 at 0 and 1.

    Raises:
        ValueError: arguments out of range.

    Source: absorbing Markov chain; a type is lost with probability 1 - q_0.
    """
    size = whole_number(num_samples, "num_samples")
    if size > MAX_SAMPLES:
        raise ValueError(f"`num_samples` must be at most {MAX_SAMPLES}; got {size}. Use the diffusion value.")
    probs = np.asarray(initial, np.float64)
    if not np.all((probs >= 0) & (probs <= 1)):
        raise ValueError(f"`initial` must lie in [0, 1]; got {initial!r}. Correct it.")
    inside = np.arange(1, size)
    matrix = binom.pmf(inside, size, inside[:, None] / size)
    waiting = np.linalg.solve(np.eye(size - 1) - matrix, 1 - inside / size)
    # Pieces of a thousand types: the weights of all sets at once would not fit into memory.
    pieces = np.array_split(probs.reshape(-1), 1 + probs.size // 1000)
    later = np.concatenate([binom.pmf(inside, size, piece[:, None]) @ waiting for piece in pieces])
    return np.where(probs > 0, 1 - probs, 0.0) + later.reshape(probs.shape)


def expected_loss_time(num_samples: int, initial: ArrayLike, *, num_lost: int = 1) -> float:
    """Expected number of generations until m of the K types of Q_0 are lost, alpha = 0, constant N. Exact.

    sum_{r >= m} (-1)^{r-m} C(r - 1, m - 1) sum_{|A| = r} D(q_A), q_A the mass of a set A of types merged into one and
    D = `partial_loss_time`. m = 1 is the first loss, m = K - 1 fixation, where it is sum_i D(1 - q_i).

    Args:
        num_samples: N, at most 4000.
        initial: Q_0, shape (K,); types without mass do not count.
        num_lost: m, from 1 to K - 1.

    Returns:
        Generations.

    Raises:
        ValueError: arguments out of range, or more than 1e5 sets of m types or more.

    Source: inclusion and exclusion; Littler (1975) for the diffusion.
    """
    weights, masses = _weighted_sets(initial, num_lost)
    distinct, inverse = np.unique(masses, return_inverse=True)
    return float(weights @ partial_loss_time(num_samples, distinct)[inverse])


def loss_time_diffusion(num_samples: float, initial: ArrayLike, *, num_lost: int = 1) -> float:
    """Diffusion value of `expected_loss_time`: D(q) = -2 N q log q in place of the exact D.

    First loss: 2N sum_A (-1)^|A| q_A log q_A. Asymptotic in N, and too long: for the first loss of
    three equal types by 6.3 % at N = 40, 0.9 % at N = 400. `fixation_time_diffusion` is the case m = K - 1.

    Args:
        num_samples: N.
        initial: Q_0, shape (K,); types without mass do not count.
        num_lost: m, from 1 to K - 1.

    Returns:
        Generations.

    Raises:
        ValueError: arguments out of range, or more than 1e5 sets of m types or more.

    Source: Littler (1975); Baxter, Blythe and McKane, q-bio/0508045.
    """
    size = real_number(num_samples, "num_samples", 1.0)
    weights, masses = _weighted_sets(initial, num_lost)
    return float(-2 * size * (weights @ xlogy(masses, masses)))


def loss_time_tail_rate(num_samples: int, support_size: int, *, num_lost: int = 1) -> float:
    """Factor by which P(fewer than m of K types lost by t) falls per generation in the end: (N)_j / N^j, j = K - m + 1.

    Exact for alpha = 0 and constant N: j types remain together at that rate, the eigenvalue of E prod_{i in S} q_i.

    Args:
        num_samples: N.
        support_size: K, at least 2.
        num_lost: m, from 1 to K - 1.

    Returns:
        Dimensionless, in [0, 1); 0 when N draws cannot hold j types.

    Raises:
        ValueError: arguments out of range.

    Source: classical for the Wright-Fisher model; `expected_product`.
    """
    size, kinds = whole_number(num_samples, "num_samples"), whole_number(support_size, "support_size", smallest=2)
    together = kinds - _lost(num_lost, kinds) + 1
    return float(np.prod(np.maximum(1 - np.arange(together) / size, 0.0)))


def first_loss_survival_approximation(num_samples: float, initial: ArrayLike, generations: ArrayLike) -> np.ndarray:
    """Approximate P(no type lost by t): prod_i (1 - exp(-2 N q_i / t)), alpha = 0.

    Its mean is `loss_time_diffusion`, but it is no more than approximate, and no limit of the true law: for two equal
    types it is off by up to 0.066 at N = 10, 0.128 at 40 and 0.158 in the limit (0.028 for three equal types at N = 40,
    where two errors cancel), and its tail falls like t^-K, where the true one is geometric (`loss_time_tail_rate`). The
    column K of `support_size_law` is exact.

    Args:
        num_samples: N.
        initial: Q_0, shape (K,); types without mass do not count.
        generations: t >= 0, any shape.

    Returns:
        Probabilities, of the shape of `generations`.

    Raises:
        ValueError: arguments out of range.

    Source: Benati et al., arXiv 2509.20101 (the law); the limits of its validity are ours.
    """
    size = real_number(num_samples, "num_samples", 1.0)
    times, probs = np.asarray(generations, np.float64), simplex(initial, "initial")
    if not np.all(times >= 0):
        raise ValueError(f"`generations` must be at least 0; got {generations!r}. Correct it.")
    with np.errstate(divide="ignore"):
        rates = np.multiply.outer(2 * size / times, probs[probs > 0])
    return np.prod(-np.expm1(-rates), axis=-1)


def _lost(num_lost: int, kinds: int) -> int:
    lost = whole_number(num_lost, "num_lost")
    if lost >= kinds:
        raise ValueError(
            f"`num_lost` must be below the number of types, {kinds}; got {lost}. One type remains for ever."
        )
    return lost


def _weighted_sets(initial: ArrayLike, num_lost: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights (-1)^{r-m} C(r-1, m-1) and masses of all sets of r = m .. K - 1 types; the set of all adds 0."""
    probs = simplex(initial, "initial")
    present = probs[probs > 0]
    kinds = present.size
    lost = _lost(num_lost, kinds)
    number = sum(comb(kinds, size) for size in range(lost, kinds))
    if number > MAX_SUBSETS:
        raise ValueError(
            f"`initial` must leave at most {MAX_SUBSETS} sets of {lost} types or more; got {number}. "
            "Take fewer types, or raise `num_lost`."
        )
    weights, masses = [], []
    for size in range(lost, kinds):
        factor = (-1.0) ** (size - lost) * comb(size - 1, lost - 1)
        for members in combinations(present, size):
            weights.append(factor)
            masses.append(min(sum(members), 1.0))
    return np.array(weights), np.array(masses)
