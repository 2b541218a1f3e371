"""Exact expectations of categorical systems."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.special import xlogy

from zenil_dynamics import oracles
from zenil_dynamics.exactness import policies
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood, Smoothed
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Accumulate, Population, Replace

_UPDATES = {Replace: "replace", Accumulate: "accumulate", Population: "population"}

_ADDITIVE = ("entropy", "support_size", "missing_mass", "kl_to_target", "total_variation")
_DIVERGENCES = {
    "successive_kl": oracles.categorical_successive_kl,
    "kl_from_target": oracles.categorical_kl_from_target,
}


class _Setting(NamedTuple):
    """A categorical system as plain numbers: what the oracles take."""

    target: np.ndarray
    initial: np.ndarray | None
    num_initial: int | None
    table: ScheduleTable
    mixing: str
    update: str
    pseudocount: float
    rare_threshold: float

    @property
    def schedule(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Positional arguments of the oracles after the target."""
        return tuple(self.table)  # type: ignore[return-value]

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments that all categorical oracles share."""
        return {
            "mixing": self.mixing,
            "update": self.update,
            "initial": self.initial,
            "num_initial": self.num_initial,
            "pseudocount": self.pseudocount,
        }

    @property
    def start(self) -> np.ndarray:
        """Q_0 where it is fixed, else P."""
        return self.target if self.initial is None else self.initial


def _setting(system: System, table: ScheduleTable) -> _Setting:
    if type(system.update) not in _UPDATES:
        raise NotReachable(f"there are no oracles for the update {type(system.update).__name__}.")
    if not isinstance(system.fit, (MaximumLikelihood, Smoothed)):
        raise NotReachable(f"there are no oracles for the fit {type(system.fit).__name__}.")
    estimated = isinstance(system.initial, Estimate)
    fixed = system.initial is not None and not estimated
    return _Setting(
        target=np.asarray(system.target.probs, np.float64),  # type: ignore[attr-defined]
        initial=np.asarray(system.initial.probs, np.float64) if fixed else None,  # type: ignore[union-attr]
        num_initial=system.initial.num_samples if isinstance(system.initial, Estimate) else None,
        table=table,
        mixing=system.mixing,
        update=_UPDATES[type(system.update)],
        pseudocount=float(system.fit.pseudocount) if isinstance(system.fit, Smoothed) else 0.0,
        rare_threshold=float(system.rare_threshold),
    )


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    if type(system.update) not in _UPDATES:
        return policies.expectation(system, table, name)
    setting = _setting(system, table)
    if name == "rare_mass":
        moments = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options)
        rare = setting.target < setting.rare_threshold
        return Exact(moments.mean[:, rare].sum(axis=1), "closed form")
    if name == "diversity":
        values = oracles.expected_diversity(setting.target, *setting.schedule, **setting.options)
        return Exact(values, "moment recursion")
    if name == "chi_square":
        values = oracles.expected_chi_square(setting.target, *setting.schedule, **setting.options)
        return Exact(values, "moment recursion")
    if setting.update == "population":
        return _population(setting, name)
    if name in _DIVERGENCES:
        values = _reached(_DIVERGENCES[name], setting.target, *setting.schedule, **setting.options)
    else:
        values = _additive(setting)[name]
    if np.any(np.isnan(values)):
        raise NotReachable(f"{name} is infinite at some generations and finite at others here; no oracle covers that.")
    return Exact(values, "exact chain")


def moments(system: System, table: ScheduleTable) -> oracles.CategoricalMoments:
    """Mean and variance of every type's probability at t = 0 .. T."""
    setting = _setting(system, table)
    return oracles.categorical_moments(setting.target, *setting.schedule, **setting.options)


def missing(system: System, table: ScheduleTable) -> np.ndarray:
    """P(q_i = 0) per generation and type.

    Raises:
        NotReachable: the chain of one count does not reach.
    """
    setting = _setting(system, table)
    return _reached(oracles.probability_missing, setting.target, *setting.schedule, **setting.options)


def fixed(system: System, table: ScheduleTable) -> np.ndarray:
    """P(Q_t is a point mass) at t = 0 .. T, of a maximum-likelihood fit.

    Raises:
        NotReachable: the chain of one count does not reach.
    """
    setting = _setting(system, table)
    options = {name: value for name, value in setting.options.items() if name != "pseudocount"}
    return _reached(oracles.probability_fixed, setting.target, *setting.schedule, **options)


