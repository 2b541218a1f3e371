"""A physical or symbolic cost that thins out what is improbable under it."""

import functools
from typing import Any

import equinox as eqx
from jaxtyping import Float

from zenil_dynamics.decoders.base import AbstractDecoder
from zenil_dynamics.decoders.exponential_tilt import tilted
from zenil_dynamics.decoders.parameters import positive
from zenil_dynamics.decoders.scores import Quadratic, Score, as_score, check_score
from zenil_dynamics.states import AbstractSource, AbstractState
from zenil_dynamics.types import HostArray


class EnergyFilter(AbstractDecoder):
    """q(x) exp(-E(x) / T) / Z: draws are kept with probability exp(-(E - min E) / T) until there are N_t.

    Attributes:
        energy: E; a list with one number per type, a slope c for E(x) = c x, or `Quadratic` with a positive curvature.
        temperature: T, positive, in units of energy.

    Raises:
        ValueError: an energy that is not finite, a temperature that is not positive, a concave energy.

    Source: Definition (Boltzmann weights).
    """

    energy: Score = eqx.field(converter=functools.partial(as_score, name="energy"))
    temperature: Float[HostArray, ""] = eqx.field(converter=functools.partial(positive, name="temperature"))

    def __check_init__(self):
        if isinstance(self.energy, Quadratic) and self.energy.curvature < 0:
            raise ValueError(
                f"`energy` must not be concave, or its weights may have no finite mass; got curvature "
                f"{self.energy.curvature:g}. Give a positive one."
            )

    def __call__(self, source: Any) -> AbstractSource:
        """Reweight the source."""
        return tilted(self, source, self.energy, -1, self.temperature)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without a closed form, and an energy of another one."""
        check_score(self, self.energy, state, name="energy", normal_only=True)

    def describe(self) -> dict[str, Any]:
        """Name, energy and temperature."""
        return {
            "decoder": "energy_filter",
            "energy": self.energy.describe(),
            "temperature": float(self.temperature),
        }
