"""Sufficient statistics of a training set: a commutative monoid.

A training set enters a fit through statistics, and statistics add: real plus synthetic is a sum, accumulation a
running sum. Beside each monoid stands its expected form, the statistics of infinitely many draws (total inf); a fit
reads both through the same properties, so that the population limit is no special case. Two infinite sets have no
relative size, so expected statistics cannot be added; they mix instead.
"""

import abc
from typing import Any, Self

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int


class AbstractStatistics(eqx.Module):
    """What a fit may know of a training set."""

    @property
    @abc.abstractmethod
    def total(self) -> Int[Array, ""] | Float[Array, ""]:
        """Number of draws; inf for expected statistics."""


class AbstractFinite(AbstractStatistics):
    """Statistics of finitely many draws.

    Laws: `+` is associative and commutative up to rounding, `zero()` is its unit, `total` adds, and including items one
    after another is the same as including them at once.
    """

    @abc.abstractmethod
    def zero(self) -> Self:
        """No draw, in the same shapes and dtypes."""

    @abc.abstractmethod
    def __add__(self, other: Self) -> Self:
        """Statistics of both sets together."""

    @abc.abstractmethod
    def as_expected(self) -> "AbstractExpected":
        """The same shares or moments in an infinitely large set; of at least one draw."""

    def including(self, items: Any, present: Bool[Array, " items"]) -> Self:
        """Statistics of this set and of single draws.

        Args:
            items: draws, shape (items, *event).
            present: which of them count.

        Raises:
            ValueError: statistics of dependent draws, which no list of items makes up.
        """
        raise ValueError(f"{type(self).__name__} are no statistics of independent items.")


class AbstractExpected(AbstractStatistics):
    """Statistics of infinitely many draws."""

    @abc.abstractmethod
    def mixed_with(self, other: Self, weight: Float[Array, ""]) -> Self:
        """Those of draws that come from `other` with probability `weight` and from here otherwise."""
