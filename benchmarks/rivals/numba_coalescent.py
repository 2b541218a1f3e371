"""Rival: numba following the samples of generation T backwards, replicates in parallel over all cores.

Going back one generation, each block of samples with one ancestor is real with probability alpha and then takes its
type from P, or else picks one of the N samples before it; blocks that pick the same sample become one. What is left
at generation 1 draws from P. The number of blocks falls like 2N / t, so the cost hardly depends on T.
"""

import numpy as np

from benchmarks.contender import Contender, Run, Unavailable
from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.record import Record, summarise
from benchmarks.rivals import numba_words
from benchmarks.rivals.numba_categorical import alias_table
from benchmarks.rivals.numba_words import next_word, njit, prange, seed_words, uint64
from benchmarks.rivals.numpy_categorical import surprise_table


@njit(inline="always")
def _draw_type(words, threshold, other):
    """Draw a type of the target."""
    word = next_word(words)
    category = ((word >> uint64(32)) * uint64(threshold.size)) >> uint64(32)
    if (word & uint64(0xFFFFFFFF)) < threshold[category]:
        return int(category)
    return int(other[category])


@njit(parallel=True)
def _run(num_samples, num_generations, num_replicates, seed, threshold, other, real, surprise):
    entropy, diversity = np.empty((num_replicates, 1)), np.empty((num_replicates, 1))
    inverse = 1.0 / (float(num_samples) * float(num_samples))
    size, half = uint64(num_samples), uint64(0xFFFFFFFF)
    for replicate in prange(num_replicates):
        words = np.empty(4, np.uint64)
        seed_words(seed, replicate, words)
        counts = np.zeros(threshold.size, np.int32)
        weight = np.ones(num_samples, np.int32)
        # A slot belongs to a block of this generation where its stamp says so: nothing has to be cleared.
        stamp = np.zeros(num_samples, np.int32)
        owner = np.empty(num_samples, np.int32)
        alive = num_samples
        for generation in range(1, num_generations):
            kept = 0
            for block in range(alive):
                word = next_word(words)
                if (word & half) < real:
                    counts[_draw_type(words, threshold, other)] += weight[block]
                    continue
                slot = ((word >> uint64(32)) * size) >> uint64(32)
                if stamp[slot] == generation:
                    weight[owner[slot]] += weight[block]
                else:
                    stamp[slot] = generation
                    owner[slot] = kept
                    weight[kept] = weight[block]
                    kept += 1
            alive = kept
            if alive == 0 or (alive == 1 and real == uint64(0)):
                break
        for block in range(alive):
            counts[_draw_type(words, threshold, other)] += weight[block]
        total, squares = 0.0, 0.0
        for count in counts:
            total += surprise[count]
            squares += float(count) * float(count)
        entropy[replicate, 0], diversity[replicate, 0] = total, 1.0 - squares * inverse
    return entropy, diversity


def prepare(problem: Problem) -> Run:
    """Build the tables; compilation happens at the first call.

    Raises:
        Unavailable: numba is not installed, more than generation T is asked for, or types do not fit into 16 bits.
    """
    if not numba_words.AVAILABLE:
        raise Unavailable(numba_words.MISSING)
    assert isinstance(problem, CategoricalProblem)
    if not problem.terminal_only or problem.num_generations < 1:
        raise Unavailable("a coalescent knows the state at T alone, T >= 1")
    if problem.support_size >= 2**16:
        raise Unavailable("types are stored in 16 bits")
    threshold, other = alias_table(problem.target)
    real = np.uint64(round(problem.exogenous_fraction * 2**32))
    surprise = surprise_table(problem.num_samples)
    sizes = (problem.num_samples, problem.num_generations, problem.num_replicates)

    def run(seed: int) -> Record:
        entropy, diversity = _run(*sizes, seed, threshold, other, real, surprise)
        return summarise({"entropy": entropy, "diversity": diversity}, axis=0)

    return run


NUMBA_COALESCENT = Contender(
    "numba coalescent", "float64", "follows the samples of generation T back to their ancestors, all cores", prepare
)
