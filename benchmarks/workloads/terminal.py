"""The same problem when only the state of generation T is asked for."""

import dataclasses

from benchmarks.problem import CategoricalProblem, Problem
from benchmarks.rivals import NUMBA_COALESCENT, NUMPY_MULTINOMIAL
from benchmarks.workload import Case


def terminal(case: Case) -> Case:
    """The case with its problems at generation T alone, against NumPy going forward and numba going backward."""

    def alone(problem: Problem) -> Problem:
        assert isinstance(problem, CategoricalProblem)
        return dataclasses.replace(problem, terminal_only=True)

    return Case(
        f"{case.label} at T alone",
        problem=alone(case.problem),
        quick=alone(case.quick),
        accelerator=None if case.accelerator is None else alone(case.accelerator),
        rivals=(NUMPY_MULTINOMIAL, NUMBA_COALESCENT),
    )
