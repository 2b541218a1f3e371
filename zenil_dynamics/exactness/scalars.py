"""States on the line as plain numbers, in float64."""

from typing import NamedTuple

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.exactness.reach import NotReachable
from zenil_dynamics.states import (
    AbstractExponentialFamily,
    AbstractState,
    Gaussian,
    GaussianMixture,
    KernelDensity,
    UniformInterval,
)
from zenil_dynamics.states.base import with_article

_NAMES = {"fixed_variance_gaussian": "normal"}


class Family(NamedTuple):
    """A one-parameter exponential family as the oracles call it.

    Attributes:
        name: of the family.
        parameter: what is known of it, or None.
    """

    name: str
    parameter: float | None

    @property
    def variance(self) -> oracles.QuadraticVariance:
        """V(m) and the range of means."""
        return oracles.quadratic_variance(self.name, self.parameter)

    @property
    def shape(self) -> float:
        """Shape of a gamma law, or number of successes of a negative binomial one; 1 where it is not free."""
        return 1.0 if self.parameter is None else self.parameter


def family_of(state: AbstractExponentialFamily) -> Family:
    """Name and parameter."""
    known = state.constant
    return Family(_NAMES.get(state.family, state.family), None if known is None else known[1])


def first_moments(state: AbstractState) -> tuple[float, float]:
    """Mean and variance, units of the data and squared units.

    Raises:
        NotReachable: a state that is not on the line.
    """
    if isinstance(state, Gaussian):
        return float(state.mean), float(state.variance)
    if isinstance(state, UniformInterval):
        return float(state.upper) / 2, float(state.upper) ** 2 / 12
    if isinstance(state, AbstractExponentialFamily):
        return float(state.mean), float(family_of(state).variance.at(float(state.mean)))
    if isinstance(state, KernelDensity) and int(state.count) > 0:
        points = np.asarray(state.points, np.float64)[: int(state.count)]
        return float(points.mean()), float(points.var() + float(state.bandwidth) ** 2)
    if isinstance(state, GaussianMixture):
        weights, means, variances = (
            np.asarray(part, np.float64) for part in (state.weights, state.means, state.variances)
        )
        mean = float(weights @ means)
        return mean, float(weights @ (variances + (means - mean) ** 2))
    raise NotReachable(f"mean and variance of {with_article(state.family)} state have no oracle.")


def divergence(family: Family, mean: np.ndarray, other: np.ndarray) -> np.ndarray:
    """KL of two members of one family, by their means; nats, elementwise.

    KL(m || m') = A*(m) - A*(m') - (m - m') A*'(m'), A* the conjugate of the log-partition function.

    Args:
        family: of both.
        mean: m.
        other: m'.

    Source: Definition of KL in an exponential family.
    """
    mean, other = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(other, np.float64))
    if family.name == "normal":
        return (mean - other) ** 2 / (2 * family.shape)
    if family.name in ("exponential", "gamma"):
        ratio = mean / other
        return family.shape * (ratio - 1 - np.log(ratio))
    bent = _convex(mean, other)
    if family.name in ("bernoulli", "binomial"):
        high = family.variance.high
        return bent + _convex(high - mean, high - other)
    if family.name == "poisson":
        return bent
    return bent - _convex(mean + family.shape, other + family.shape)


def _convex(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One term x log(x / y) - x + y of a divergence, inf where y alone is 0."""
    inside = (first > 0) & (second > 0)
    ratio = np.divide(first, second, out=np.ones_like(first), where=inside)
    values = first * np.log(ratio) - first + second
    return np.where((first > 0) & (second == 0), np.inf, values)
