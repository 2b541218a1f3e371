"""What does a larger N cost: W3 and W4 at a thousand and at a million samples per generation?

With alpha = 0 and few samples most types of W4 die out within generations, so a kernel that skips dead types has less
to do at N = 10^3. The result file gives the random words of each case beside its rate, so that this can be told apart
from a cost of N itself.
"""

from benchmarks.ours import OURS
from benchmarks.problem import CategoricalProblem, GaussianProblem
from benchmarks.workload import Case, Goal, Workload

_SIZES = ((10**3, "N=10^3", 40), (10**6, "N=10^6", 400))

W5 = Workload(
    "W5",
    "What does a larger N cost: W3 and W4 at a thousand and at a million samples per generation?",
    tuple(
        case
        for num_samples, name, toy in _SIZES
        for case in (
            Case(
                f"Gaussian {name}",
                problem=GaussianProblem(num_samples, 500, 10_000),
                quick=GaussianProblem(toy, 12, 128),
                accelerator=GaussianProblem(num_samples, 500, 2**21),
            ),
            Case(
                f"categorical {name}",
                problem=CategoricalProblem(1_000, num_samples, 100, 256),
                quick=CategoricalProblem(20, toy, 12, 64),
                accelerator=CategoricalProblem(1_000, num_samples, 100, 2**16),
            ),
        )
    ),
    tuple(
        Goal(
            f"{family}: N=10^6 costs at most 1.3x N=10^3",
            (f"{family} N=10^3", OURS.name),
            (f"{family} N=10^6", OURS.name),
            1.3,
            at_least=False,
        )
        for family in ("Gaussian", "categorical")
    ),
)
