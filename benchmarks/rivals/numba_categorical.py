"""Rival: numba resampling individuals, replicates in parallel over all cores.

A generation is N uniform picks among the N samples of the last one, two per random word, so no category table is
searched; extinct types are dropped at once; a replicate with one type left stops working. With exogenous samples their
number is one look-up in a binomial table and their types come from an alias table.
"""

import numpy as np
from scipy import stats

from benchmarks.contender import Contender, Run, Unavailable
from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.record import Record, summarise
from benchmarks.rivals import numba_words
from benchmarks.rivals.numba_words import next_uniform, next_word, njit, prange, seed_words, uint64
from benchmarks.rivals.numpy_categorical import surprise_table


def alias_table(probs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Vose's alias method: keep category j with probability threshold[j] / 2^32, else take other[j]."""
    size = probs.size
    scaled = probs * size
    threshold, other = np.full(size, 2**32, np.uint64), np.arange(size, dtype=np.uint16)
    small = [j for j in range(size) if scaled[j] < 1.0]
    large = [j for j in range(size) if scaled[j] >= 1.0]
    while small and large:
        poor, rich = small.pop(), large.pop()
        threshold[poor], other[poor] = np.uint64(round(scaled[poor] * 2**32)), rich
        scaled[rich] -= 1.0 - scaled[poor]
        (small if scaled[rich] < 1.0 else large).append(rich)
    return threshold, other


@njit(inline="always")
def _draw_target(num_draws, words, threshold, other, counts):
    """Add draws from the target to the counts."""
    size = uint64(threshold.size)
    half = uint64(0xFFFFFFFF)
    for _ in range(num_draws):
        word = next_word(words)
        category = ((word >> uint64(32)) * size) >> uint64(32)
        if (word & half) < threshold[category]:
            counts[category] += 1
        else:
            counts[other[category]] += 1


@njit(inline="always")
def _draw_parents(num_draws, num_samples, words, parents, counts):
    """Add the types of uniformly picked parents to the counts, two picks a word."""
    # The generator's state stays in registers here; through the array the loop is a third slower.
    size = uint64(num_samples)
    half = uint64(0xFFFFFFFF)
    first, second, third, fourth = words[0], words[1], words[2], words[3]
    for _ in range(num_draws >> 1):
        word = first + fourth
        shifted = second << uint64(17)
        third ^= first
        fourth ^= second
        second ^= third
        first ^= fourth
        third ^= shifted
        fourth = (fourth << uint64(45)) | (fourth >> uint64(19))
        counts[parents[((word >> uint64(32)) * size) >> uint64(32)]] += 1
        counts[parents[((word & half) * size) >> uint64(32)]] += 1
    words[0], words[1], words[2], words[3] = first, second, third, fourth
    if num_draws & 1:
        counts[parents[((next_word(words) >> uint64(32)) * size) >> uint64(32)]] += 1


@njit(parallel=True)
def _run(num_samples, num_generations, num_replicates, seed, start, threshold, other, exogenous, surprise):
    support_size = threshold.size
    entropy = np.empty((num_replicates, num_generations + 1))
    diversity = np.empty((num_replicates, num_generations + 1))
    inverse = 1.0 / (float(num_samples) * float(num_samples))
    closed = exogenous.size == 0
    for replicate in prange(num_replicates):
        words = np.empty(4, np.uint64)
        seed_words(seed, replicate, words)
        counts = np.zeros(support_size, np.int32)
        parents = np.empty(num_samples, np.uint16)
        alive = support_size
        entropy[replicate, 0], diversity[replicate, 0] = start[0], start[1]
        for generation in range(1, num_generations + 1):
            if generation == 1:
                _draw_target(num_samples, words, threshold, other, counts)
            elif closed:
                _draw_parents(num_samples, num_samples, words, parents, counts)
            else:
                num_real = np.searchsorted(exogenous, next_uniform(words), side="right")
                _draw_target(num_real, words, threshold, other, counts)
                _draw_parents(num_samples - num_real, num_samples, words, parents, counts)
            total, squares, kept, position = 0.0, 0.0, 0, 0
            for category in range(alive):
                count = counts[category]
                if count > 0:
                    total += surprise[count]
                    squares += float(count) * float(count)
                    # Without exogenous samples an extinct type never returns, so survivors are renumbered.
                    parents[position : position + count] = kept if closed else category
                    position += count
                    kept += 1
                    counts[category] = 0
            entropy[replicate, generation] = total
            diversity[replicate, generation] = 1.0 - squares * inverse
            if closed:
                alive = kept
                if kept == 1:
                    entropy[replicate, generation + 1 :] = 0.0
                    diversity[replicate, generation + 1 :] = 0.0
                    break
    return entropy, diversity


def prepare(problem: Problem) -> Run:
    """Build the tables; compilation happens at the first call.

    Raises:
        Unavailable: numba is not installed, or the problem is larger than 16-bit types allow.
    """
    if not numba_words.AVAILABLE:
        raise Unavailable(numba_words.MISSING)
    assert isinstance(problem, CategoricalProblem)
    if problem.support_size >= 2**16:
        raise Unavailable("types are stored in 16 bits")
    threshold, other = alias_table(problem.target)
    exogenous = np.empty(0)
    if problem.exogenous_fraction > 0:
        exogenous = stats.binom.cdf(np.arange(problem.num_samples), problem.num_samples, problem.exogenous_fraction)
    target = problem.target
    start = np.array([-np.sum(target * np.log(target)), 1.0 - np.sum(target**2)])
    surprise = surprise_table(problem.num_samples)

    def run(seed: int) -> Record:
        entropy, diversity = _run(
            problem.num_samples,
            problem.num_generations,
            problem.num_replicates,
            seed,
            start,
            threshold,
            other,
            exogenous,
            surprise,
        )
        return summarise({"entropy": entropy, "diversity": diversity}, axis=0)

    return run


NUMBA_INDIVIDUALS = Contender(
    "numba individuals", "float64", "picks parents one by one, drops extinct types, all cores", prepare
)
