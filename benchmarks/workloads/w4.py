"""How fast is a large vocabulary, Zipf K=1000, resampled with N=10000 and no real data?"""

from benchmarks.problem import CategoricalProblem
from benchmarks.rivals import NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL
from benchmarks.workload import Case, Workload
from benchmarks.workloads.goals import categorical_goals, terminal_goal
from benchmarks.workloads.terminal import terminal

_CASE = Case(
    "W4",
    problem=CategoricalProblem(1_000, 10_000, 100, 256),
    quick=CategoricalProblem(20, 200, 12, 64),
    accelerator=CategoricalProblem(1_000, 10_000, 100, 2**16),
    rivals=(NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL),
)
_TERMINAL = terminal(_CASE)

W4 = Workload(
    "W4",
    "How fast is a large vocabulary, Zipf K=1000, resampled with N=10000 and no real data?",
    (_CASE, _TERMINAL),
    (*categorical_goals("W4"), terminal_goal(_TERMINAL.label)),
)
