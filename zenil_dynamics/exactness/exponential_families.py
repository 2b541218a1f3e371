"""Exact expectations of one-parameter exponential families in their mean parameter."""

from typing import Any

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness import two_outcomes
from zenil_dynamics.exactness.line_moments import expected_mean, memory_of_start, num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.exactness.scalars import Family, divergence, family_of
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import (
    Accumulate,
    AccumulateSubsample,
    Population,
    Replace,
    ReuseReal,
    Weighted,
    Window,
)

COLLAPSE_GAP = 1e-12
"""Bounds on a probability that are closer than this are one number."""

_UPDATES = {Replace: "replace", Accumulate: "accumulate"}


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: of an oracle that does not reach.
    """
    family = family_of(system.initial_member)  # type: ignore[arg-type]
    if isinstance(system.update, Population):
        return _population(system, table, family, name)
    if name == "mean":
        target, start = _means(system)
        return Exact(expected_mean(system, table, target, start), "closed form")
    if name == "log_mean" or (name == "kl_from_target" and family.name not in ("bernoulli", "normal")):
        lost = _lost_at_once(system, table, family, name)
        if lost is not None:
            return lost
    if two_outcomes.applies(system, table, family):
        return two_outcomes.expectation(system, table, family, name)
    if name == "variance":
        return _variance(system, table, family)
    if name == "collapsed":
        return _collapsed(system, table, family)
    if family.name == "normal":
        return _normal(system, table, family, name)
    if family.name in ("exponential", "gamma"):
        return _gamma(system, table, family, name)
    raise NotReachable(f"{name} of a counting family needs the law of its mean; no oracle covers that.")


def _means(system: System) -> tuple[float, float | None]:
    """Means of P and of Q_0; None where Q_0 is P or is fitted to draws of P."""
    target, start = float(system.target.mean), system.initial  # type: ignore[attr-defined]
    return target, None if start is None or num_initial(system) is not None else float(start.mean)  # type: ignore[union-attr]


def _first_mean(system: System) -> float:
    """Mean of Q_0, or of the law that it is fitted to draws of."""
    target, start = _means(system)
    return target if start is None else start


def _moments(system: System, table: ScheduleTable, family: Family) -> oracles.MeanParameterMoments:
    update, (sizes, fractions, real) = system.update, table
    target, start = _means(system)
    law: dict[str, Any] = {
        "family": family.name,
        "parameter": family.parameter,
        "target_mean": target,
        "initial": start,
    }
    opened = num_initial(system)
    if isinstance(update, ReuseReal):
        begun = "target" if opened is None else "real_set"
        return oracles.mean_parameter_moments_reused_real_set(sizes, update.num_real, start=begun, **law)
    law |= {"num_initial": opened}
    if isinstance(update, Weighted):
        return oracles.mean_parameter_moments_weighted(sizes, real, float(update.weight), **law)
    law |= {"mixing": system.mixing}
    if isinstance(update, Window):
        return oracles.mean_parameter_moments_window(sizes, fractions, update.length, real, **law)
    if isinstance(update, AccumulateSubsample):
        return oracles.mean_parameter_moments_subsample(sizes, fractions, real, **law)
    if type(update) not in _UPDATES:
        raise NotReachable(f"there are no oracles for the update {type(update).__name__}.")
    return oracles.mean_parameter_moments(sizes, fractions, real, update=_UPDATES[type(update)], **law)


def moments(system: System, table: ScheduleTable) -> oracles.MeanParameterMoments:
    """Mean, second moments and expected variance at t = 0 .. T.

    Raises:
        NotReachable: the update has no oracle.
    """
    return _moments(system, table, family_of(system.initial_member))  # type: ignore[arg-type]


def _variance(system: System, table: ScheduleTable, family: Family) -> Exact:
    """E V(m); a linear V needs the expected mean alone."""
    law = family.variance
    if law.quadratic == 0:
        target, start = _means(system)
        values = law.constant + law.linear * expected_mean(system, table, target, start)
        return Exact(values, "closed form")
    return Exact(_moments(system, table, family).variance, "moment recursion")


# What a fit to zeros alone loses at once


def _lost_at_once(system: System, table: ScheduleTable, family: Family, name: str) -> Exact | None:
    """Counts may all be 0, with positive probability; None for families that have no atom there."""
    law, (target, _), first = family.variance, _means(system), _first_mean(system)
    if law.linear == 0:
        return None
    if max(target, first) >= law.high or target <= 0:
        raise NotReachable(f"{name} at an edge of the range of means has no oracle.")
    opening = np.array([first if num_initial(system) is None else 0.0])
    with np.errstate(divide="ignore"):
        value = np.log(opening) if name == "log_mean" else divergence(family, np.array([target]), opening)
    end = -np.inf if name == "log_mean" else np.inf
    return Exact(np.concatenate([value, np.full(table.num_generations, end)]), "closed form")


def _collapsed(system: System, table: ScheduleTable, family: Family) -> Exact:
    """P(V(m_t) = 0)."""
    law, opened = family.variance, num_initial(system)
    if law.linear == 0:
        return Exact(np.zeros(table.num_generations + 1), "closed form")
    if not _is_closed_replacement(system, table):
        raise NotReachable("collapsed of a counting family has an oracle under replacement without real data.")
    sizes = table.num_samples if opened is None else np.concatenate([[opened], table.num_samples])
    first = _first_mean(system)
    if family.name == "poisson":
        return Exact(oracles.poisson_collapse_probability(sizes, first)[int(opened is not None) :], "closed form")
    if np.any(sizes != sizes[:1]):
        raise NotReachable("collapsed of a negative binomial family has an oracle for a constant number of draws.")
    size = int(sizes[0]) if sizes.size else 1
    bounds = oracles.negative_binomial_collapse_bounds(size, sizes.size, first, shape=family.shape)
    if np.max(bounds.upper - bounds.lower) > COLLAPSE_GAP:
        raise NotReachable(
            f"the bounds on collapsed are {np.max(bounds.upper - bounds.lower):.1g} apart; "
            "see `oracles.negative_binomial_collapse_bounds`."
        )
    return Exact(((bounds.lower + bounds.upper) / 2)[int(opened is not None) :], "exact chain")


def _is_closed_replacement(system: System, table: ScheduleTable) -> bool:
    return isinstance(system.update, Replace) and not np.any(table.exogenous_fraction > 0)


# Families on the line


def _normal(system: System, table: ScheduleTable, family: Family, name: str) -> Exact:
    """Divergences are squares of distances of means."""
    found = _moments(system, table, family)
    scale = 2 * family.shape
    if name != "successive_kl":
        return Exact(found.mean_square / scale, "moment recursion")
    if type(system.update) not in _UPDATES:
        raise NotReachable(f"{name} of normal models has oracles under replacement and accumulation.")
    share = table.num_real / table.num_samples if system.mixing == "stratified" else table.exogenous_fraction
    pooled = (num_initial(system) or 0) + np.cumsum(table.num_samples)
    weight = table.num_samples / pooled if isinstance(system.update, Accumulate) else np.ones(share.shape)
    # The step is -w rho (m - m_P) on average; around that, what the variance gains beyond its contraction.
    pull = weight * share
    noise = found.mean_variance[1:] - (1 - pull) ** 2 * found.mean_variance[:-1]
    return Exact(np.concatenate([[0.0], (pull**2 * found.mean_square[:-1] + noise) / scale]), "moment recursion")


def _gamma(system: System, table: ScheduleTable, family: Family, name: str) -> Exact:
    """The log mean is a random walk of independent steps."""
    if not _is_closed_replacement(system, table):
        raise NotReachable(f"{name} of a gamma walk has an oracle under replacement without real data.")
    (target, _), first, shape = _means(system), _first_mean(system), family.shape
    options = {"shape": shape, "num_initial": num_initial(system)}
    if name == "successive_kl":
        steps = np.diff(oracles.gamma_kl_to_target(table.num_samples, shape=shape))
        return Exact(np.concatenate([[0.0], steps]), "closed form")
    logs = oracles.gamma_expected_log_mean(table.num_samples, target_mean=first, **options)
    if name == "log_mean":
        return Exact(logs, "closed form")
    if name == "kl_to_target":
        return Exact(shape * (first / target - 1 - logs + np.log(target)), "closed form")
    # KL from the start is k (E m_0/m - 1 + E log m/m_0): its first term, scaled, is that from any other target.
    inverse = oracles.gamma_kl_from_target(table.num_samples, **options) / shape + 1 - (logs - np.log(first))
    return Exact(shape * (target / first * inverse - 1 + logs - np.log(target)), "closed form")


def _population(system: System, table: ScheduleTable, family: Family, name: str) -> Exact:
    """Evaluate the quantity on the deterministic path of means."""
    if num_initial(system) is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    target, first = _means(system)[0], _first_mean(system)
    path = target + memory_of_start(system, table) * (first - target)
    before = np.concatenate([path[:1], path[:-1]])
    spread = np.array([family.variance.at(mean) for mean in path])
    with np.errstate(divide="ignore"):
        values = {
            "mean": lambda: path,
            "variance": lambda: spread,
            "log_mean": lambda: np.log(path),
            "collapsed": lambda: (spread == 0).astype(np.float64),
            "kl_to_target": lambda: divergence(family, path, np.asarray(target)),
            "kl_from_target": lambda: divergence(family, np.asarray(target), path),
            "successive_kl": lambda: divergence(family, path, before),
        }[name]()
    return Exact(values, "closed form")
