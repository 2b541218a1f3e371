"""Rivals: NumPy drawing sufficient statistics, and NumPy drawing every sample, one thread per core."""

import functools

import numpy as np

from benchmarks.contender import Contender, Run
from benchmarks.problem import GaussianProblem, Problem
from benchmarks.record import Record
from benchmarks.rivals.threads import over_blocks


def _tables(num_generations: int, num_replicates: int) -> dict[str, np.ndarray]:
    """Room for the record, generation 0 filled in."""
    shape = (num_generations + 1, num_replicates)
    tables = {name: np.empty(shape, np.float32) for name in ("mean", "variance", "log_variance")}
    tables["mean"][0], tables["variance"][0], tables["log_variance"][0] = 0.0, 1.0, 0.0
    return tables


def draw_statistics(
    problem: GaussianProblem, generator: np.random.Generator, num_replicates: int
) -> dict[str, np.ndarray]:
    """Sample mean from `standard_normal`; scatter, chi-square, as twice `standard_gamma`, which has float32."""
    num_samples = problem.num_samples
    tables = _tables(problem.num_generations, num_replicates)
    mean, variance = tables["mean"][0], tables["variance"][0]
    shape, scale, root = (num_samples - 1) / 2, np.float32(2 / num_samples), np.float32(num_samples**-0.5)
    for generation in range(1, problem.num_generations + 1):
        step = generator.standard_normal(num_replicates, dtype=np.float32)
        step *= np.sqrt(variance)
        step *= root
        scatter = generator.standard_gamma(shape, num_replicates, dtype=np.float32)
        scatter *= scale
        mean = np.add(mean, step, out=tables["mean"][generation])
        variance = np.multiply(variance, scatter, out=tables["variance"][generation])
    np.log(tables["variance"], out=tables["log_variance"])
    return tables


def draw_samples(
    problem: GaussianProblem, generator: np.random.Generator, num_replicates: int
) -> dict[str, np.ndarray]:
    """Every sample of every generation, then its mean and its variance."""
    num_samples = problem.num_samples
    tables = _tables(problem.num_generations, num_replicates)
    for generation in range(1, problem.num_generations + 1):
        samples = generator.standard_normal((num_replicates, num_samples), dtype=np.float32)
        samples *= np.sqrt(tables["variance"][generation - 1])[:, None]
        samples += tables["mean"][generation - 1][:, None]
        average = samples.mean(axis=1)
        samples -= average[:, None]
        tables["mean"][generation] = average
        tables["variance"][generation] = np.einsum("rn,rn->r", samples, samples) / num_samples
    np.log(tables["variance"], out=tables["log_variance"])
    return tables


def prepare_statistics(problem: Problem) -> Run:
    """Nothing is compiled."""
    assert isinstance(problem, GaussianProblem)
    draw = functools.partial(draw_statistics, problem)

    def run(seed: int) -> Record:
        return over_blocks(draw, seed=seed, num_replicates=problem.num_replicates, block_size=1024)

    return run


def prepare_samples(problem: Problem) -> Run:
    """Nothing is compiled."""
    assert isinstance(problem, GaussianProblem)
    draw = functools.partial(draw_samples, problem)
    block_size = max(8, 2**17 // problem.num_samples)

    def run(seed: int) -> Record:
        return over_blocks(draw, seed=seed, num_replicates=problem.num_replicates, block_size=block_size)

    return run


NUMPY_STATISTICS = Contender(
    "NumPy statistics",
    "float32",
    "`standard_normal` and a chi-square per generation, a thread per core",
    prepare_statistics,
)
NUMPY_SAMPLES = Contender(
    "NumPy samples", "float32", "all N samples of every generation, a thread per core", prepare_samples
)
