"""Estimate the target from mixed data whose share of real draws is known, though not which draws they are."""

from typing import Any, ClassVar, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource, AbstractState, with_article
from zenil_dynamics.statistics import Counts, ExpectedCounts
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Estimate(NamedTuple):
    """The running estimate of the target.

    Attributes:
        estimate: weighted mean of the generations' estimates, shape (support,); its entries sum to 1 and may be
            negative.
        weight: sum of their weights N_t alpha_t^2.
    """

    estimate: Float[Array, " support"]
    weight: Float[Array, ""]


class Debiased(AbstractUpdate):
    """Subtract what the model is known to have contributed, and average over generations.

    X_t = (frequencies - (1 - alpha_t) Q_t) / alpha_t is an unbiased estimate of P given the past; the average weighs it
    by N_t alpha_t^2, which is inverse to its variance up to a factor. Its risk E |average - P|^2 is
    sum_t w_t E(1 - |pi_t|^2) / W^2 <= 1 / sum_t N_t alpha_t^2, with pi_t = alpha_t P + (1 - alpha_t) Q_t.

    That is an expectation over the models that occur; while none is projected it has a closed form.

    The model is the point of the simplex that is nearest to the average: P lies in the simplex, so that this can only
    lower the risk. Generations without real data count nothing. A real sample that Q_0 was fitted to opens the average
    with its own number of draws. Categorical states only; behind decoders Q_t is what they make of the model. In a
    stratified set alpha_t is the share of the whole number of real draws.

    Source: Definition, by the law of total variance; Kanabar and Gastpar (the effective sample size).
    """

    keeps_totals: ClassVar[bool] = False

    def init(self, empty: Counts, collected: Counts | None, real: AbstractSource, *, key: Key) -> Estimate:
        """Nothing, or the opening sample."""
        dtype = jnp.result_type(float)
        if collected is None:
            return Estimate(jnp.zeros(empty.counts.shape, dtype), jnp.zeros((), dtype))
        return Estimate(collected.frequencies, collected.total.astype(dtype))

    def __call__(
        self, memory: Estimate, source: TrainingSource, row: Row, *, key: Key
    ) -> tuple[ExpectedCounts, Estimate]:
        """Average in this generation's estimate."""
        model = source.synthetic.expected().frequencies
        frequencies = source.draw(row.num_samples, key=key).frequencies
        share = source.real_share
        number = jnp.asarray(row.num_samples).astype(frequencies.dtype)
        # alpha^2 X_t, which stays finite where there is no real data.
        scaled = share * (frequencies - (1 - share) * model)
        weight = memory.weight + number * share * share
        heavy = jnp.where(weight > 0, weight, jnp.ones_like(weight))
        estimate = jnp.where(weight > 0, (memory.weight * memory.estimate + number * scaled) / heavy, memory.estimate)
        # Before the first real draw there is nothing but the model itself.
        nearest = jnp.where(weight > 0, nearest_on_simplex(estimate), model)
        return ExpectedCounts(nearest), Estimate(estimate, weight)

    def check_state(self, state: AbstractState) -> None:
        """Refuse families without types."""
        if not isinstance(state.empty, Counts):
            raise ValueError(
                f"`update` Debiased subtracts frequencies of types and has no meaning for {with_article(state.family)} "
                "state."
            )

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "debiased"}


def nearest_on_simplex(point: Float[Array, " support"]) -> Float[Array, " support"]:
    """The nearest point of the simplex in Euclidean distance.

    Its entries are max(x_i - tau, 0), with tau such that they sum to 1.

    Args:
        point: shape (support,).

    Returns:
        Probabilities, summing to 1 up to rounding.

    Source: Held, Wolfe and Crowder, "Validation of subgradient optimization", Math. Programming 6 (1974).
    """
    ordered = jnp.sort(point)[::-1]
    places = jnp.asarray(np.arange(1, point.shape[0] + 1)).astype(point.dtype)
    thresholds = (jnp.cumsum(ordered) - 1) / places
    kept = jnp.sum(ordered > thresholds)
    return jnp.maximum(point - thresholds[kept - 1], jnp.zeros_like(point))
