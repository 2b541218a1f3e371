"""Alignment to a reward at a price in divergence."""

import functools
from typing import Any

import equinox as eqx
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.exponential_tilt import tilted
from zenil_dynamics.decoders.families import refused
from zenil_dynamics.decoders.parameters import positive
from zenil_dynamics.decoders.scores import Quadratic, Score, as_score, check_score
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray


class Tilt(AbstractDecoder):
    """The law that maximises E r - beta KL(. || reference): reference(x) exp(r(x) / beta) / Z.

    With the model itself as reference (None) the odds of two types change by exp(gap / beta) in every generation of a
    closed loop; a fixed reference makes the same law in every generation, whatever the model has become.

    Attributes:
        reward: r; a list with one number per type, a slope c for r(x) = c x, or `Quadratic` with a negative curvature.
        kl_weight: beta, positive, in units of the reward per nat.
        reference: a state of the model's family, or None.

    Raises:
        ValueError: a reward that is not finite, a weight that is not positive, a convex reward, another family.

    Source: Gibbs' variational principle. A normal law stays normal: completing the square.
    """

    reward: Score = eqx.field(converter=functools.partial(as_score, name="reward"))
    kl_weight: Float[HostArray, ""] = eqx.field(converter=functools.partial(positive, name="kl_weight"))
    reference: AbstractState | None = None

    def __check_init__(self):
        if isinstance(self.reward, Quadratic) and self.reward.curvature > 0:
            raise ValueError(
                f"`reward` must not be convex, or its tilt may have no finite mass; got curvature "
                f"{self.reward.curvature:g}. Give a negative one."
            )
        if self.reference is not None and not isinstance(self.reference, AbstractState):
            raise ValueError(f"`reference` must be None or a state of the model's family; got {self.reference!r}.")

    def __call__(self, source: Any) -> AbstractSource:
        """Tilt the source, or the reference instead of it."""
        base = source if self.reference is None else self.reference
        return tilted(self, base, self.reward, 1, self.kl_weight)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without a closed form, and a reward or reference of another one."""
        check_score(self, self.reward, state, name="reward", normal_only=True)
        if self.reference is not None:
            if type(self.reference) is not type(state):
                raise refused(self, state, f"its `reference` is a {self.reference.family} one. Give one like it.")
            state.check_pair(self.reference)

    def describe(self) -> dict[str, Any]:
        """Name, reward, weight and reference."""
        return {
            "decoder": "tilt",
            "reward": self.reward.describe(),
            "kl_weight": float(self.kl_weight),
            "reference": "model" if self.reference is None else self.reference.describe(),
        }
