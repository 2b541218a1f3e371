"""Number and mean of draws on the line: all that a family with one mean parameter needs."""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics


class AbstractAverage(AbstractStatistics):
    """The mean of draws on the line."""

    @property
    @abc.abstractmethod
    def location(self) -> Float[Array, ""]:
        """Mean of the draws."""


class Average(AbstractAverage, AbstractFinite):
    """Number and mean of draws; a mean keeps its relative accuracy where a sum of counts would overflow."""

    count: Int[Array, ""]
    mean: Float[Array, ""]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    @property
    def location(self) -> Float[Array, ""]:
        """Mean of the draws."""
        return self.mean

    def zero(self) -> "Average":
        """No draw."""
        return Average(jnp.zeros_like(self.count), jnp.zeros_like(self.mean))

    def __add__(self, other: "Average") -> "Average":
        """Means weighted by their numbers; an empty side leaves the other as it is."""
        dtype = self.mean.dtype
        count = self.count + other.count
        share = other.count.astype(dtype) / jnp.maximum(count, jnp.ones_like(count)).astype(dtype)
        return Average(count, self.mean + share * (other.mean - self.mean))

    def as_expected(self) -> "ExpectedAverage":
        """The mean."""
        return ExpectedAverage(self.mean)

    def including(self, items: Float[Array, " items"], present: Bool[Array, " items"]) -> "Average":
        """Average of the items, merged."""
        dtype = self.mean.dtype
        count = jnp.sum(present, dtype=self.count.dtype)
        total = jnp.sum(jnp.where(present, items.astype(dtype), jnp.zeros((), dtype)))
        return self + Average(count, total / jnp.maximum(count, jnp.ones_like(count)).astype(dtype))


class ExpectedAverage(AbstractAverage, AbstractExpected):
    """Mean of infinitely many draws."""

    mean: Float[Array, ""]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.mean.dtype)

    @property
    def location(self) -> Float[Array, ""]:
        """The mean."""
        return self.mean

    def mixed_with(self, other: "ExpectedAverage", weight: Float[Array, ""]) -> "ExpectedAverage":
        """Means mix linearly."""
        return ExpectedAverage(self.mean + weight * (other.mean - self.mean))
