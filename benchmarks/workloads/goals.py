"""Goals that several workloads share."""

from benchmarks.ours import OURS
from benchmarks.rivals import NUMBA_INDIVIDUALS, NUMPY_MULTINOMIAL
from benchmarks.workload import FLOOR, TWO_CORES, Goal


def categorical_goals(label: str) -> tuple[Goal, ...]:
    """Against numba on every core, first parity and then three times; and the distance to the floor."""
    ours, numba = (label, OURS.name), (label, NUMBA_INDIVIDUALS.name)
    return (
        Goal("no slower than numba on all cores", ours, numba, 1.0),
        Goal("3x numba on all cores", ours, numba, 3.0),
        floor_goal(label),
    )


def terminal_goal(label: str) -> Goal:
    """The state at T alone: ten times NumPy, which has to visit every generation."""
    return Goal("T alone: 10x NumPy forward on all cores", (label, OURS.name), (label, NUMPY_MULTINOMIAL.name), 10.0)


def accelerator_goal(label: str) -> Goal:
    """An accelerator against the result file of two CPU cores; asked for at accelerator size only."""
    return Goal("100x two CPU cores", (label, OURS.name), (label, TWO_CORES), 100.0)


def floor_goal(label: str) -> Goal:
    """Within three times the time that the random words alone would take."""
    return Goal("within 3x of the floor of its random words", (label, FLOOR), (label, OURS.name), 3.0, at_least=False)
