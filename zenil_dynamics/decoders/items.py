"""Sources that are known by their single draws alone."""

import abc
from typing import Any

from jaxtyping import Array, Float, Int

from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states import AbstractSource, Folded
from zenil_dynamics.statistics import AbstractFinite, Particles
from zenil_dynamics.types import Key


class AbstractItems(AbstractSource):
    """Draws on the line made of the draws of `base`, folded into its statistics: O(N) time, O(1) memory.

    Attributes:
        base: a state, or another source of items.
    """

    base: Any

    @abc.abstractmethod
    def sample(self, num_items: int, *, key: Key) -> Float[Array, " items"]:
        """Single draws, shape (num_items,)."""

    @property
    def empty(self) -> AbstractFinite:
        """Statistics of no draw, of the kind that `base` has."""
        return self.base.empty

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> AbstractFinite:
        """Fold single draws; a list of draws is what they are."""
        empty = self.empty
        if isinstance(empty, Particles):
            return Particles(self.sample(empty.values.shape[0], key=fold_in(key, Stream.ITEMS)), num_samples)
        return Folded(self, empty).draw(num_samples, key=key)


def is_line(source: object) -> bool:
    """Whether single draws of a source are numbers on the line."""
    return isinstance(source, AbstractItems) or bool(getattr(source, "scalar", False))
