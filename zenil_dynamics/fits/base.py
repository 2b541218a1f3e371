"""From statistics of a training set to the next state."""

import abc
from typing import Any, ClassVar

import numpy as np

from zenil_dynamics.states.base import AbstractState
from zenil_dynamics.types import Key, Module


class AbstractFit(Module):
    """A rule of estimation.

    Laws: the result has the structure, shapes and dtypes of `previous`; only means and the total of the statistics
    are read, so that infinitely many draws are no special case.

    Attributes:
        reads_totals: the number of draws changes the fit.
    """

    reads_totals: ClassVar[bool] = False

    @abc.abstractmethod
    def __call__(self, statistics: Any, previous: AbstractState, *, key: Key) -> AbstractState:
        """Fit a state of the family of `previous`.

        Args:
            statistics: of at least one draw, or expected ones.
            previous: Q_t, which fixes family and shapes.
            key: for fits that draw; closed-form fits ignore it.
        """

    @abc.abstractmethod
    def check_state(self, state: AbstractState) -> None:
        """Raise a ValueError that says why when this rule has no meaning for the family of `state`."""

    def check_sizes(self, sizes: np.ndarray) -> None:
        """Raise a ValueError that says why when this rule cannot fit a training set of one of these sizes.

        Args:
            sizes: int64, the number of draws in the set that the fit sees, by generation.
        """

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Name and parameters for reports."""
