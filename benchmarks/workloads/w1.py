"""How fast is a small vocabulary, Zipf K=100, resampled with N=1000 and no real data?"""

from benchmarks.problem import CategoricalProblem
from benchmarks.rivals import NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL
from benchmarks.workload import Case, Workload
from benchmarks.workloads.goals import accelerator_goal, categorical_goals, terminal_goal
from benchmarks.workloads.terminal import terminal

_CASE = Case(
    "W1",
    problem=CategoricalProblem(100, 1_000, 200, 1_000),
    quick=CategoricalProblem(20, 50, 12, 96),
    accelerator=CategoricalProblem(100, 1_000, 200, 2**20),
    rivals=(NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL),
)
_TERMINAL = terminal(_CASE)

W1 = Workload(
    "W1",
    "How fast is a small vocabulary, Zipf K=100, resampled with N=1000 and no real data?",
    (_CASE, _TERMINAL),
    (*categorical_goals("W1"), accelerator_goal("W1"), terminal_goal(_TERMINAL.label)),
)
