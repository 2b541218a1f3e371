"""How fast is a normal refitted by maximum likelihood, N=100?"""

from benchmarks.ours import OURS
from benchmarks.problem import GaussianProblem
from benchmarks.rivals import (
    NUMBA_STATISTICS,
    NUMPY_PLAIN_SAMPLES,
    NUMPY_PLAIN_STATISTICS,
    NUMPY_SAMPLES,
    NUMPY_STATISTICS,
)
from benchmarks.workload import Case, Goal, Workload
from benchmarks.workloads.goals import accelerator_goal, floor_goal

_CASE = Case(
    "W3",
    problem=GaussianProblem(100, 500, 10_000),
    quick=GaussianProblem(10, 12, 128),
    accelerator=GaussianProblem(100, 500, 2**21),
    rivals=(NUMPY_STATISTICS, NUMBA_STATISTICS, NUMPY_SAMPLES, NUMPY_PLAIN_STATISTICS, NUMPY_PLAIN_SAMPLES),
)

W3 = Workload(
    "W3",
    "How fast is a normal refitted by maximum likelihood, N=100?",
    (_CASE,),
    (
        Goal("2x NumPy drawing statistics on all cores", ("W3", OURS.name), ("W3", NUMPY_STATISTICS.name), 2.0),
        Goal(
            "100x NumPy drawing samples, ten plain lines on one core",
            ("W3", OURS.name),
            ("W3", NUMPY_PLAIN_SAMPLES.name),
            100.0,
        ),
        Goal("100x NumPy drawing samples, tuned, on all cores", ("W3", OURS.name), ("W3", NUMPY_SAMPLES.name), 100.0),
        accelerator_goal("W3"),
        floor_goal("W3"),
    ),
)
