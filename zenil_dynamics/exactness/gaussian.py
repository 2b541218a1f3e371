"""Exact expectations of Gaussian systems."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.line_moments import line_moments
from zenil_dynamics.exactness.reach import Exact, NotReachable
from zenil_dynamics.fits import MaximumLikelihood, Unbiased
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states import Gaussian
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.updates import Population, Replace

# Closed loops that replace: log-variance is a random walk of independent chi-square steps.
_CLOSED: dict[str, tuple[Callable[..., np.ndarray], str]] = {
    "log_variance": (oracles.expected_log_variance, "closed form"),
    "differential_entropy": (oracles.expected_differential_entropy, "closed form"),
    "kl_to_target": (oracles.gaussian_kl_to_target, "moment recursion"),
    "kl_from_target": (oracles.gaussian_kl_from_target, "moment recursion"),
    "wasserstein2": (oracles.expected_wasserstein2, "moment recursion"),
}


class _Setting(NamedTuple):
    """A Gaussian system as plain numbers."""

    target: tuple[float, float]
    initial: tuple[float, float] | None
    num_initial: int | None
    table: ScheduleTable
    mixing: str
    divisor: str

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments that the Gaussian oracles share."""
        return {
            "divisor": self.divisor,
            "target_mean": self.target[0],
            "target_variance": self.target[1],
            "initial": self.initial,
            "num_initial": self.num_initial,
        }

    @property
    def real_share(self) -> np.ndarray:
        """Expected share of real draws by generation."""
        if self.mixing == "stratified":
            return self.table.num_real / self.table.num_samples
        return self.table.exogenous_fraction


def expectation(system: System, table: ScheduleTable, name: str) -> Exact:
    """Expected quantity at t = 0 .. T.

    Raises:
        NotReachable: no rung reaches; says why.
    """
    if not isinstance(system.fit, (MaximumLikelihood, Unbiased)):
        raise NotReachable(f"there are no oracles for the fit {type(system.fit).__name__}.")
    initial = system.initial
    setting = _Setting(
        target=_pair(system.target),
        initial=_pair(initial) if isinstance(initial, Gaussian) else None,
        num_initial=initial.num_samples if isinstance(initial, Estimate) else None,
        table=table,
        mixing=system.mixing,
        divisor="unbiased" if isinstance(system.fit, Unbiased) else "mle",
    )
    try:
        if isinstance(system.update, Population):
            return _population(setting, name)
        if isinstance(system.update, Replace):
            return _replace(setting, name)
        return _pooled(system, setting, name)
    except NotReachable:
        raise
    except ValueError as error:
        raise NotReachable(str(error)) from error


def _pair(state: Any) -> tuple[float, float]:
    return float(state.mean), float(state.variance)


def _mean(setting: _Setting) -> np.ndarray:
    """E mu_t under replacement: the distance to the target shrinks by the synthetic share in every generation."""
    first = setting.target[0] if setting.initial is None else setting.initial[0]
    kept = np.concatenate([[1.0], np.cumprod(1 - setting.real_share)])
    return setting.target[0] + kept * (first - setting.target[0])


def _replace(setting: _Setting, name: str) -> Exact:
    """Moments for any schedule; functions of the log-variance for closed loops."""
    table = setting.table
    if name == "mean":
        return Exact(_mean(setting), "closed form")
    if name == "variance":
        moments = oracles.gaussian_moments(*table, mixing=setting.mixing, **setting.options)
        return Exact(moments.variance, "moment recursion")
    if np.any(setting.real_share > 0):
        raise NotReachable(f"{name} of a Gaussian loop with real data is no polynomial of its moments.")
    if name == "successive_kl":
        values = oracles.gaussian_successive_kl(table.num_samples, divisor=setting.divisor)
        return Exact(values, "closed form")
    oracle, rung = _CLOSED[name]
    return Exact(oracle(table.num_samples, **setting.options), rung)  # type: ignore[arg-type]


def _pooled(system: System, setting: _Setting, name: str) -> Exact:
    """First and second moments of fits to more than the last generation."""
    if name not in ("mean", "variance"):
        raise NotReachable(f"{name} of a Gaussian loop has oracles under replacement and in the population limit.")
    moments = line_moments(system, setting.table, setting.target, setting.initial)
    return Exact(getattr(moments, name), "closed form" if name == "mean" else "moment recursion")


def _population(setting: _Setting, name: str) -> Exact:
    """The deterministic path: raw moments mix linearly, and the fit keeps them."""
    if setting.num_initial is not None:
        raise NotReachable(f"{name} of a population loop that starts from an estimated model has no oracle.")
    (target_mean, target_variance), start = setting.target, setting.initial or setting.target
    kept = np.concatenate([[1.0], np.cumprod(1 - setting.table.exogenous_fraction)])
    mean = target_mean + kept * (start[0] - target_mean)
    # E x^2 about the target's mean: a mixture of the target's and the start's.
    raw = (1 - kept) * target_variance + kept * (start[1] + (start[0] - target_mean) ** 2)
    variance = raw - (mean - target_mean) ** 2
    return Exact(on_path(mean, variance, setting.target, name), "closed form")


def on_path(mean: np.ndarray, variance: np.ndarray, target: tuple[float, float], name: str) -> np.ndarray:
    """A recorded quantity along a deterministic path of models.

    Args:
        mean: of Q_0 .. Q_T, shape (T + 1,).
        variance: likewise.
        target: mean and variance of P.
        name: of the quantity.

    Returns:
        Shape (T + 1,).
    """
    target_mean, target_variance = target
    before = np.concatenate([mean[:1], mean[:-1]]), np.concatenate([variance[:1], variance[:-1]])
    values = {
        "mean": lambda: mean,
        "variance": lambda: variance,
        "log_variance": lambda: np.log(variance),
        "differential_entropy": lambda: (1 + np.log(2 * np.pi) + np.log(variance)) / 2,
        "wasserstein2": lambda: (mean - target_mean) ** 2 + (np.sqrt(variance) - np.sqrt(target_variance)) ** 2,
        "kl_to_target": lambda: _kl(mean, variance, target_mean, target_variance),
        "kl_from_target": lambda: _kl(target_mean, target_variance, mean, variance),
        "successive_kl": lambda: _kl(mean, variance, *before),
    }
    return values[name]()


def _kl(mean: Any, variance: Any, other_mean: Any, other_variance: Any) -> np.ndarray:
    """KL(N(mean, variance) || N(other_mean, other_variance)), nats."""
    ratio = variance / other_variance
    return np.asarray((ratio - 1 - np.log(ratio) + (mean - other_mean) ** 2 / other_variance) / 2)
