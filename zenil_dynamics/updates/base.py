"""Data policies: which statistics enter the next fit."""

import abc
from typing import Any

import equinox as eqx
from jaxtyping import Array, Int

from zenil_dynamics.states.base import AbstractSource
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key


class AbstractUpdate(eqx.Module):
    """A rule with a memory, called once a generation.

    Laws: the memory keeps its structure, shapes and dtypes; the same key makes the same draws.
    """

    @abc.abstractmethod
    def init(self, empty: Any, collected: Any | None) -> Any:
        """Return the memory before the first step.

        Args:
            empty: statistics of no draw, a template of shapes and dtypes.
            collected: statistics of the real sample that the initial state was fitted to, or None.
        """

    @abc.abstractmethod
    def __call__(
        self, memory: Any, source: AbstractSource, num_samples: Int[Array, ""], *, key: Key
    ) -> tuple[AbstractStatistics, Any]:
        """Return the statistics that the next fit sees, and the new memory.

        Args:
            memory: from `init` or the previous call.
            source: P'_t.
            num_samples: N_t.
            key: consumed.
        """

    @abc.abstractmethod
    def describe(self) -> dict[str, Any]:
        """Name and parameters for reports."""
