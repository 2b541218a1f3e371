"""First two moments of draws on the line."""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics


class AbstractMoments(AbstractStatistics):
    """First two moments of real-valued draws."""

    @property
    @abc.abstractmethod
    def location(self) -> Float[Array, ""]:
        """Mean of the draws."""

    @property
    @abc.abstractmethod
    def mean_square_deviation(self) -> Float[Array, ""]:
        """Mean squared distance of the draws from their mean (divisor: their number)."""


class Moments(AbstractMoments, AbstractFinite):
    """Number, mean and scatter (sum of squared distances from the mean) of real-valued draws."""

    count: Int[Array, ""]
    mean: Float[Array, ""]
    scatter: Float[Array, ""]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    @property
    def location(self) -> Float[Array, ""]:
        """Mean of the draws."""
        return self.mean

    @property
    def mean_square_deviation(self) -> Float[Array, ""]:
        """Scatter divided by the number of draws."""
        return self.scatter / self.count.astype(self.scatter.dtype)

    def zero(self) -> "Moments":
        """No draw."""
        return Moments(jnp.zeros_like(self.count), jnp.zeros_like(self.mean), jnp.zeros_like(self.scatter))

    def __add__(self, other: "Moments") -> "Moments":
        """Chan's merge, which never subtracts large sums; an empty side leaves the other as it is."""
        dtype = self.mean.dtype
        count = self.count + other.count
        # Guards against 0/0 when both sides are empty.
        share = other.count.astype(dtype) / jnp.maximum(count, jnp.ones_like(count)).astype(dtype)
        shift = other.mean - self.mean
        mean = self.mean + share * shift
        between = shift * shift * share * self.count.astype(dtype)
        return Moments(count, mean, self.scatter + other.scatter + between)

    def as_expected(self) -> "ExpectedMoments":
        """Mean and mean squared deviation."""
        return ExpectedMoments(self.mean, self.mean_square_deviation)

    def including(self, items: Float[Array, " items"], present: Bool[Array, " items"]) -> "Moments":
        """Moments of the items about their own mean, merged."""
        dtype = self.mean.dtype
        values = jnp.where(present, items.astype(dtype), jnp.zeros((), dtype))
        count = jnp.sum(present, dtype=self.count.dtype)
        mean = jnp.sum(values) / jnp.maximum(count, jnp.ones_like(count)).astype(dtype)
        deviations = jnp.where(present, values - mean, jnp.zeros((), dtype))
        return self + Moments(count, mean, jnp.sum(deviations * deviations))


class ExpectedMoments(AbstractMoments, AbstractExpected):
    """Moments of infinitely many draws."""

    mean: Float[Array, ""]
    variance: Float[Array, ""]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.mean.dtype)

    @property
    def location(self) -> Float[Array, ""]:
        """The mean."""
        return self.mean

    @property
    def mean_square_deviation(self) -> Float[Array, ""]:
        """The variance."""
        return self.variance

    def mixed_with(self, other: "ExpectedMoments", weight: Float[Array, ""]) -> "ExpectedMoments":
        """Within the parts, and between their means."""
        shift = other.mean - self.mean
        variance = (1 - weight) * self.variance + weight * other.variance
        return ExpectedMoments(self.mean + weight * shift, variance + weight * (1 - weight) * shift * shift)
