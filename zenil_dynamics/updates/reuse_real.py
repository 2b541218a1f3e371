"""Train on this generation's draws beside one real sample that never changes."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.schedule_table import Row, ScheduleTable
from zenil_dynamics.states.base import AbstractSource, AbstractState, with_article
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate
from zenil_dynamics.validate import positive_integer


class ReuseReal(AbstractUpdate):
    """Keep one real sample of R draws; each training set of N_t holds it and N_t - R draws of the model.

    Where Q_0 was fitted to a real sample, that sample is the one that is kept and must have R draws; else R draws of
    the target are taken before the first generation. No real draw is ever fresh: alpha_t must be 0.

    Attributes:
        num_real: R, static.

    Raises:
        ValueError: a number that is not whole and at least 1.

    Source: Seddik et al., arXiv 2404.05090 (partially synthetic training); Alemohammad et al., arXiv 2307.01850
    (synthetic augmentation loop).
    """

    num_real: int = eqx.field(static=True)

    def __init__(self, num_real: int):
        self.num_real = positive_integer(num_real, name="num_real")

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> Any:
        """The real sample."""
        if collected is not None:
            return collected
        return real.draw(jnp.asarray(self.num_real, jnp.int32), key=fold_in(key, Stream.INITIAL))

    def __call__(self, memory: Any, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, Any]:
        """Add N_t - R draws of the model to the real sample."""
        return memory + source.draw(row.num_samples - self.num_real, key=key), memory

    def check_state(self, state: AbstractState) -> None:
        """Refuse families whose real and synthetic draws do not add."""
        if state.one_source:
            raise ValueError(
                f"`update` ReuseReal adds draws of the model to real ones, and the design of "
                f"{with_article(state.family)} state belongs to one of them. Use LinearModel."
            )

    def check_opening(self, opened: int, state: AbstractState) -> None:
        """The sample that Q_0 was fitted to is the one that is kept."""
        if opened and opened != self.num_real:
            raise ValueError(
                f"`update` ReuseReal keeps {self.num_real} real draws, and `initial` was estimated from {opened}. "
                "Give both the same number."
            )

    def check_table(self, table: ScheduleTable) -> None:
        """The real sample must fit into every set, and stay the only real data."""
        if np.any(table.exogenous_fraction > 0):
            raise ValueError("`update` ReuseReal has no fresh real draws. Set `exogenous_fraction` to 0.")
        small = np.flatnonzero(table.num_samples < self.num_real)
        if small.size:
            raise ValueError(
                f"`num_samples` counts the {self.num_real} reused real draws and must not be below them; got "
                f"{table.num_samples[small[0]]} at generation {small[0]}."
            )

    def describe(self) -> dict[str, Any]:
        """Name and size of the real sample."""
        return {"update": "reuse", "num_real": self.num_real}
