"""Train on this generation's draws alone."""

from typing import Any

from jaxtyping import Array, Int

from zenil_dynamics.states.base import AbstractSource
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Replace(AbstractUpdate):
    """Forget all earlier data: the policy of arXiv 2601.05280v2, Eq. (1)."""

    def init(self, empty: Any, collected: Any | None) -> None:
        """No memory."""

    def __call__(
        self, memory: None, source: AbstractSource, num_samples: Int[Array, ""], *, key: Key
    ) -> tuple[AbstractStatistics, None]:
        """Draw N_t samples."""
        return source.draw(num_samples, key=key), None

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "replace"}
