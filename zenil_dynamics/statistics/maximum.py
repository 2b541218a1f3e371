"""Number and largest of draws: what a family with an unknown end point needs."""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics


class AbstractMaximum(AbstractStatistics):
    """The largest of non-negative draws."""

    @property
    @abc.abstractmethod
    def largest(self) -> Float[Array, ""]:
        """The largest draw; 0 of none."""


class Maximum(AbstractMaximum, AbstractFinite):
    """Number and largest of non-negative draws."""

    count: Int[Array, ""]
    maximum: Float[Array, ""]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    @property
    def largest(self) -> Float[Array, ""]:
        """The largest draw; 0 of none."""
        return self.maximum

    def zero(self) -> "Maximum":
        """No draw."""
        return Maximum(jnp.zeros_like(self.count), jnp.zeros_like(self.maximum))

    def __add__(self, other: "Maximum") -> "Maximum":
        """The larger of both."""
        return Maximum(self.count + other.count, jnp.maximum(self.maximum, other.maximum))

    def as_expected(self) -> "ExpectedMaximum":
        """An end at the largest draw."""
        return ExpectedMaximum(self.maximum)

    def including(self, items: Float[Array, " items"], present: Bool[Array, " items"]) -> "Maximum":
        """Compare with every item."""
        values = jnp.where(present, items.astype(self.maximum.dtype), jnp.zeros((), self.maximum.dtype))
        return self + Maximum(jnp.sum(present, dtype=self.count.dtype), jnp.max(values))


class ExpectedMaximum(AbstractMaximum, AbstractExpected):
    """End point of the support, which infinitely many draws reach."""

    end: Float[Array, ""]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.end.dtype)

    @property
    def largest(self) -> Float[Array, ""]:
        """The end point."""
        return self.end

    def mixed_with(self, other: "ExpectedMaximum", weight: Float[Array, ""]) -> "ExpectedMaximum":
        """The larger end point of the parts that are drawn from at all."""
        zero = jnp.zeros_like(self.end)
        return ExpectedMaximum(
            jnp.maximum(jnp.where(weight < 1, self.end, zero), jnp.where(weight > 0, other.end, zero))
        )
