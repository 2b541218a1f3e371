"""Train on fresh real and synthetic draws with weights that are not their numbers."""

import functools
from typing import Any, ClassVar

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row, ScheduleTable
from zenil_dynamics.states.base import AbstractSource, AbstractState, with_article
from zenil_dynamics.statistics import AbstractStatistics, Maximum, Particles
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate
from zenil_dynamics.validate import finite_number


class Weighted(AbstractUpdate):
    """Fit w times the empirical measure of the real draws plus 1 - w times that of the synthetic ones.

    Of N_t draws floor(alpha_t N_t + 1/2) are real, as in stratified mixing, but they count w together, whatever their
    number. For large equal numbers the stationary variance of a mean is least at w = (sqrt(5) - 1) / 2, the inverse of
    the golden ratio.

    Attributes:
        weight: w in [0, 1], of the real part.

    Raises:
        ValueError: a weight outside [0, 1].

    Source: He, Xu and Cheng, arXiv 2502.18049 (the setting).
    """

    keeps_totals: ClassVar[bool] = False

    weight: Float[Array, ""] = eqx.field(converter=functools.partial(finite_number, name="weight"))

    def __check_init__(self):
        if not 0 <= self.weight <= 1:
            raise ValueError(f"`weight` must lie in [0, 1]; got {self.weight}.")

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> None:
        """No memory."""

    def __call__(self, memory: None, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, None]:
        """Weigh both parts as if they were infinitely large, so that their numbers play no part."""
        real = source.real_part(row.num_real, key=key).as_expected()
        synthetic = source.synthetic_part(row.num_samples - row.num_real, key=key).as_expected()
        return synthetic.mixed_with(real, self.weight), None

    def check_state(self, state: AbstractState) -> None:
        """Refuse families that are fitted to the draws themselves, or to the largest of them."""
        if isinstance(state.empty, Maximum):
            raise ValueError(
                f"`update` Weighted weighs means, and the largest draw of {with_article(state.family)} state has no "
                "weight. Use another update."
            )
        if isinstance(state.empty, Particles):
            raise ValueError(
                f"`update` Weighted weighs means, and {with_article(state.family)} state is fitted to the draws "
                "themselves. Use another update."
            )

    def check_table(self, table: ScheduleTable) -> None:
        """Both parts must have draws."""
        empty = np.flatnonzero((table.num_real < 1) | (table.num_real >= table.num_samples))
        if empty.size:
            where = empty[0]
            raise ValueError(
                f"`update` Weighted needs real and synthetic draws at every generation; generation {where} has "
                f"{table.num_real[where]} real ones of {table.num_samples[where]}. Change `exogenous_fraction`."
            )

    def describe(self) -> dict[str, Any]:
        """Name and weight."""
        return {"update": "weighted", "weight": float(np.asarray(self.weight))}
