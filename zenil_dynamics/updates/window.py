"""Train on the last few generations' draws."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

from zenil_dynamics.mixing import TrainingSource
from zenil_dynamics.schedule_table import Row
from zenil_dynamics.states.base import AbstractSource, AbstractState
from zenil_dynamics.statistics import AbstractStatistics
from zenil_dynamics.types import Key
from zenil_dynamics.updates.base import AbstractUpdate
from zenil_dynamics.validate import positive_integer


class Ring(NamedTuple):
    """The last batches, in places that are used in turn.

    Attributes:
        batches: statistics with a leading axis of the window's length.
        place: where the next batch goes.
    """

    batches: Any
    place: Int[Array, ""]


class Window(AbstractUpdate):
    """Keep the draws of the last W generations, drop what is older, and train on their sum.

    Until W generations have been drawn the window holds those that there are. A real sample that Q_0 was fitted to is
    the first batch. W = 1 is `Replace`; a window as long as the run is `Accumulate`.

    Attributes:
        length: W, static.

    Raises:
        ValueError: a length that is not a whole number of at least 1.

    Source: Definition (sliding-window retraining).
    """

    length: int = eqx.field(static=True)

    def __init__(self, length: int):
        self.length = positive_integer(length, name="length")

    def init(self, empty: Any, collected: Any | None, real: AbstractSource, *, key: Key) -> Ring:
        """An empty ring, or one that opens with the collected sample."""
        batches = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (self.length, *jnp.shape(leaf))), empty)
        ring = Ring(batches, jnp.zeros((), jnp.int32))
        return ring if collected is None else _put(ring, collected, self.length)

    def __call__(self, memory: Ring, source: TrainingSource, row: Row, *, key: Key) -> tuple[AbstractStatistics, Ring]:
        """Replace the oldest batch by N_t new draws; train on all that are left."""
        ring = _put(memory, source.draw(row.num_samples, key=key), self.length)
        first = jax.tree.map(lambda leaf: leaf[0], ring.batches)
        rest = jax.tree.map(lambda leaf: leaf[1:], ring.batches)
        return jax.lax.scan(lambda total, batch: (total + batch, None), first, rest)[0], ring

    def set_sizes(self, num_samples: np.ndarray, opened: int) -> np.ndarray:
        """Draws of the last W generations, the opening sample counted as one before the first."""
        batches = np.concatenate([[opened], num_samples])
        sums = np.concatenate([[0], np.cumsum(batches)])
        ends = np.arange(2, batches.size + 1)
        return sums[ends] - sums[np.maximum(ends - self.length, 0)]

    def num_bytes(self, state: AbstractState) -> int:
        """One batch for each generation of the window."""
        return self.length * state.num_bytes

    def describe(self) -> dict[str, Any]:
        """Name and length."""
        return {"update": "window", "length": self.length}


def _put(ring: Ring, batch: Any, length: int) -> Ring:
    batches = jax.tree.map(lambda old, new: old.at[ring.place].set(new), ring.batches, batch)
    return Ring(batches, (ring.place + 1) % length)
