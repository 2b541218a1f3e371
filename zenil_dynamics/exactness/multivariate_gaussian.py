"""Exact expectations of normal models in several dimensions.

What is linear in the covariance, or quadratic in the mean, is a sum over coordinates, each of which is a loop on the
line. Determinants and divergences have oracles without real data.
"""

from typing import NamedTuple

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import divisor, line_moments, memory_of_start, num_initial
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import System
from zenil_dynamics.updates import Population, Replace


class Law(NamedTuple):
    """A normal law as plain numbers.

    Attributes:
        mean: shape (dim,).
        covariance: shape (dim, dim).
    """

    mean: np.ndarray
    covariance: np.ndarray


def law_of(state: object) -> Law:
    """Mean and covariance in float64."""
    factor = np.asarray(state.factor, np.float64)  # type: ignore[attr-defined]
    return Law(np.asarray(state.mean, np.float64), factor @ factor.T)  # type: ignore[attr-defined]


def laws(system: System) -> tuple[Law, Law | None]:
    """P, and Q_0 where it is a state of its own."""
    estimated = num_initial(system) is not None
    return law_of(system.target), None if system.initial is None or estimated else law_of(system.initial)


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
        ValueError: of an oracle that does not reach.
    """
    target, start = laws(system)
    if isinstance(system.update, Population):
        return _population(system, table, target, start or target, name)
    if name in ("trace", "squared_error"):
        return Exact(_by_coordinate(system, table, target, start, name), "moment recursion")
    if not isinstance(system.update, Replace) or np.any(table.exogenous_fraction > 0):
        raise NotReachable(
            f"{name} of a multivariate normal loop has an oracle under replacement without real data; trace and "
            "squared_error have one elsewhere."
        )
    return _closed(system, table, target, start, name)


def _by_coordinate(system: System, table: ScheduleTable, target: Law, start: Law | None, name: str) -> np.ndarray:
    total = np.zeros(table.num_generations + 1)
    for axis in range(target.mean.size):
        first = None if start is None else (float(start.mean[axis]), float(start.covariance[axis, axis]))
        moments = line_moments(system, table, (float(target.mean[axis]), float(target.covariance[axis, axis])), first)
        total += moments.variance if name == "trace" else moments.mean_square
    return total


def _closed(system: System, table: ScheduleTable, target: Law, start: Law | None, name: str) -> Exact:
    """Determinants are products of independent chi-squares."""
    dim, sizes = target.mean.size, table.num_samples
    options = {"divisor": divisor(system), "num_initial": num_initial(system)}
    if name in ("log_determinant", "differential_entropy"):
        change = oracles.expected_log_determinant(sizes, dim, **options)
        values = np.linalg.slogdet((start or target).covariance)[1] + change
        constant = dim * (1 + np.log(2 * np.pi))
        return Exact(values if name == "log_determinant" else (constant + values) / 2, "closed form")
    if name == "successive_kl":
        return Exact(oracles.multivariate_successive_kl(sizes, dim, **options), "closed form")
    if name == "wasserstein2":
        raise NotReachable("wasserstein2 of a multivariate normal loop needs the law of a root of the covariance.")
    if start is not None:
        raise NotReachable(f"{name} of a multivariate normal loop has an oracle from the target or an estimated model.")
    oracle = {
        "kl_to_target": oracles.multivariate_kl_to_target,
        "kl_from_target": oracles.multivariate_kl_from_target,
    }[name]
    return Exact(oracle(sizes, dim, **options), "moment recursion")


def _population(system: System, table: ScheduleTable, target: Law, start: Law, name: str) -> Exact:
    """The deterministic path: raw moments mix linearly, and the fit keeps them."""
    if num_initial(system) is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    offset = start.mean - target.mean
    apart = np.outer(offset, offset)
    path = [
        Law(
            target.mean + kept * offset,
            (1 - kept) * target.covariance + kept * start.covariance + kept * (1 - kept) * apart,
        )
        for kept in memory_of_start(system, table)
    ]
    before = [path[0], *path[:-1]]
    dim = offset.size
    of = {
        "squared_error": lambda law, _: float(np.sum((law.mean - target.mean) ** 2)),
        "trace": lambda law, _: float(np.trace(law.covariance)),
        "log_determinant": lambda law, _: np.linalg.slogdet(law.covariance)[1],
        "differential_entropy": lambda law, _: (
            (dim * (1 + np.log(2 * np.pi)) + np.linalg.slogdet(law.covariance)[1]) / 2
        ),
        "wasserstein2": lambda law, _: _wasserstein2(law, target),
        "kl_to_target": lambda law, _: _kl(law, target),
        "kl_from_target": lambda law, _: _kl(target, law),
        "successive_kl": lambda law, previous: _kl(law, previous),
    }[name]
    return Exact(np.array([of(law, previous) for law, previous in zip(path, before, strict=True)]), "closed form")


def _kl(first: Law, second: Law) -> float:
    """KL(first || second), nats."""
    shift = second.mean - first.mean
    logs = np.linalg.slogdet(second.covariance)[1] - np.linalg.slogdet(first.covariance)[1]
    ratio = np.trace(np.linalg.solve(second.covariance, first.covariance))
    return float(ratio - shift.size + shift @ np.linalg.solve(second.covariance, shift) + logs) / 2


def _wasserstein2(first: Law, second: Law) -> float:
    """Squared distance: means, and tr A + tr B - 2 tr (A^1/2 B A^1/2)^1/2."""
    values, vectors = np.linalg.eigh(first.covariance)
    root = vectors * np.sqrt(values) @ vectors.T
    inner = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second.covariance @ root), 0)).sum()
    traces = np.trace(first.covariance) + np.trace(second.covariance)
    return float(np.sum((first.mean - second.mean) ** 2) + traces - 2 * inner)
