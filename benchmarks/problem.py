"""What is computed: one self-training loop, its size, and what must be recorded of every generation."""

import dataclasses
from typing import TypeAlias

import numpy as np


@dataclasses.dataclass(frozen=True)
class CategoricalProblem:
    """Zipf-distributed categories, refitted by maximum likelihood to N samples per generation.

    Attributes:
        support_size: K, categories.
        num_samples: N, samples per generation.
        num_generations: T.
        num_replicates: R.
        exogenous_fraction: alpha, the probability that a sample comes from the target and not from the model.
        terminal_only: whether the state of generation T alone is asked for.
    """

    support_size: int
    num_samples: int
    num_generations: int
    num_replicates: int
    exogenous_fraction: float = 0.0
    terminal_only: bool = False

    @property
    def record(self) -> tuple[str, ...]:
        """Quantities of every replicate, of every generation 0 .. T or of T alone."""
        return ("entropy", "diversity")

    @property
    def num_recorded(self) -> int:
        """Generations that are recorded."""
        return 1 if self.terminal_only else self.num_generations + 1

    @property
    def target(self) -> np.ndarray:
        """P, shape (K,), float64: P_k proportional to 1/k."""
        weights = 1.0 / np.arange(1, self.support_size + 1)
        return weights / weights.sum()


@dataclasses.dataclass(frozen=True)
class GaussianProblem:
    """A standard normal, refitted by maximum likelihood (divisor N) to N samples per generation.

    Attributes:
        num_samples: N, samples per generation.
        num_generations: T.
        num_replicates: R.
    """

    num_samples: int
    num_generations: int
    num_replicates: int

    @property
    def record(self) -> tuple[str, ...]:
        """Quantities of every generation, 0 .. T, of every replicate."""
        return ("mean", "variance", "log_variance")

    @property
    def num_recorded(self) -> int:
        """Generations that are recorded."""
        return self.num_generations + 1


Problem: TypeAlias = CategoricalProblem | GaussianProblem


def replicate_generations(problem: Problem) -> int:
    """Count the refits of a run, R * T: the unit in which rates are given."""
    return problem.num_replicates * problem.num_generations
