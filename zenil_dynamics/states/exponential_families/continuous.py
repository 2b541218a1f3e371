"""Families on the line: exponential, gamma of known shape, normal of known variance."""

import functools
from collections.abc import Mapping
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics import estimators, samplers
from zenil_dynamics.states.base import Quantity
from zenil_dynamics.states.exponential_families.base import (
    NON_NEGATIVE,
    AbstractExponentialFamily,
    positive,
)
from zenil_dynamics.types import Key
from zenil_dynamics.validate import finite_number


def _gamma_sum(
    shape_parameter: Float[Array, ""], mean: Float[Array, ""], num_draws: Int[Array, "*shape"], *, key: Key
) -> Float[Array, "*shape"]:
    """Sum of gamma draws of one shape: a gamma number of their joint shape."""
    dtype = jnp.result_type(float)
    shape = jnp.asarray(shape_parameter, dtype)
    joint = samplers.gamma(num_draws.astype(dtype) * shape, key=key)
    return jnp.asarray(mean, dtype) * (joint / shape)


class Exponential(AbstractExponentialFamily):
    """Exponential law. V(m) = m^2.

    log m is a random walk in a closed loop, with steps log(Gamma(N) / N).

    Attributes:
        mean: m, positive.

    Raises:
        ValueError: a mean that is not positive.

    Source: Definition.
    """

    family: ClassVar[str] = "exponential"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        positive(self.mean, name="mean")

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """m^2."""
        return mean * mean

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Gamma of shape N."""
        return _gamma_sum(jnp.ones(()), self.mean, num_samples, key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _gamma_sum(jnp.ones(()), self.mean, jnp.ones(num_items, jnp.int32), key=key)

    def divergence(self, other: "Exponential") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        return estimators.kl_gamma(mean, other.first_moments[0], jnp.ones_like(mean))

    @property
    def constant(self) -> None:
        """Nothing."""


class Gamma(AbstractExponentialFamily):
    """Gamma law of known shape k. V(m) = m^2 / k.

    Attributes:
        mean: m, positive.
        shape: k, positive, known.

    Raises:
        ValueError: a mean or a shape that is not positive.

    Source: Definition.
    """

    shape: Float[Array, ""] = eqx.field(default=1.0, converter=functools.partial(finite_number, name="shape"))

    family: ClassVar[str] = "gamma"
    quantities: ClassVar[Mapping[str, Quantity]] = NON_NEGATIVE

    def __check_init__(self):
        positive(self.mean, name="mean")
        positive(self.shape, name="shape")

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """m^2 / k."""
        return mean * mean / jnp.asarray(self.shape, mean.dtype)

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Gamma of shape N k."""
        return _gamma_sum(self.shape, self.mean, num_samples, key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        return _gamma_sum(self.shape, self.mean, jnp.ones(num_items, jnp.int32), key=key)

    def divergence(self, other: "Gamma") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, _ = self.first_moments
        return estimators.kl_gamma(mean, other.first_moments[0], jnp.asarray(self.shape, mean.dtype))

    @property
    def constant(self) -> tuple[str, float]:
        """Shape."""
        return "shape", float(self.shape)


class FixedVarianceGaussian(AbstractExponentialFamily):
    """Normal law of known variance. V(m) = sigma^2: a closed loop is a random walk without bound.

    Attributes:
        mean: m, units of the data.
        noise_variance: sigma^2, squared units, positive, known.

    Raises:
        ValueError: a variance that is not positive.

    Source: Definition (squared-error learning of a location).
    """

    noise_variance: Float[Array, ""] = eqx.field(
        default=1.0, converter=functools.partial(finite_number, name="noise_variance")
    )

    family: ClassVar[str] = "fixed_variance_gaussian"

    def __check_init__(self):
        positive(self.noise_variance, name="noise_variance")

    def variance_function(self, mean: Float[Array, ""]) -> Float[Array, ""]:
        """sigma^2, whatever the mean."""
        return jnp.asarray(self.noise_variance, mean.dtype)

    def sum_of_draws(self, num_samples: Int[Array, ""], *, key: Key) -> Float[Array, ""]:
        """Normal with N times mean and variance."""
        mean, variance = self.first_moments
        number = num_samples.astype(mean.dtype)
        return number * mean + jnp.sqrt(number * variance) * samplers.normal(key=key)

    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""
        mean, variance = self.first_moments
        return mean + jnp.sqrt(variance) * samplers.normal((num_items,), key=key)

    def divergence(self, other: "FixedVarianceGaussian") -> Float[Array, ""]:
        """KL(self || other), nats."""
        mean, variance = self.first_moments
        return estimators.kl_fixed_variance(mean, other.first_moments[0], variance)

    @property
    def constant(self) -> tuple[str, float]:
        """Variance."""
        return "noise_variance", float(self.noise_variance)
