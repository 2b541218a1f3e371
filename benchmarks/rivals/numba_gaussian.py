"""Rival: numba drawing sufficient statistics, replicates in parallel over all cores."""

import math

import numpy as np

from benchmarks.contender import Contender, Run, Unavailable
from benchmarks.problem import GaussianProblem, Problem
from benchmarks.record import Record, summarise
from benchmarks.rivals import numba_words
from benchmarks.rivals.numba_words import next_normal, next_uniform, njit, prange, seed_words


@njit(parallel=True)
def _run(num_samples, num_generations, num_replicates, seed, limits, widths, heights):
    mean = np.empty((num_replicates, num_generations + 1), np.float32)
    variance = np.empty((num_replicates, num_generations + 1), np.float32)
    # Marsaglia and Tsang's gamma of shape (N - 1) / 2 >= 1, doubled: chi-square with N - 1 degrees of freedom.
    shift = (num_samples - 1) / 2 - 1.0 / 3.0
    slope = 1.0 / math.sqrt(9.0 * shift)
    root = 1.0 / math.sqrt(num_samples)
    scale = 2.0 / num_samples
    for replicate in prange(num_replicates):
        words = np.empty(4, np.uint64)
        seed_words(seed, replicate, words)
        m, v = 0.0, 1.0
        mean[replicate, 0], variance[replicate, 0] = m, v
        for generation in range(1, num_generations + 1):
            m += math.sqrt(v) * root * next_normal(words, limits, widths, heights)
            while True:
                x = next_normal(words, limits, widths, heights)
                cube = 1.0 + slope * x
                if cube <= 0.0:
                    continue
                cube = cube * cube * cube
                u = 1.0 - next_uniform(words)
                square = x * x
                if u < 1.0 - 0.0331 * square * square:
                    break
                if math.log(u) < 0.5 * square + shift * (1.0 - cube + math.log(cube)):
                    break
            v *= shift * cube * scale
            mean[replicate, generation] = m
            variance[replicate, generation] = v
    return mean, variance


def prepare(problem: Problem) -> Run:
    """Compilation happens at the first call.

    Raises:
        Unavailable: numba is not installed, or N < 3.
    """
    if not numba_words.AVAILABLE:
        raise Unavailable(numba_words.MISSING)
    assert isinstance(problem, GaussianProblem)
    if problem.num_samples < 3:
        raise Unavailable("this gamma sampler needs at least 3 samples per generation")
    tables = numba_words.ziggurat_tables()

    def run(seed: int) -> Record:
        mean, variance = _run(problem.num_samples, problem.num_generations, problem.num_replicates, seed, *tables)
        # NumPy takes float32 logarithms in vectors, many times faster than one by one in the loop.
        return summarise({"mean": mean, "variance": variance, "log_variance": np.log(variance)}, axis=0)

    return run


NUMBA_STATISTICS = Contender(
    "numba statistics", "float64", "ziggurat normal and Marsaglia-Tsang gamma per generation, all cores", prepare
)
