"""Transitions of a path: how often each edge of a graph was taken."""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics

UNITS = 2**30
"""Of which shares of edges consist where weights must be whole numbers."""


class AbstractTransitions(AbstractStatistics):
    """Transitions along the edges of a graph that is known elsewhere."""

    @property
    @abc.abstractmethod
    def weights(self) -> Int[Array, " edges"]:
        """int32 numbers proportional to the shares of the edges; their sum lies below 2^31."""

    @property
    @abc.abstractmethod
    def shares(self) -> Float[Array, " edges"]:
        """Share of each edge among all transitions; they sum to 1."""


class TransitionCounts(AbstractTransitions, AbstractFinite):
    """How often each edge was taken.

    Transitions of one path depend on each other: paths add, but a path is no multiset of items, and cannot be thinned.
    """

    counts: Int[Array, " edges"]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of transitions."""
        return jnp.sum(self.counts, dtype=self.counts.dtype)

    @property
    def weights(self) -> Int[Array, " edges"]:
        """The counts themselves."""
        return self.counts

    @property
    def shares(self) -> Float[Array, " edges"]:
        """Counts divided by their sum, which must not be 0."""
        dtype = jnp.result_type(float)
        return self.counts.astype(dtype) / self.total.astype(dtype)

    def zero(self) -> "TransitionCounts":
        """No transition."""
        return TransitionCounts(jnp.zeros_like(self.counts))

    def __add__(self, other: "TransitionCounts") -> "TransitionCounts":
        """Counts of both paths, with no transition between them."""
        return TransitionCounts(self.counts + other.counts)

    def as_expected(self) -> "ExpectedTransitions":
        """The shares."""
        return ExpectedTransitions(self.shares)


class ExpectedTransitions(AbstractTransitions, AbstractExpected):
    """Transitions of an infinitely long path, known through their shares.

    Attributes:
        edge_shares: shape (edges,), summing to 1.
    """

    edge_shares: Float[Array, " edges"]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.edge_shares.dtype)

    @property
    def weights(self) -> Int[Array, " edges"]:
        """Shares in units of 2^-30, rounded; a positive one is at least one unit."""
        units = jnp.round(self.edge_shares * UNITS).astype(jnp.int32)
        return jnp.maximum(units, (self.edge_shares > 0).astype(jnp.int32))

    @property
    def shares(self) -> Float[Array, " edges"]:
        """The shares themselves."""
        return self.edge_shares

    def mixed_with(self, other: "ExpectedTransitions", weight: Float[Array, ""]) -> "ExpectedTransitions":
        """Shares mix linearly: a share `weight` of all transitions belongs to the other path."""
        weight = jnp.asarray(weight, self.edge_shares.dtype)
        return ExpectedTransitions(weight * other.edge_shares + (1 - weight) * self.edge_shares)
