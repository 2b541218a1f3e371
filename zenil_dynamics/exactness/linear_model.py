"""Exact expectations of regressions on their own labels."""

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import memory_of_start, num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import Accumulate, Population, Replace

_ORACLES = {Replace: oracles.regression_risk_replace, Accumulate: oracles.regression_risk_accumulate}


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected excess risk, or squared norm of the weights, at t = 0 .. T.

    Without real data E w_t = w_0, and what a fit adds does not depend on the weights: both quantities are their value
    at w_0 plus the risk of a loop that starts at the truth.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: of an oracle that does not reach.
    """
    target, opened = np.asarray(system.target.weights, np.float64), num_initial(system)  # type: ignore[attr-defined]
    start = np.asarray(system.initial_member.weights, np.float64)  # type: ignore[attr-defined]
    about = target if name == "excess_risk" else np.zeros_like(target)
    if isinstance(system.update, Population):
        if opened is not None:
            raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
        path = target + memory_of_start(system, table)[:, None] * (start - target)
        return Exact(np.sum((path - about) ** 2, axis=1), "closed form")
    if type(system.update) not in _ORACLES or np.any(table.exogenous_fraction > 0):
        raise NotReachable(f"{name} of a regression has oracles under replacement and accumulation without real data.")
    sizes = table.num_samples if opened is None else np.r_[opened, table.num_samples]
    noise = float(system.initial_member.noise_variance)  # type: ignore[attr-defined]
    risk = _ORACLES[type(system.update)](sizes, target.size, noise)[int(opened is not None) :]
    first = target if opened is not None else start
    return Exact(np.sum((first - about) ** 2) + risk, "closed form")
