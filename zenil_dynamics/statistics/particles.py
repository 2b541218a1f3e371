"""Single draws themselves: the statistics of which all others are images."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite


class Particles(AbstractFinite):
    """A list of draws with room for `capacity` of them; their order means nothing.

    A set that outgrew its room would lose draws, so states that are fitted to particles refuse training sets above
    their capacity before a run begins.

    Attributes:
        values: shape (capacity, *event); the first `count` are draws, the others mean nothing.
        count: number of draws.
    """

    values: Array
    count: Int[Array, ""]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    @property
    def present(self) -> Bool[Array, " capacity"]:
        """Which of the values are draws."""
        return jnp.arange(self.values.shape[0], dtype=self.count.dtype) < self.count

    def zero(self) -> "Particles":
        """No draw."""
        return Particles(jnp.zeros_like(self.values), jnp.zeros_like(self.count))

    def __add__(self, other: "Particles") -> "Particles":
        """The other list behind this one."""
        return self.including(other.values, other.present)

    def as_expected(self) -> AbstractExpected:
        """Refused.

        Raises:
            ValueError: always; a list of infinitely many draws has no form.
        """
        raise ValueError("a list of draws has no counterpart for infinitely many of them. Use a family of parameters.")

    def including(self, items: Array, present: Bool[Array, " items"]) -> "Particles":
        """Put those that count behind the last one."""
        places = self.count + jnp.cumsum(present.astype(self.count.dtype)) - 1
        # Items that do not count get a place outside, where they are dropped.
        places = jnp.where(present, places, jnp.full_like(places, self.values.shape[0]))
        values = self.values.at[places].set(items.astype(self.values.dtype), mode="drop")
        return Particles(values, self.count + jnp.sum(present, dtype=self.count.dtype))
