"""Sharper or flatter than the model."""

import functools
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import (
    categorical,
    has_spread,
    normalised,
    refused,
    rescaled,
    with_probs,
)
from zenil_dynamics.decoders.parameters import positive
from zenil_dynamics.states import AbstractSource, AbstractState, Categorical
from zenil_dynamics.types import HostArray


class Temperature(AbstractDecoder):
    """Density proportional to q^(1/tau): q_i^(1/tau) / sum_j q_j^(1/tau); N(m, tau v) for a normal N(m, v).

    Types of probability 0 stay there. Powers below the least float of the dtype (1e-38 in float32) count as 0.

    Attributes:
        temperature: tau, positive; below 1 it sharpens, above 1 it flattens, 1 is the identity.

    Raises:
        ValueError: a temperature that is not positive and finite.

    Source: Definition (softmax of log-probabilities divided by tau).
    """

    temperature: Float[HostArray, ""] = eqx.field(converter=functools.partial(positive, name="temperature"))

    def __call__(self, source: Any) -> AbstractSource:
        """Temper a categorical or normal source."""
        if has_spread(source):
            return rescaled(self, source, self.temperature)
        probs = categorical(self, source)
        # Ratios to the largest type cannot overflow.
        ratios = jnp.where(probs > 0, probs / jnp.max(probs), jnp.ones_like(probs))
        powers = jnp.exp(jnp.log(ratios) / jnp.asarray(self.temperature, probs.dtype))
        return with_probs(source, normalised(jnp.where(probs > 0, powers, jnp.zeros_like(probs))))

    def check_state(self, state: AbstractState) -> None:
        """Refuse families whose powers are no law of the family."""
        if not isinstance(state, Categorical) and not has_spread(state):
            raise refused(self, state, "powers of its density have no closed form here.")

    def describe(self) -> dict[str, Any]:
        """Name and temperature."""
        return {"decoder": "temperature", "temperature": float(self.temperature)}
