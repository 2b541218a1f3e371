"""What stands between a model and its synthetic data."""

import abc
from typing import Any

from zenil_dynamics.states.base import AbstractSource, AbstractState
from zenil_dynamics.types import Module


class AbstractDecoder(Module):
    """A map from a source of draws to another one: what is generated is not what was fitted.

    Laws: decoding a state's own family leaves its kind of statistics as it is; a decoder that does nothing (temperature
    1, a verifier that accepts all) returns the same law.
    """

    @abc.abstractmethod
    def __call__(self, source: Any) -> AbstractSource:
        """Return the decoded source.

        Args:
            source: a state, or what another decoder made of it.
        """

    @abc.abstractmethod
    def check_state(self, state: AbstractState) -> None:
        """Raise a ValueError that says why when this decoder has no meaning for the family of `state`."""

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Name and parameters for reports."""
