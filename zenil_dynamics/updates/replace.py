"""Train on this generation's draws alone."""

from typing import Any

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Replace(AbstractUpdate):
    """Forget all earlier data: the policy of arXiv 2601.05280v2, Eq. (1)."""

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> None:
        """No memory."""

    def __call__(self, memory: None, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, None]:
        """Draw N_t samples."""
        return source.draw(row.num_samples, key=key), None

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "replace"}
