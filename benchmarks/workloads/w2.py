"""How fast is the same vocabulary when a tenth of the samples is real, so that no type is lost for good?"""

from benchmarks.problem import CategoricalProblem
from benchmarks.rivals import NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL
from benchmarks.workload import Case, Workload
from benchmarks.workloads.goals import categorical_goals, terminal_goal
from benchmarks.workloads.terminal import terminal

_CASE = Case(
    "W2",
    problem=CategoricalProblem(100, 1_000, 200, 1_000, 0.1),
    quick=CategoricalProblem(20, 50, 12, 96, 0.1),
    accelerator=CategoricalProblem(100, 1_000, 200, 2**20, 0.1),
    rivals=(NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL),
)
_TERMINAL = terminal(_CASE)

W2 = Workload(
    "W2",
    "How fast is the same vocabulary when a tenth of the samples is real, so that no type is lost for good?",
    (_CASE, _TERMINAL),
    (*categorical_goals("W2"), terminal_goal(_TERMINAL.label)),
)
