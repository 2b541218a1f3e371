"""Sufficient statistics of a training set: a commutative monoid.

A training set enters a fit through statistics, and statistics add: real plus synthetic is a sum, accumulation a
running sum. `Counts` and `Moments` are such monoids. Beside each stands its expected form, the statistics of infinitely
many draws (total inf); a fit reads both through the same properties, so that the population limit is no special case.
Two infinite sets have no relative size, so expected statistics cannot be added.
"""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


class AbstractStatistics(eqx.Module):
    """What a fit may know of a training set.

    Laws of the finite ones: `+` is associative and commutative up to rounding, `zero()` is its unit, `total` adds.
    """

    @property
    @abc.abstractmethod
    def total(self) -> Int[Array, ""] | Float[Array, ""]:
        """Number of draws; inf for expected statistics."""


class AbstractCounts(AbstractStatistics):
    """Statistics of draws from a finite alphabet."""

    @property
    @abc.abstractmethod
    def frequencies(self) -> Float[Array, " support"]:
        """Shares of the types; they sum to 1."""


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


class Counts(AbstractCounts):
    """How often each type was drawn."""

    counts: Int[Array, " support"]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return jnp.sum(self.counts, dtype=self.counts.dtype)

    @property
    def frequencies(self) -> Float[Array, " support"]:
        """Counts divided by their sum, which must not be 0."""
        dtype = jnp.result_type(float)
        return self.counts.astype(dtype) / self.total.astype(dtype)

    def zero(self) -> "Counts":
        """No draw."""
        return Counts(jnp.zeros_like(self.counts))

    def __add__(self, other: "Counts") -> "Counts":
        """Counts of both sets."""
        return Counts(self.counts + other.counts)


class ExpectedCounts(AbstractCounts):
    """Counts of infinitely many draws, known through their shares."""

    shares: Float[Array, " support"]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.shares.dtype)

    @property
    def frequencies(self) -> Float[Array, " support"]:
        """The shares themselves."""
        return self.shares


class Moments(AbstractMoments):
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


class ExpectedMoments(AbstractMoments):
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
