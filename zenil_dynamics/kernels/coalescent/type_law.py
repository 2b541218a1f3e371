"""A law on types as an alias table with 32-bit thresholds."""

from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int32, UInt32

from zenil_dynamics.kernels.coalescent.fixed_point import LOW, NARROW_RANGE, Bits48, scaled
from zenil_dynamics.types import HostArray

_RESOLUTION = 1 << 32


class TypeLaw(eqx.Module):
    """Type k: a uniform column, kept when the fraction of the same number lies below its threshold, else its alias.

    Rounding thresholds to 2^-32 moves the law by at most 2^-33 in total variation, the 48 bits by support 2^-48 more;
    a type of probability 0 is never drawn.

    Attributes:
        threshold: share of a column that its own type keeps, in units of 2^-32; shape (support,).
        alias: type of the rest; shape (support,).
    """

    threshold: UInt32[HostArray, " support"]
    alias: Int32[HostArray, " support"]

    @classmethod
    def of(cls, probs: np.ndarray) -> Self:
        """Tabulate a law; `probs` is float64 and sums to 1.

        Source: Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE TSE 17 (1991).
        """
        support = probs.shape[0]
        left = (probs * support).tolist()
        threshold = np.zeros(support, np.uint32)
        alias = np.arange(support, dtype=np.int32)
        small = [column for column in range(support) if left[column] < 1]
        large = [column for column in range(support) if left[column] >= 1]
        while small and large:
            taker, giver = small.pop(), large[-1]
            threshold[taker] = min(int(left[taker] * _RESOLUTION + 0.5), _RESOLUTION - 1)
            alias[taker] = giver
            left[giver] -= 1 - left[taker]
            if left[giver] < 1:
                small.append(large.pop())
        # What is left over is full up to rounding, unless its type is impossible: then rounding must not revive it.
        likeliest = int(np.argmax(probs))
        for column in small:
            alias[column] = column if probs[column] > 0 else likeliest
        return cls(threshold, alias)

    def draw(self, first: UInt32[Array, " draws"], second: UInt32[Array, " draws"]) -> Int32[Array, " draws"]:
        """Types, one for each pair of random words; the words are consumed."""
        support = self.alias.shape[0]
        column, fraction = scaled(Bits48(first, second & LOW), np.uint32(support), wide=support >= NARROW_RANGE)
        # Look-ups are scalar code on a CPU and would take the random words along: joining them ends the vector loop.
        joined = jnp.concatenate([column, fraction])
        column, fraction = joined[: column.shape[0]].astype(jnp.int32), joined[column.shape[0] :]
        kept = fraction < _at(self.threshold, column)
        return jnp.where(kept, column, _at(self.alias, column))


def _at(table: HostArray, index: Int32[Array, " draws"]) -> jax.Array:
    """Entries at indices that are in range."""
    return jnp.asarray(table).at[index].get(mode="promise_in_bounds")
