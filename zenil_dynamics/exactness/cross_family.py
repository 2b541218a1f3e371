"""Exact expectations of normal models of any target on the line.

Mean and variance of a fit that matches both see no more of the target than its own two moments. Without real data, and
from a fixed Q_0, no draw is of the target at all: then the loop is a normal one that starts elsewhere.
"""

import numpy as np

from zenil_dynamics.exactness import gaussian
from zenil_dynamics.exactness.line_moments import line_moments, num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.exactness.scalars import first_moments
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import Gaussian
from zenil_dynamics.system import System
from zenil_dynamics.updates import Population, Replace


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: of an oracle that does not reach.
    """
    if not isinstance(system.initial_member, Gaussian):
        raise NotReachable(
            f"there are no oracles for {system.initial_member.family} models of a {system.target.family} target."
        )
    target, initial = first_moments(system.target), system.initial
    start = first_moments(initial) if isinstance(initial, Gaussian) else None
    if name in ("mean", "variance"):
        moments = line_moments(system, table, target, start)
        return Exact(getattr(moments, name), "closed form" if name == "mean" else "moment recursion")
    if isinstance(system.update, Population):
        path = line_moments(system, table, target, start)
        return Exact(gaussian.on_path(path.mean, path.variance, target, name), "closed form")
    # The law of a step does not depend on where it starts; everything else does.
    fixed = num_initial(system) is None or name == "successive_kl"
    if np.any(table.exogenous_fraction > 0) or not fixed or not isinstance(system.update, Replace):
        raise NotReachable(f"{name} of normal models depends on more than mean and variance of their target.")
    first = Gaussian(*(start or target))
    loop = System(first, system.num_samples, system.exogenous_fraction, system.update, system.fit)
    return gaussian.expectation(loop, table, name)
