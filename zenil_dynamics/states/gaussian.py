"""A normal distribution on the line with free mean and variance."""

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics import estimators, samplers
from zenil_dynamics.states.base import AbstractScalar, AbstractState, Observed, Quantity
from zenil_dynamics.statistics import AbstractMoments, ExpectedMoments, Moments
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


def _mean(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return jnp.asarray(state.mean)


def _variance(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return jnp.asarray(state.variance)


def _log_variance(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return jnp.log(state.variance)


def _differential_entropy(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return estimators.differential_entropy(state.variance)


def _wasserstein2(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return estimators.wasserstein2_squared(state.mean, state.variance, observed.target.mean, observed.target.variance)


def _kl_to_target(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return _kl(state, observed.target)


def _kl_from_target(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return _kl(observed.target, state)


def _successive_kl(state: "Gaussian", observed: Observed) -> Float[Array, ""]:
    return _kl(state, observed.previous)


def _kl(first: "Gaussian", second: "Gaussian") -> Float[Array, ""]:
    return estimators.kl_divergence_gaussian(first.mean, first.variance, second.mean, second.variance)


_QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {
        "mean": _mean,
        "variance": _variance,
        "log_variance": _log_variance,
        "differential_entropy": _differential_entropy,
        "wasserstein2": _wasserstein2,
        "kl_to_target": _kl_to_target,
        "kl_from_target": _kl_from_target,
        "successive_kl": _successive_kl,
    }
)


class Gaussian(AbstractScalar):
    """N(mean, variance); its maximum-likelihood fit has the sample mean and the scatter divided by N.

    In float32 a variance below 1.2e-38 is 0: its logarithm is then -inf, which a run reports as non-finite.

    Attributes:
        mean: in units of the data.
        variance: in squared units of the data, positive.

    Raises:
        ValueError: a mean that is not finite, or a variance that is not positive and finite.

    Source: arXiv 2601.05280v2, Definition 1, reading GAUSSIAN (location and scale both fitted).
    """

    mean: Float[Array, ""] = eqx.field(default=0.0, converter=functools.partial(finite_number, name="mean"))
    variance: Float[Array, ""] = eqx.field(default=1.0, converter=functools.partial(finite_number, name="variance"))

    family: ClassVar[str] = "gaussian"
    quantities: ClassVar[Mapping[str, Quantity]] = _QUANTITIES
    comparisons: ClassVar[frozenset[str]] = frozenset({"wasserstein2", "kl_to_target", "kl_from_target"})

    def __check_init__(self):
        if not self.variance > 0:
            raise ValueError(f"`variance` must be positive; got {self.variance}.")

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Moments:
        """Sample mean and scatter, drawn from their joint law (independent: normal and chi-square)."""
        dtype = jnp.result_type(float)
        mean = jnp.asarray(self.mean, dtype)
        variance = jnp.asarray(self.variance, dtype)
        drawn = jnp.maximum(num_samples, jnp.ones_like(num_samples))
        location, scatter = samplers.standard_moments(drawn, key=key)
        some = num_samples > 0
        zero = jnp.zeros((), dtype)
        return Moments(
            num_samples,
            jnp.where(some, mean + jnp.sqrt(variance / drawn.astype(dtype)) * location, zero),
            jnp.where(some, variance * scatter, zero),
        )

    @property
    def first_moments(self) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Mean and variance themselves."""
        dtype = jnp.result_type(float)
        return jnp.asarray(self.mean, dtype), jnp.asarray(self.variance, dtype)

    def expected(self) -> ExpectedMoments:
        """Mean and variance themselves."""
        return ExpectedMoments(*self.first_moments)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        dtype = jnp.result_type(float)
        scale = jnp.sqrt(jnp.asarray(self.variance, dtype))
        return jnp.asarray(self.mean, dtype) + scale * samplers.normal((num_items,), key=key)

    @property
    def empty(self) -> Moments:
        """No number, mean and scatter of no number."""
        zero = jnp.zeros((), jnp.result_type(float))
        return Moments(jnp.zeros((), jnp.int32), zero, zero)

    def matched(self, statistics: AbstractMoments) -> "Gaussian":
        """Mean and variance of the training set (divisor N)."""
        return eqx.tree_at(
            lambda state: (state.mean, state.variance),
            self,
            (statistics.location, statistics.mean_square_deviation),
        )

    def rescaled(self, scale: Float[Array, ""]) -> Self:
        """The same state with its variance multiplied by a number."""
        return eqx.tree_at(lambda state: state.variance, self, replace_fn=lambda variance: variance * scale)

    def check_target(self, target: AbstractState) -> None:
        """Mean and variance of any numbers on the line can be fitted."""
        if not target.scalar:
            self.check_pair(target)

    def describe(self) -> dict[str, Any]:
        """Family, mean and variance."""
        return {"family": self.family, "mean": float(self.mean), "variance": float(self.variance)}

    @property
    def num_bytes(self) -> int:
        """Mean, variance and the moments of a batch."""
        return 32
