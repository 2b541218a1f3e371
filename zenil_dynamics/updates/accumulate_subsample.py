"""Keep everything, and train on a part of it that is drawn without replacement."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from zenil_dynamics import samplers
from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.random import Stream, fold_in, pairs
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource, AbstractState, with_article
from zenil_dynamics.statistics import AbstractStatistics, Counts
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate


class Items(NamedTuple):
    """Single draws, and what their statistics look like.

    Attributes:
        values: shape (capacity, *event); the first `count` are draws.
        count: how many there are.
        empty: statistics of no draw.
    """

    values: Array
    count: Int[Array, ""]
    empty: Any


class AccumulateSubsample(AbstractUpdate):
    """Add N_t draws to a pool that forgets nothing; fit N_t draws of the pool, without replacement.

    The cost of a fit stays that of `Replace`, while the pool is that of `Accumulate`. Categorical pools are counts and
    are thinned by a multivariate hypergeometric draw; others keep every draw, so that memory grows with sum N_t. When
    Q_0 was fitted to a real sample, that sample opens the pool.

    Attributes:
        capacity: static; places of a pool of single draws, taken from the schedule.
        largest: static; largest N_t.

    Source: Kazdan et al., arXiv 2410.16713 (accumulate-subsample).
    """

    capacity: int | None = eqx.field(static=True, default=None)
    largest: int | None = eqx.field(static=True, default=None)

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> Any:
        """The pool."""
        if isinstance(empty, Counts):
            return empty if collected is None else collected
        assert self.capacity is not None  # `sized` has been called.
        assert self.largest is not None
        like = jax.eval_shape(lambda: real.sample(1, key=key))
        values = jnp.zeros((self.capacity + self.largest, *like.shape[1:]), like.dtype)
        return Items(values, jnp.zeros((), jnp.int32), empty)

    def __call__(self, memory: Any, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, Any]:
        """Enlarge the pool, then take N_t draws of it."""
        thinning = fold_in(key, Stream.THIN)
        if isinstance(memory, Counts):
            pool = memory + source.draw(row.num_samples, key=key)
            return Counts(samplers.multivariate_hypergeometric(pool.counts, row.num_samples, key=thinning)), pool
        assert self.largest is not None
        fresh = source.sample(self.largest, key=key)
        # What lies behind the first N_t of them is overwritten by the next generation, or never counted.
        start = (memory.count, *(jnp.zeros((), jnp.int32) for _ in fresh.shape[1:]))
        values = jax.lax.dynamic_update_slice(memory.values, fresh, start)
        pool = Items(values, memory.count + row.num_samples, memory.empty)
        return _without_replacement(pool, row.num_samples, self.largest, key=thinning), pool

    def check_state(self, state: AbstractState) -> None:
        """Refuse families whose draws cannot be taken one by one."""
        if not isinstance(state.empty, Counts) and type(state).sample is AbstractSource.sample:
            raise ValueError(
                f"`update` AccumulateSubsample draws single items of its pool, and {with_article(state.family)} state "
                "has none."
            )

    def check_opening(self, opened: int, state: AbstractState) -> None:
        """Of an opening sample nothing but statistics is known, which only counts can be thinned from."""
        if opened and not isinstance(state.empty, Counts):
            raise ValueError(
                f"`update` AccumulateSubsample keeps single draws of {with_article(state.family)} state, and those of "
                "an estimated `initial` are not kept. Give `initial` a state, or None."
            )

    def num_bytes(self, state: AbstractState) -> int:
        """Counts, or every single draw, and the words that order them."""
        if isinstance(state.empty, Counts) or self.capacity is None or self.largest is None:
            return state.num_bytes
        # Shapes alone: nothing is drawn.
        item = jax.eval_shape(lambda: state.sample(1, key=jax.random.key(0, impl="threefry2x32")))
        return (24 + 8 * item.size) * (self.capacity + self.largest)

    def sized(self, num_samples: np.ndarray, opened: int) -> "AccumulateSubsample":
        """A pool for all draws of the schedule."""
        return AccumulateSubsample(int(num_samples.sum()), int(num_samples.max(initial=1)))

    def pool_sizes(self, num_samples: np.ndarray, opened: int) -> np.ndarray:
        """The pool grows by every generation's draws."""
        return opened + np.cumsum(num_samples)

    def describe(self) -> dict[str, Any]:
        """Name."""
        return {"update": "subsample"}


def _without_replacement(pool: Items, num_samples: Int[Array, ""], largest: int, *, key: Key) -> Any:
    """Statistics of the items with the smallest of independent random words, two words each against ties."""
    capacity = pool.values.shape[0]
    first, second = pairs(key, (capacity,))
    absent = (jnp.arange(capacity, dtype=jnp.int32) >= pool.count).astype(jnp.int32)
    places = jnp.arange(capacity, dtype=jnp.int32)
    order = jax.lax.sort((absent, first, second, places), num_keys=3)[3][:largest]
    present = jnp.arange(largest, dtype=jnp.int32) < num_samples
    return pool.empty.including(pool.values[order], present)
