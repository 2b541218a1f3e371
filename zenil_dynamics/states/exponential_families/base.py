"""What all one-parameter exponential families share: a mean, a variance that it fixes, and a divergence."""

import abc
import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics.states.base import AbstractScalar, Observed, Quantity
from zenil_dynamics.statistics import AbstractAverage, Average, ExpectedAverage
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


def _mean(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[0]


def _variance(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return state.first_moments[1]


def _log_mean(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return jnp.log(state.first_moments[0])


def _collapsed(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    variance = state.first_moments[1]
    return (variance == 0).astype(variance.dtype)


def _kl_to_target(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return state.divergence(observed.target)


def _kl_from_target(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return observed.target.divergence(state)


def _successive_kl(state: "AbstractExponentialFamily", observed: Observed) -> Float[Array, ""]:
    return state.divergence(observed.previous)


_COMMON: Mapping[str, Quantity] = MappingProxyType(
    {
        "mean": _mean,
        "variance": _variance,
        "collapsed": _collapsed,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
    }
)

NON_NEGATIVE: Mapping[str, Quantity] = MappingProxyType({**_COMMON, "log_mean": _log_mean})
"""Quantities of families on the non-negative numbers."""


class AbstractExponentialFamily(AbstractScalar):
    """A natural exponential family in its mean parameter m, with variance function V(m).

    Its maximum-likelihood fit has the sample mean. A closed loop makes m a martingale, which ends where V(m) = 0 if the
    family has such a point (`collapsed` is then 1).

    Attributes:
        mean: m, in units of the data.

    Source: C. N. Morris, "Natural exponential families with quadratic variance functions", Ann. Statist. 10 (1982).
    """

    mean: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="mean"))

    quantities: ClassVar[Mapping[str, Quantity]] = _COMMON
    comparisons: ClassVar[frozenset[str]] = frozenset({"kl_to_target", "kl_from_target"})

    @abc.abstractmethod
    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """V(m), squared units of the data."""

    @abc.abstractmethod
    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Sum of that many draws, from its own law; nan where it is beyond what a sampler reaches."""

    @abc.abstractmethod
    def divergence(self, other: Self) -> Float[Array, ""]:
        """KL(self || other), nats."""

    @property
    @abc.abstractmethod
    def constant(self) -> tuple[str, float] | None:
        """Name and value of what is known of the family and never fitted."""

    @property
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Mean and variance."""
        mean = jnp.asarray(self.mean, jnp.result_type(float))
        return mean, self.variance_function(mean)

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Average:
        """Number and mean of the draws."""
        total = self.sum_of_draws(num_samples, key=key)
        some = jnp.maximum(num_samples, jnp.ones_like(num_samples)).astype(total.dtype)
        return Average(num_samples, jnp.where(num_samples > 0, total / some, jnp.zeros_like(total)))

    def expected(self) -> ExpectedAverage:
        """The mean itself."""
        return ExpectedAverage(self.first_moments[0])

    @property
    def empty(self) -> Average:
        """No number, mean of no number."""
        return Average(jnp.zeros((), jnp.int32), jnp.zeros((), jnp.result_type(float)))

    def matched(self, statistics: AbstractAverage) -> Self:
        """The sample mean."""
        return eqx.tree_at(lambda state: state.mean, self, statistics.location)

    def check_space(self, other: Self) -> None:
        """Refuse another member of a family of families."""
        if self.constant != other.constant:
            raise ValueError(f"both states must have the same {self.constant}; got {other.constant}.")

    def describe(self) -> dict[str, Any]:
        """Family, mean, and what is known of the family."""
        known = dict([self.constant]) if self.constant else {}
        return {"family": self.family, "mean": float(self.mean), **known}

    @property
    def num_bytes(self) -> int:
        """Mean, and the average of a batch."""
        return 24


def check_range(value: Any, *, name: str, low: float, high: float = np.inf) -> None:
    """Refuse a mean outside the closed range of its family.

    Args:
        value: a number, or a traced one, which is not checked.
        name: how the message calls it.
        low: least mean.
        high: largest mean.

    Raises:
        ValueError: outside.
    """
    if isinstance(value, np.ndarray) and not low <= value <= high:
        upper = f"in [{low:g}, {high:g}]" if np.isfinite(high) else f"at least {low:g}"
        raise ValueError(f"`{name}` must be {upper}; got {value}.")


def positive(value: Any, *, name: str) -> None:
    """Refuse a known parameter that is not above 0.

    Raises:
        ValueError: it is not.
    """
    if isinstance(value, np.ndarray) and not value > 0:
        raise ValueError(f"`{name}` must be positive; got {value}.")
