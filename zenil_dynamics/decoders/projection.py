"""What a symbolic constraint allows."""

import functools
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Bool

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.families import check_support, reweighted
from zenil_dynamics.decoders.parameters import mask, short
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray


class Projection(AbstractDecoder):
    """q given an allowed set of types, the closest law to q on that set: argmin of KL(p || q) over p on the set.

    A model without mass on the set is left as it is: nothing that it can say is allowed.

    Attributes:
        allowed: one truth value per type, True for at least one.

    Raises:
        ValueError: not one truth value per type, or nothing allowed.

    Source: Definition (information projection on a set is conditioning).
    """

    allowed: Bool[HostArray, " support"] = eqx.field(converter=functools.partial(mask, name="allowed"))

    def __check_init__(self):
        if not np.any(self.allowed):
            raise ValueError("`allowed` must hold for at least one type; got none. Allow a type.")

    def __call__(self, source: Any) -> AbstractSource:
        """Condition a categorical source on the allowed types."""
        return reweighted(self, source, self.allowed)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types, or with another number of them."""
        check_support(self, state, self.allowed.size, "allowed")

    def describe(self) -> dict[str, Any]:
        """Name and set."""
        return {"decoder": "projection", "allowed": short(np.asarray(self.allowed).astype(int))}
