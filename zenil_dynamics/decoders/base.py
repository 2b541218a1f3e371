"""What stands between a model and its synthetic data."""

import abc
from typing import Any

import equinox as eqx

from zenil_dynamics.states.base import AbstractSource, AbstractState


class AbstractDecoder(eqx.Module):
    """A map from a source of draws to another one: what is generated is not what was fitted.

    Laws: decoding a state's own family leaves its kind of statistics as it is; a decoder that does nothing (temperature
    1, a verifier that accepts all) returns the same law.
    """

    # Equinox would make a module of every method that is called: 15 microseconds each time.
    __getattribute__ = object.__getattribute__

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
