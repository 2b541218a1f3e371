"""Rival: NumPy, `Generator.multinomial` vectorised over replicates, one thread per core."""

import functools

import numpy as np

from benchmarks.contender import Contender, Run
from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.record import Record
from benchmarks.rivals.threads import over_blocks


def surprise_table(num_samples: int) -> np.ndarray:
    """Return -(n/N) ln(n/N) for n = 0 .. N: a logarithm per surviving type becomes a look-up."""
    share = np.arange(num_samples + 1) / num_samples
    return -share * np.log(np.where(share > 0, share, 1.0))


def draw_counts(
    problem: CategoricalProblem, table: np.ndarray, generator: np.random.Generator, num_replicates: int
) -> dict[str, np.ndarray]:
    """Run one block; every table has shape (T + 1, replicates)."""
    target, num_samples, alpha = problem.target, problem.num_samples, problem.exogenous_fraction
    shape = (problem.num_generations + 1, num_replicates)
    entropy, diversity = np.empty(shape), np.empty(shape)
    support = np.empty(shape, np.int32)
    entropy[0] = -np.sum(target * np.log(target))
    diversity[0] = 1.0 - np.sum(target**2)
    support[0] = problem.support_size
    probs = np.tile(target, (num_replicates, 1))
    for generation in range(1, problem.num_generations + 1):
        counts = generator.multinomial(num_samples, probs)
        entropy[generation] = table[counts].sum(axis=1)
        probs = counts / num_samples
        diversity[generation] = 1.0 - np.einsum("rk,rk->r", probs, probs)
        support[generation] = np.count_nonzero(counts, axis=1)
        if alpha:
            probs = alpha * target + (1.0 - alpha) * probs
    return {"entropy": entropy, "diversity": diversity, "support_size": support}


def _draw(
    problem: CategoricalProblem, table: np.ndarray, generator: np.random.Generator, num_replicates: int
) -> dict[str, np.ndarray]:
    if problem.terminal_only:
        return draw_last(problem, table, generator, num_replicates)
    values = draw_counts(problem, table, generator, num_replicates)
    return {name: values[name] for name in problem.record}


def draw_last(
    problem: CategoricalProblem, table: np.ndarray, generator: np.random.Generator, num_replicates: int
) -> dict[str, np.ndarray]:
    """Run one block and look at its last generation only; every table has shape (1, replicates)."""
    target, num_samples, alpha = problem.target, problem.num_samples, problem.exogenous_fraction
    counts = generator.multinomial(num_samples, target, size=num_replicates)
    for _ in range(1, problem.num_generations):
        probs = counts / num_samples
        counts = generator.multinomial(num_samples, alpha * target + (1.0 - alpha) * probs if alpha else probs)
    share = counts / num_samples
    return {
        "entropy": table[counts].sum(axis=1)[None],
        "diversity": 1.0 - np.einsum("rk,rk->r", share, share)[None],
    }


def prepare(problem: Problem) -> Run:
    """Nothing is compiled; the look-up table is made here."""
    assert isinstance(problem, CategoricalProblem)
    draw = functools.partial(_draw, problem, surprise_table(problem.num_samples))
    # Half a megabyte of probabilities: a core's second-level cache.
    block_size = max(8, 2**16 // problem.support_size)

    def run(seed: int) -> Record:
        return over_blocks(draw, seed=seed, num_replicates=problem.num_replicates, block_size=block_size)

    return run


NUMPY_MULTINOMIAL = Contender(
    "NumPy multinomial", "float64", "`Generator.multinomial` over a block of replicates, a thread per core", prepare
)
