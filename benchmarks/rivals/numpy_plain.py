"""Rivals: the ten lines of NumPy that one would write first, on one thread, every replicate at once."""

from collections.abc import Callable

import numpy as np

from benchmarks.contender import Contender, Run
from benchmarks.problem import GaussianProblem, Problem
from benchmarks.record import Record, summarise


def draw_statistics(mean: np.ndarray, variance: np.ndarray, num_samples: int, generator: np.random.Generator):
    """Mean and maximum-likelihood variance of N draws, from their exact laws."""
    scatter = generator.chisquare(num_samples - 1, mean.size)
    return generator.normal(mean, np.sqrt(variance / num_samples)), variance * scatter / num_samples


def draw_samples(mean: np.ndarray, variance: np.ndarray, num_samples: int, generator: np.random.Generator):
    """Mean and maximum-likelihood variance of N draws that are made one by one."""
    samples = generator.normal(mean[:, None], np.sqrt(variance)[:, None], (mean.size, num_samples))
    return samples.mean(axis=1), samples.var(axis=1)


def _prepare(refit: Callable[..., tuple[np.ndarray, np.ndarray]], problem: Problem) -> Run:
    assert isinstance(problem, GaussianProblem)

    def run(seed: int) -> Record:
        generator = np.random.default_rng(seed)
        mean, variance = np.zeros(problem.num_replicates), np.ones(problem.num_replicates)
        means, variances = [mean], [variance]
        for _ in range(problem.num_generations):
            mean, variance = refit(mean, variance, problem.num_samples, generator)
            means.append(mean)
            variances.append(variance)
        tables = {"mean": np.array(means), "variance": np.array(variances)}
        return summarise({**tables, "log_variance": np.log(tables["variance"])}, axis=1)

    return run


NUMPY_PLAIN_STATISTICS = Contender(
    "NumPy statistics, plain",
    "float64",
    "ten lines, one thread: `default_rng`, a normal and a chi-square for every replicate and generation",
    lambda problem: _prepare(draw_statistics, problem),
)
NUMPY_PLAIN_SAMPLES = Contender(
    "NumPy samples, plain",
    "float64",
    "ten lines, one thread: `default_rng`, an array of all N samples of every replicate, its mean and its variance",
    lambda problem: _prepare(draw_samples, problem),
)
