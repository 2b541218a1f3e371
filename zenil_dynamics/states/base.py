"""What every source of draws and every model state offers."""

import abc
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self

import equinox as eqx
from jaxtyping import Array, Float, Int

from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key


class AbstractSource(eqx.Module):
    """Something that i.i.d. draws can be taken from, seen only through the statistics of those draws."""

    @abc.abstractmethod
    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> AbstractStatistics:
        """Statistics of `num_samples` i.i.d. draws, exact in law, at a cost that does not depend on their number.

        Args:
            num_samples: number of draws, at least 0, traced.
            key: consumed.

        Returns:
            Finite statistics whose total is `num_samples`.
        """

    @abc.abstractmethod
    def expected(self) -> AbstractStatistics:
        """Statistics of infinitely many draws."""


class Observed(NamedTuple):
    """What a recorded quantity may see beside the state itself."""

    target: Any
    previous: Any
    rare_threshold: Float[Array, ""]


Quantity = Callable[[Any, Observed], Float[Array, ""]]


class AbstractState(AbstractSource):
    """A model: the carry of the loop, with the same structure, shapes and dtypes before and after a fit.

    Laws: `matched(expected())` is the state itself; `draw(n).total` is n; a draw of the same key is the same bits.

    Attributes:
        family: name used in messages and reports.
        quantities: record name -> function of (state, what is observed beside it), a scalar.
    """

    family: ClassVar[str]
    quantities: ClassVar[Mapping[str, Quantity]]

    @abc.abstractmethod
    def mixed_with(self, other: Self, weight: Float[Array, ""]) -> AbstractSource:
        """The source that draws from `other` with probability `weight` and from this state otherwise."""

    @abc.abstractmethod
    def matched(self, statistics: Any) -> Self:
        """The maximum-likelihood state of this family: its mean statistics equal those of the training set."""

    @abc.abstractmethod
    def check_pair(self, other: Any) -> None:
        """Raise a ValueError that says why when `other` lives on another space than this state."""

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Plain numbers for reports: family and parameters, or their summary where they are many."""

    @property
    @abc.abstractmethod
    def num_bytes(self) -> int:
        """Bytes of one replicate's working state in float32, for block sizes and memory estimates."""
