"""Draws from a finite alphabet."""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics


class AbstractCounts(AbstractStatistics):
    """Statistics of draws from a finite alphabet."""

    @property
    @abc.abstractmethod
    def frequencies(self) -> Float[Array, " support"]:
        """Shares of the types; they sum to 1."""


class Counts(AbstractCounts, AbstractFinite):
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

    def as_expected(self) -> "ExpectedCounts":
        """The frequencies."""
        return ExpectedCounts(self.frequencies)

    def including(self, items: Int[Array, " items"], present: Bool[Array, " items"]) -> "Counts":
        """Count indices of types."""
        return Counts(self.counts.at[items].add(present.astype(self.counts.dtype)))


class ExpectedCounts(AbstractCounts, AbstractExpected):
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

    def mixed_with(self, other: "ExpectedCounts", weight: Float[Array, ""]) -> "ExpectedCounts":
        """Shares mix linearly."""
        return ExpectedCounts(weight * other.shares + (1 - weight) * self.shares)
