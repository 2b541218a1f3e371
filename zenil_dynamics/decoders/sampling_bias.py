"""Samples closer to the mode than the model's, preferred for their quality."""

import functools
from typing import Any

import equinox as eqx
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import has_spread, refused, rescaled
from zenil_dynamics.decoders.parameters import positive
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray


class SamplingBias(AbstractDecoder):
    """N(m, lambda v) instead of N(m, v), in any dimension.

    A closed loop has E variance_t = (lambda (N - 1) / d)^t, d the divisor of the fit.

    Attributes:
        bias: lambda, positive; 1 is unbiased sampling, smaller ones trade diversity for quality.

    Raises:
        ValueError: a bias that is not positive and finite.

    Source: Alemohammad et al., arXiv 2307.01850 (self-consuming loops with sampling bias).
    """

    bias: Float[HostArray, ""] = eqx.field(converter=functools.partial(positive, name="bias"))

    def __call__(self, source: Any) -> AbstractSource:
        """Shrink the variance of a normal source."""
        return rescaled(self, source, self.bias)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without a variance of their own."""
        if not has_spread(state):
            raise refused(self, state, "it scales the variance of a normal law. Use Temperature for types.")

    def describe(self) -> dict[str, Any]:
        """Name and bias."""
        return {"decoder": "sampling_bias", "bias": float(self.bias)}
