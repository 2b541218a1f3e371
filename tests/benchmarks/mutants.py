"""Kernels that are wrong on purpose: each must be turned away by the laws that guard the clock."""

import dataclasses

import numpy as np

from benchmarks.contender import Contender
from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.record import Record, summarise
from benchmarks.rivals import NUMPY_MULTINOMIAL


def _half_the_samples(problem: Problem):
    """Refits to N/2 samples: diversity is lost twice as fast."""
    return NUMPY_MULTINOMIAL.prepare(dataclasses.replace(problem, num_samples=problem.num_samples // 2))


def _one_sample(problem: Problem):
    """Refits to a single sample: no diversity is left after one generation, whatever the seed."""
    return NUMPY_MULTINOMIAL.prepare(dataclasses.replace(problem, num_samples=1))


def _no_real_data(problem: Problem):
    """Forgets the exogenous share."""
    assert isinstance(problem, CategoricalProblem)
    return NUMPY_MULTINOMIAL.prepare(dataclasses.replace(problem, exogenous_fraction=0.0))


def _binary_logarithm(problem: Problem):
    """Records entropy in bits."""
    run = NUMPY_MULTINOMIAL.prepare(problem)

    def wrong(seed: int) -> Record:
        record = run(seed)
        return dataclasses.replace(record, mean={**record.mean, "entropy": record.mean["entropy"] / np.log(2)})

    return wrong


def gaussian(divisor: int, *, forgets_mean: bool = False):
    """A normal refitted with another divisor, or around the mean of the target instead of its own."""

    def prepare(problem: Problem):
        def run(seed: int) -> Record:
            generator = np.random.default_rng(seed)
            shape = (problem.num_generations + 1, problem.num_replicates)
            mean, variance = np.zeros(shape), np.ones(shape)
            for t in range(problem.num_generations):
                start = 0.0 if forgets_mean else mean[t]
                steps = generator.standard_normal(problem.num_replicates)
                mean[t + 1] = start + np.sqrt(variance[t] / problem.num_samples) * steps
                scatter = generator.chisquare(problem.num_samples - 1, problem.num_replicates)
                variance[t + 1] = variance[t] * scatter / divisor
            return summarise({"mean": mean, "variance": variance, "log_variance": np.log(variance)}, axis=1)

        return run

    return prepare


HALF_THE_SAMPLES = Contender("half the samples", "float64", "a mutant", _half_the_samples)
ONE_SAMPLE = Contender("one sample", "float64", "a mutant", _one_sample)
NO_REAL_DATA = Contender("no real data", "float64", "a mutant", _no_real_data)
BINARY_LOGARITHM = Contender("binary logarithm", "float64", "a mutant", _binary_logarithm)