# The population limit is deterministic


def _population(setting: _Setting, name: str) -> Exact:
    """Evaluate the quantity on the deterministic path of models."""
    if setting.num_initial is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    path = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options).mean
    return Exact(on_path(path, setting.target, setting.rare_threshold, name), "closed form")


def on_path(path: np.ndarray, target: np.ndarray, rare_threshold: float, name: str) -> np.ndarray:
    """A recorded quantity along a deterministic path of models.

    Args:
        path: Q_0 .. Q_T, shape (T + 1, K).
        target: P, shape (K,).
        rare_threshold: types below it are rare.
        name: of the quantity.

    Returns:
        Shape (T + 1,).
    """
    before = np.vstack([path[:1], path[:-1]])
    values = {
        "entropy": lambda: -xlogy(path, path).sum(axis=1),
        "diversity": lambda: 1 - np.square(path).sum(axis=1),
        "rare_mass": lambda: path[:, target < rare_threshold].sum(axis=1),
        "chi_square": lambda: _chi_square(path, target),
        "support_size": lambda: (path > 0).sum(axis=1).astype(np.float64),
        "missing_mass": lambda: np.where(path > 0, 0.0, target).sum(axis=1),
        "kl_to_target": lambda: _kl(path, target),
        "kl_from_target": lambda: _kl(np.broadcast_to(target, path.shape), path),
        "successive_kl": lambda: _kl(path, before),
        "total_variation": lambda: np.abs(path - target).sum(axis=1) / 2,
    }
    return values[name]()


def _chi_square(path: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Sum (q - p)^2 / p by row, inf where a model charges what the target does not."""
    charged = target > 0
    within = np.square(path[:, charged] - target[charged]) / target[charged]
    return np.where(np.any(path[:, ~charged] > 0, axis=1), np.inf, within.sum(axis=1))


def _kl(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """KL(first || second) by row, inf where the first charges what the second does not."""
    second = np.broadcast_to(second, first.shape)
    lost = np.any((first > 0) & (second == 0), axis=1)
    terms = xlogy(first, np.divide(first, second, out=np.ones_like(first), where=second > 0))
    return np.where(lost, np.inf, terms.sum(axis=1))


# Additive functionals: the marginal chain of one count

_CACHE: dict[bytes, dict[str, np.ndarray]] = {}
_CACHE_SIZE = 16


def _additive(setting: _Setting) -> dict[str, np.ndarray]:
    """All additive quantities at once: they share the chain, which is the cost."""
    parts = [np.asarray(part, np.float64).tobytes() for part in (setting.target, setting.start, *setting.table)]
    parts.append(repr((setting.num_initial, setting.mixing, setting.update, setting.pseudocount)).encode())
    identity = b"|".join(parts)
    if identity not in _CACHE:
        while len(_CACHE) >= _CACHE_SIZE:
            _CACHE.pop(next(iter(_CACHE)))
        off_target = bool(np.any((setting.start > 0) & (setting.target == 0)))
        charges = off_target or (setting.pseudocount > 0 and bool(np.any(setting.target == 0)))
        wanted = tuple(name for name in _ADDITIVE if not (charges and name == "kl_to_target"))
        values = _reached(
            oracles.marginal_chain, setting.target, *setting.schedule, functionals=wanted, **setting.options
        )
        if charges:
            values["kl_to_target"] = _kl_off_target(setting)
        _CACHE[identity] = values
    return _CACHE[identity]


def _reached(oracle: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call an oracle where it reaches; its own reason says why it does not."""
    try:
        return oracle(*arguments, **options)
    except ValueError as error:
        raise NotReachable(str(error)) from error


def _kl_off_target(setting: _Setting) -> np.ndarray:
    """E KL(Q_t || P) where models charge types that P does not: infinite while the mean model does."""
    moments = oracles.categorical_moments(setting.target, *setting.schedule, **setting.options)
    outside = moments.mean[:, setting.target == 0].sum(axis=1)
    return np.where(outside > 0, np.inf, np.nan)
