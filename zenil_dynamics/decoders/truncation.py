"""Only the most probable types: a number of them, or as many as hold a given mass."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import categorical, refused, reweighted
from zenil_dynamics.decoders.parameters import positive
from zenil_dynamics.decoders.thresholds import earlier_equals, least_value
from zenil_dynamics.states import AbstractSource, AbstractState, Categorical
from zenil_dynamics.types import HostArray
from zenil_dynamics.validate import positive_integer

_RESOLUTION = 2.0**-20
"""Relative distance below which partial sums of float32 probabilities are not told apart."""


class TopK(AbstractDecoder):
    """q given the k most probable types; equal ones rank by index, the smaller index first.

    Attributes:
        num_kept: static; k, at least 1; from K on the identity.

    Raises:
        ValueError: not a whole number of at least 1.

    Source: Definition; Fan et al., arXiv 1805.04833 (the decoder).
    """

    num_kept: int = eqx.field(static=True)

    def __init__(self, num_kept: int):
        self.num_kept = positive_integer(num_kept, name="num_kept")

    def __call__(self, source: Any) -> AbstractSource:
        """Condition a categorical source on its most probable types."""
        probs = categorical(self, source)
        if self.num_kept >= probs.shape[0]:
            return source
        # The least kept value is the least one that leaves fewer than k types above it.
        ones, zeros = jnp.ones_like(probs), jnp.zeros_like(probs)
        least = least_value(probs, lambda upto: jnp.sum(jnp.where(upto, zeros, ones)) < self.num_kept)
        above, equal = probs > least, probs == least
        vacant = self.num_kept - jnp.sum(above, dtype=jnp.int32)
        return reweighted(self, source, above | (equal & (earlier_equals(equal) < vacant)))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types."""
        _check_types(self, state)

    def describe(self) -> dict[str, Any]:
        """Name and number of types."""
        return {"decoder": "top_k", "num_kept": self.num_kept}


class Nucleus(AbstractDecoder):
    """q given the fewest types that together have at least mass p; equal ones rank by index, the smaller index first.

    The r-th type is kept if it and all that follow it weigh more than 1 - p. Sums within 2^-20 of 1 - p, relatively,
    count as equal to it: otherwise rounding would decide where p is a multiple of 1/N, as frequencies are.

    Attributes:
        mass: p in (0, 1]; 1 is the identity.
        rest: 1 - p, subtracted in float64.

    Raises:
        ValueError: a mass outside (0, 1].

    Source: Definition; Holtzman et al., arXiv 1904.09751 (the decoder, top-p).
    """

    mass: Float[HostArray, ""]
    rest: Float[HostArray, ""]

    def __init__(self, mass: float):
        self.mass = positive(mass, name="mass")
        if self.mass > 1:
            raise ValueError(f"`mass` must lie in (0, 1]; got {self.mass:g}. Give a share of the probability.")
        self.rest = np.asarray(1 - self.mass)

    def __call__(self, source: Any) -> AbstractSource:
        """Condition a categorical source on its nucleus."""
        return reweighted(self, source, self._kept(categorical(self, source)))

    def _kept(self, probs: Float[Array, " support"]) -> Bool[Array, " support"]:
        rest = jnp.asarray(self.rest, probs.dtype) * (1 + _RESOLUTION)

        # Sums from the rare end, which keep their digits where p is near 1.
        def mass(types: Bool[Array, " support"]) -> Float[Array, ""]:
            return jnp.sum(jnp.where(types, probs, jnp.zeros_like(probs)))

        least = least_value(probs, lambda upto: mass(upto) > rest)
        equal = probs == least
        following = mass(probs <= least) - earlier_equals(equal).astype(probs.dtype) * probs
        first = jnp.arange(probs.shape[0]) == jnp.argmax(probs)
        return first | (probs > least) | (equal & (following > rest))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types."""
        _check_types(self, state)

    def describe(self) -> dict[str, Any]:
        """Name and mass."""
        return {"decoder": "nucleus", "mass": float(self.mass)}


def _check_types(decoder: AbstractDecoder, state: AbstractState) -> None:
    if not isinstance(state, Categorical):
        raise refused(decoder, state, "it ranks types, which only a categorical one has.")
