"""How real data enters a training set: the two conventions that papers mix, as two sources."""

from typing import Any, Literal, get_args

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.states.base import AbstractSource, AbstractState
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key

Mixing = Literal["bernoulli", "stratified"]
MIXINGS: tuple[str, ...] = get_args(Mixing)


class Stratified(AbstractSource):
    """Exactly `num_real` draws from the target, the others from the model.

    Its statistics have the mean of the Bernoulli mixture and a smaller variance.
    """

    target: AbstractState
    state: AbstractState
    num_real: Int[Array, ""]
    exogenous_fraction: Float[Array, ""]

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> AbstractStatistics:
        """Sum of both parts; `num_real` must not exceed `num_samples`, which the schedule table guarantees."""
        real: Any = self.target.draw(self.num_real, key=fold_in(key, Stream.EXOGENOUS))
        return real + self.state.draw(num_samples - self.num_real, key=fold_in(key, Stream.REFIT))

    def expected(self) -> AbstractStatistics:
        """In the population limit both conventions are the same mixture."""
        return self.state.mixed_with(self.target, self.exogenous_fraction).expected()


def mixture(
    target: AbstractState,
    state: AbstractState,
    *,
    exogenous_fraction: Float[Array, ""],
    num_real: Int[Array, ""],
    mixing: Mixing,
    closed: bool,
) -> AbstractSource:
    """Return P'_t, the source of one generation's training set.

    Args:
        target: P.
        state: Q_t.
        exogenous_fraction: alpha_t in [0, 1].
        num_real: real draws of a stratified generation.
        mixing: "bernoulli" (each draw is real with probability alpha_t) or "stratified".
        closed: static promise that alpha is 0 at every generation; then P is never consulted.

    Source: arXiv 2601.05280v2, Eq. (9): P'_t = alpha_t P + (1 - alpha_t) Q_t.
    """
    if closed:
        return state
    if mixing == "bernoulli":
        return state.mixed_with(target, exogenous_fraction)
    return Stratified(target, state, num_real, jnp.asarray(exogenous_fraction))
