"""Bernoulli models, and binomial ones without real data, are categorical models of two types in disguise.

N draws of Binomial(k, p) are k N draws of Bernoulli(p) as long as all of them come from one model; a mixture of two
binomial laws with different p is no binomial law.
"""

import numpy as np

from zenil_dynamics.exactness import categorical
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.exactness.scalars import Family
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import Categorical
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Accumulate, Replace, Window

_SCALES = (Replace, Accumulate, Window)
"""Updates that know no number of draws but the schedule's."""


def applies(system: System, table: ScheduleTable, family: Family) -> bool:
    """Whether a loop of this family is one of two types."""
    closed = not np.any(table.exogenous_fraction > 0)
    return family.name == "bernoulli" or (family.name == "binomial" and closed and isinstance(system.update, _SCALES))


def expectation(system: System, table: ScheduleTable, family: Family, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    trials = int(family.variance.high)
    if name == "collapsed" and type(system.update) not in (Replace, Accumulate):
        raise NotReachable(f"{name} under this data policy needs the joint law of several batches.")
    initial = system.initial
    if isinstance(initial, Estimate):
        initial = Estimate(trials * initial.num_samples)
    elif initial is not None:
        initial = _types(initial, trials)
    loop = System(
        _types(system.target, trials),
        system.num_samples,
        system.exogenous_fraction,
        system.update,
        system.fit,
        initial,
        system.mixing,
    )
    rows = ScheduleTable(trials * table.num_samples, table.exogenous_fraction, trials * table.num_real)
    if name == "variance":
        values, rung = categorical.expectation(loop, rows, "diversity")
        return Exact(trials * values / 2, rung)
    if name == "collapsed":
        return Exact(categorical.fixed(loop, rows), "exact chain")
    values, rung = categorical.expectation(loop, rows, name)
    return Exact(trials * values, rung)


def _types(state: object, trials: int) -> Categorical:
    """Failure and success of one trial."""
    prob = float(state.mean) / trials  # type: ignore[attr-defined]
    return Categorical([1 - prob, prob])
