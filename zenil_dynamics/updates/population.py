"""Train on infinitely many draws: the deterministic limit."""

from typing import Any

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource, AbstractState, with_article
from zenil_dynamics.statistics import AbstractStatistics, Particles
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Population(AbstractUpdate):
    """Fit the mixture itself: arXiv 2601.05280v2, Eq. (10), reading R1. N_t plays no part."""

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> None:
        """No memory."""

    def __call__(self, memory: None, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, None]:
        """Take the expected statistics."""
        return source.expected(), None

    def check_state(self, state: AbstractState) -> None:
        """Refuse families that are fitted to the draws themselves."""
        if isinstance(state.empty, Particles):
            raise ValueError(
                f"`update` Population needs a set of infinitely many draws, and {with_article(state.family)} state has "
                "no form for it. Use an update that draws."
            )

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "population"}
