"""Exact expectations of categorical models under the data policies beyond replacement and accumulation.

Quantities that are linear or quadratic in the model have moments (`line_moments`), type by type; entropies, supports
and divergences would need the joint law of several batches.
"""

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import LineMoments, line_moments, memory_of_start, num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import Debiased

QUADRATIC = ("diversity", "chi_square", "rare_mass")


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity of a categorical model at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    if name not in QUADRATIC:
        raise NotReachable(f"{name} under this data policy needs the joint law of several batches.")
    if not isinstance(system.fit, MaximumLikelihood):
        raise NotReachable("smoothed loops have oracles under replacement, accumulation and in the population limit.")
    target = np.asarray(system.target.probs, np.float64)  # type: ignore[attr-defined]
    start = np.asarray(system.initial_member.probs, np.float64)  # type: ignore[attr-defined]
    if isinstance(system.update, Debiased):
        _refuse_projections(system, table)
    at_target = num_initial(system) is not None or bool(np.all(start == target))
    if name == "rare_mass":
        rare = target < float(system.rare_threshold)
        return Exact(_rare_mass(system, table, target[rare].sum(), start[rare].sum(), at_target), "closed form")
    if at_target:
        lost = _index(system, table)
        charged = np.count_nonzero(target)
        values = (1 - lost) * np.sum(target * (1 - target)) if name == "diversity" else (charged - 1) * lost
        return Exact(values, "moment recursion")
    return Exact(_by_type(system, table, target, start, name), "moment recursion")


def _rare_mass(system: System, table: ScheduleTable, target: float, start: float, at_target: bool) -> np.ndarray:
    """The mean model: a mixture of target and start."""
    if at_target:
        return np.full(table.num_generations + 1, target)
    return target + memory_of_start(system, table) * (start - target)


def _index(system: System, table: ScheduleTable) -> np.ndarray:
    """Variance factor of every feature, from Q_0 = P or from a fit to draws of P."""
    if isinstance(system.update, Debiased):
        return oracles.debiased_index(table.num_samples, table.exogenous_fraction, num_initial=num_initial(system))
    return line_moments(system, table, (0.0, 1.0), None).mean_square


def _refuse_projections(system: System, table: ScheduleTable) -> None:
    """Where every generation is real or plays no part, estimates are frequencies and stay in the simplex."""
    if np.any((table.exogenous_fraction > 0) & (table.exogenous_fraction < 1)):
        raise NotReachable(
            "estimates that subtract the model leave the simplex, and their projection has no oracle; "
            "`oracles.debiased_index` is exact without projection."
        )
    start = np.asarray(system.initial_member.probs)  # type: ignore[attr-defined]
    if num_initial(system) is None and np.any(start != np.asarray(system.target.probs)):  # type: ignore[attr-defined]
        raise NotReachable("a debiased loop has an oracle from the target or from an estimated model.")


def _by_type(system: System, table: ScheduleTable, target: np.ndarray, start: np.ndarray, name: str) -> np.ndarray:
    """Sum over types; types that agree in target and start share one recursion."""
    pairs, numbers = np.unique(np.stack([target, start], axis=1), axis=0, return_counts=True)
    total = np.zeros(table.num_generations + 1)
    for (prob, first), number in zip(pairs.tolist(), numbers.tolist(), strict=True):
        if prob == first and prob in (0.0, 1.0):
            continue
        moments = _type_moments(system, table, prob, first)
        total += number * (moments.variance if name == "diversity" else moments.mean_square / prob)
    return total


def _type_moments(system: System, table: ScheduleTable, prob: float, first: float) -> LineMoments:
    if min(prob, first) <= 0 or max(prob, first) >= 1:
        raise NotReachable(
            f"moments under {type(system.update).__name__} have an oracle where target and initial state charge the "
            "same types, and more than one of them."
        )
    return line_moments(system, table, (prob, prob * (1 - prob)), (first, first * (1 - first)))
