"""How real data enters a training set: the two conventions that papers mix."""

from typing import Any, Literal, get_args

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics.random import Stream, fold_in
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource
from zenil_dynamics.types import Key

Mixing = Literal["bernoulli", "stratified"]
MIXINGS: tuple[str, ...] = get_args(Mixing)


class TrainingSource(AbstractSource):
    """P'_t = alpha_t P + (1 - alpha_t) Q_t, the source of one generation's training set.

    A stratified set holds exactly `row.num_real` draws of the target: its statistics have the mean of the Bernoulli
    mixture and a smaller variance.

    Attributes:
        real: P, as the model's family reads it.
        synthetic: Q_t, as its decoders leave it.
        row: N_t, alpha_t in [0, 1] and the number of real draws.
        mixing: static; "bernoulli" (each draw is real with probability alpha_t) or "stratified".
        closed: static promise that alpha is 0 at every generation; then P is never consulted.

    Source: arXiv 2601.05280v2, Eq. (9).
    """

    real: AbstractSource
    synthetic: AbstractSource
    row: Row
    mixing: Mixing = eqx.field(static=True)
    closed: bool = eqx.field(static=True)

    @property
    def real_share(self) -> Float[Array, ""]:
        """Expected share of real draws in a set of N_t: alpha_t, or what rounding to whole draws makes of it."""
        dtype = jnp.result_type(float)
        if self.mixing == "bernoulli":
            return jnp.asarray(self.row.exogenous_fraction, dtype)
        return jnp.asarray(self.row.num_real).astype(dtype) / jnp.asarray(self.row.num_samples).astype(dtype)

    def draw(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """A training set of `num_samples` draws.

        Stratified sets have as many real draws as the schedule says; `num_samples` must not be less, and the schedule
        table sees to that for N_t.
        """
        if self.closed:
            return self.synthetic.draw(num_samples, key=key)
        if self.mixing == "bernoulli":
            return self._mixture().draw(num_samples, key=key)
        return self.real_part(self.row.num_real, key=key) + self.synthetic_part(
            num_samples - self.row.num_real, key=key
        )

    def real_part(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Draws of the target alone, from their own stream."""
        return self.real.draw(num_samples, key=fold_in(key, Stream.EXOGENOUS))

    def synthetic_part(self, num_samples: Int[Array, ""], *, key: Key) -> Any:
        """Draws of the model alone, from their own stream."""
        return self.synthetic.draw(num_samples, key=fold_in(key, Stream.REFIT))

    def expected(self) -> Any:
        """In the population limit both conventions are the same mixture."""
        return self.synthetic.expected() if self.closed else self._mixture().expected()

    def sample(self, num_items: int, *, key: Key) -> Any:
        """Single draws of the training set, the real ones of a stratified set first.

        Raises:
            ValueError: a source without single draws.
        """
        if self.closed:
            return self.synthetic.sample(num_items, key=key)
        if self.mixing == "bernoulli":
            return self._mixture().sample(num_items, key=key)
        return _first_real(self, num_items, key=key)

    def _mixture(self) -> AbstractSource:
        return self.synthetic.mixed_with(self.real, self.row.exogenous_fraction)


def _first_real(source: TrainingSource, num_items: int, *, key: Key) -> Any:
    """Items 0 .. num_real - 1 from the target, the others from the model."""
    real = source.real.sample(num_items, key=fold_in(key, Stream.EXOGENOUS))
    synthetic = source.synthetic.sample(num_items, key=fold_in(key, Stream.REFIT))
    chosen = jnp.arange(num_items, dtype=jnp.int32) < source.row.num_real
    return jnp.where(chosen.reshape((-1,) + (1,) * (real.ndim - 1)), real, synthetic)
