"""A floor under every type."""

import functools
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import categorical, refused, with_probs
from zenil_dynamics.decoders.parameters import share
from zenil_dynamics.states import AbstractSource, AbstractState, Categorical
from zenil_dynamics.types import HostArray


class Smoothing(AbstractDecoder):
    """(1 - epsilon) q + epsilon / K: each draw is uniform over the K types with probability epsilon.

    Attributes:
        uniform_share: epsilon in [0, 1]; 0 is the identity.

    Raises:
        ValueError: a share outside [0, 1].

    Source: Definition. The loop is that of exogenous share 1 - (1 - alpha)(1 - epsilon).
    """

    uniform_share: Float[HostArray, ""] = eqx.field(converter=functools.partial(share, name="uniform_share"))

    def __call__(self, source: Any) -> AbstractSource:
        """Mix a categorical source with the uniform law."""
        probs = categorical(self, source)
        epsilon = jnp.asarray(self.uniform_share, probs.dtype)
        return with_probs(source, (1 - epsilon) * probs + epsilon / probs.shape[-1])

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without a uniform law on their types."""
        if not isinstance(state, Categorical):
            raise refused(self, state, "there is no uniform law on its support. Use Noise on the line.")

    def describe(self) -> dict[str, Any]:
        """Name and share."""
        return {"decoder": "smoothing", "uniform_share": float(self.uniform_share)}
