"""A question that the benchmark answers: cases to time side by side, and goals as ratios of their rates."""

import dataclasses

from benchmarks.contender import Contender
from benchmarks.problem import Problem

FLOOR = "floor"
"""Name that a goal uses for the rate at which the random words alone could be made."""

TWO_CORES = "two CPU cores"
"""Name that a goal of an accelerator uses for our own rate in the result file of a machine with two cores."""


@dataclasses.dataclass(frozen=True)
class Case:
    """A problem and who computes it beside us.

    Attributes:
        label: unique within the workload.
        problem: full size on CPU cores.
        quick: toy size, for continuous integration; K and T are the same in all workloads, so that one compilation
            of each family serves them all.
        accelerator: size that fills a GPU, or None where the case is not run there.
        rivals: timed in the same rounds.
    """

    label: str
    problem: Problem
    quick: Problem
    accelerator: Problem | None = None
    rivals: tuple[Contender, ...] = ()

    def at(self, size: str) -> Problem | None:
        """The problem at a size: "full", "quick" or "accelerator"."""
        return {"full": self.problem, "quick": self.quick, "accelerator": self.accelerator}[size]


@dataclasses.dataclass(frozen=True)
class Goal:
    """rate(top) / rate(bottom) against a threshold.

    Attributes:
        sentence: what is promised.
        top: (case label, contender name).
        bottom: (case label, contender name, `FLOOR` or `TWO_CORES`).
        threshold: of the ratio.
        at_least: whether the ratio must reach the threshold or stay below it.
    """

    sentence: str
    top: tuple[str, str]
    bottom: tuple[str, str]
    threshold: float
    at_least: bool = True

    def met(self, ratio: float) -> bool:
        """Whether a measured ratio keeps the promise."""
        return ratio >= self.threshold if self.at_least else ratio <= self.threshold


@dataclasses.dataclass(frozen=True)
class Workload:
    """A question, its cases, its goals."""

    identifier: str
    question: str
    cases: tuple[Case, ...]
    goals: tuple[Goal, ...]
