"""Exact expectations of uniform models on [0, theta], fitted by the largest draw."""

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import Accumulate, Population, Replace


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    target, opened = float(system.target.upper), num_initial(system)  # type: ignore[attr-defined]
    start = target if opened is not None else float(system.initial_member.upper)  # type: ignore[attr-defined]
    if isinstance(system.update, Population):
        return _population(system, table, target, start, name)
    if np.any(table.exogenous_fraction > 0):
        raise NotReachable(f"{name} of a uniform loop with real data has no oracle: its largest draw has two sources.")
    sizes = _effective_sizes(system, table)
    return Exact(_closed(sizes, target, start, opened is not None, name), "closed form")


def _effective_sizes(system: System, table: ScheduleTable) -> np.ndarray:
    """Draws whose largest is the next end, by fit, that of an estimated Q_0 first; inf where the end stays.

    The largest of a pool is that of its first batch: all later ones are drawn from below it.
    """
    opened = num_initial(system)
    sizes = table.num_samples.astype(np.float64)
    if opened is not None:
        sizes = np.concatenate([[float(opened)], sizes])
    if isinstance(system.update, Accumulate):
        sizes[1:] = np.inf
    elif not isinstance(system.update, Replace):
        raise NotReachable("uniform models have oracles under replacement, accumulation and in the population limit.")
    return sizes


def _closed(sizes: np.ndarray, target: float, start: float, estimated: bool, name: str) -> np.ndarray:
    """Ends that can only fall; those of a pool fall once."""
    moving = sizes[np.isfinite(sizes)]

    def padded(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, np.full(sizes.size - moving.size, values[-1])])[int(estimated) :]

    loss = padded(oracles.uniform_kl_to_target(moving))
    if name in ("upper", "mean"):
        return start * padded(oracles.uniform_endpoint_moment(moving)) / (1 if name == "upper" else 2)
    if name == "variance":
        return start**2 * padded(oracles.uniform_endpoint_moment(moving, 2.0)) / 12
    if name == "log_upper":
        return np.log(start) - loss
    if name == "successive_kl":
        return np.concatenate([[0.0], np.diff(loss)])
    if name == "kl_to_target":
        # Where the start reaches beyond the target, every later end does with positive probability.
        return np.log(target / start) + loss if start <= target else np.full(loss.size, np.inf)
    values = np.full(loss.size, np.inf)
    if not estimated and start >= target:
        values[0] = np.log(start / target)
    return values


def _population(system: System, table: ScheduleTable, target: float, start: float, name: str) -> Exact:
    """Infinitely many draws reach the larger of the ends that are drawn from at all."""
    if num_initial(system) is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    ends = [start]
    for share in table.exogenous_fraction:
        ends.append(max(ends[-1] if share < 1 else 0.0, target if share > 0 else 0.0))
    path = np.array(ends)
    before = np.concatenate([path[:1], path[:-1]])
    values = {
        "upper": lambda: path,
        "log_upper": lambda: np.log(path),
        "mean": lambda: path / 2,
        "variance": lambda: path**2 / 12,
        "kl_to_target": lambda: _kl(path, np.asarray(target)),
        "kl_from_target": lambda: _kl(np.asarray(target), path),
        "successive_kl": lambda: _kl(path, before),
    }[name]()
    return Exact(values, "closed form")


def _kl(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Log of the ratio of the ends where the first interval lies inside the second, else inf."""
    return np.where(first <= second, np.log(second / first), np.inf)
