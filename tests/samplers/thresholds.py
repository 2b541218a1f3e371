"""The exact law of a sampler that is a function of random words: every threshold of the function, found by bisection.

A sampler by inversion is a deterministic map from 32-bit words to results. Its law is the lengths of the preimages, and
these can be found to the last word by bisecting the compiled kernel itself. So the total variation distance from the
true law is computed, not sampled, with every rounding error of float32 in it.
"""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from scipy import special, stats

from zenil_dynamics.samplers import inversion, quantile, two_float


def first_true(predicate: Callable[[np.ndarray], np.ndarray], size: int, num_bits: int) -> np.ndarray:
    """Smallest word in [0, 2^num_bits) per lane at which a monotone predicate is true, 2^num_bits if none."""
    low, high = np.full(size, -1, np.int64), np.full(size, 1 << num_bits, np.int64)
    for _ in range(num_bits + 1):
        middle = (low + high) // 2
        inside = (middle > low) & (middle < high)
        true = predicate(np.maximum(middle, 0))
        high = np.where(inside & true, middle, high)
        low = np.where(inside & ~true, middle, low)
    return high


@partial(jax.jit, static_argnums=(0, 5))
def _search(steps, first, second, num_trials, odds, search):
    return search(steps, first << np.uint32(1), second << np.uint32(1), num_trials, odds)


def search_law(num_trials: np.ndarray, odds: np.ndarray, steps: int, search=inversion.count_from_words):
    """Law of one pass of the search: probabilities (cases, steps) of the results, and of none."""
    cases, groups = len(num_trials), steps // 4
    trials = np.repeat(num_trials, groups).astype(np.int32)
    ratio = np.repeat(odds, groups).astype(np.float32)
    group = np.tile(np.arange(groups), cases)
    size, last = cases * groups, np.uint32(2**31 - 1)

    def count(first, second):
        words = np.asarray(first, np.uint32), np.broadcast_to(np.asarray(second, np.uint32), (size,))
        return np.asarray(_search(steps, *words, trials, ratio, search))

    # The second word at its largest gives the smallest member of a group. Groups beyond n are never told apart.
    def is_beyond(first):
        drawn = count(first, last)
        return (drawn < 0) | ((drawn >= 4 * (group + 1)) & (4 * (group + 1) <= trials))

    ends = first_true(is_beyond, size, 31)
    of_group = np.diff(ends.reshape(cases, groups), axis=1, prepend=0) / 2**31
    inside, law, previous = np.maximum(ends - 1, 0), np.zeros((cases, steps)), np.zeros(size)
    for member in (3, 2, 1, 0):  # a small second word gives the largest member
        current = first_true(lambda word, m=member: count(inside, word) < 4 * group + m, size, 31) / 2**31
        current = np.ones(size) if member == 0 else current
        law[:, member::4] = of_group * (current - previous).reshape(cases, groups)
        previous = current
    return law, 1 - ends.reshape(cases, groups)[:, -1] / 2**31


def word_of_rank(rank: np.ndarray) -> np.ndarray:
    """Word whose normal number has this rank in [0, 2^32): rank 0 is the most negative."""
    rank = np.asarray(rank, np.int64)
    return np.where(rank < 2**31, (rank << 1) | 1, (2**32 - 1 - rank) << 1).astype(np.uint32)


@jax.jit
def _position(word, num_trials, success, failure):
    return quantile.position(word, num_trials, two_float.from_float(success), two_float.from_float(failure))


def position(rank: np.ndarray, num_trials: int, success: float, failure: float):
    """alpha(z) before blurring, as float64, for z of the given ranks; and the standard deviation."""
    size = len(rank)
    whole, fraction, sd = _position(
        jnp.asarray(word_of_rank(rank)),
        jnp.full(size, num_trials, jnp.int32),
        jnp.full(size, success, jnp.float32),
        jnp.full(size, failure, jnp.float32),
    )
    return np.asarray(whole, np.float64) + np.asarray(fraction, np.float64), float(sd[0])


def quantile_law(num_trials: int, success: float, failure: float, num_nodes: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Distribution function of the quantile sampler at all counts within 6.5 standard deviations, and those counts.

    Source: `law_of_positions`.
    """
    success, failure = np.float32(success), np.float32(failure)
    prob = float(success) / (float(success) + float(failure))
    law = stats.binom(num_trials, prob)
    counts = np.arange(max(0, int(law.mean() - 6.5 * law.std())), min(num_trials, int(law.mean() + 6.5 * law.std())))
    return law_of_positions(lambda rank: position(rank, num_trials, success, failure), counts, num_nodes), counts


def law_of_positions(position_at: Callable, counts: np.ndarray, num_nodes: int = 64) -> np.ndarray:
    """P(count <= k) = E F(k + 1 - blur) for all `counts` k, F the exact law of `position_at(rank)[0]`.

    The expectation over the blur, in units of the standard deviation `position_at(rank)[1]`, is by the midpoint rule.
    """
    nodes = (np.arange(num_nodes) + 0.5) / num_nodes * 2 - 1
    weights = (1 - np.abs(nodes)) / (1 - np.abs(nodes)).sum()
    level = (counts[:, None] + 1 - nodes * position_at(np.zeros(1))[1] * quantile.BLUR).ravel()
    ranks = first_true(lambda rank: position_at(rank)[0] >= level, level.size, 32) / 2**32
    return ranks.reshape(len(counts), num_nodes) @ weights


LEVELS = np.linspace(-5, 5, 201)


def mean_deviation(value_at: Callable, exact_at: Callable, width: float = 2.0**-12, block: int = 2048) -> np.ndarray:
    """How far a function of a normal word is from the exact one near each z of LEVELS, in standard deviations.

    Rounding that changes from word to word is averaged over `block` words from an interval of this width: whatever the
    results are blurred with afterwards does the same. What is left is what moves the law.
    """
    near = LEVELS[:, None] + (np.arange(block) / block - 0.5) * width
    ranks = np.clip((special.ndtr(near) * 2**32).astype(np.int64), 0, 2**32 - 1)
    below = (np.minimum(ranks, 2**32 - 1 - ranks) + 0.5) / 2**32
    z = np.where(ranks < 2**31, 1, -1) * special.ndtri(below)
    value = value_at(ranks.ravel()).reshape(ranks.shape)
    slope = (exact_at(LEVELS + 1e-3) - exact_at(LEVELS - 1e-3)) / 2e-3
    return (value - exact_at(z)).mean(axis=1) / slope


def triangular_cdf(value: np.ndarray) -> np.ndarray:
    """P(halves - 65535 <= 65536 value) for the sum of two 16-bit uniforms: the blur, in units of its half width."""
    level = np.clip(np.floor(value * 65536 + 65535), -1, 131070)
    below = (level + 1) * (level + 2) / 2
    above = (131070 - level) * (131071 - level) / 2
    return np.where(level < 65536, below, 2.0**32 - above) / 2.0**32


def total_variation(cdf: np.ndarray, exact_cdf: np.ndarray) -> float:
    """Half the sum of |differences| of the masses between consecutive counts, the outer parts as one mass each."""
    return 0.5 * float(np.abs(np.diff(cdf - exact_cdf, prepend=0.0, append=0.0)).sum())
