"""Who descends from whom, traced from the last training set back to draws of a known law.

Each of the N draws behind Q_T is a lineage. Going back over a generation, a lineage ends as a draw of the target (or,
under smoothing, of the uniform law), or takes one of the N_{t-1} draws before it as its parent; lineages with the same
parent go on as one, whose weight is their sum. Draws are exchangeable, so parents need no names: a uniform number below
the number o of parents found so far is one of them, any other is parent o, found now. That way lineages are distinct
and numbered 0 .. k - 1 after every step, nothing is sorted or looked up, and k falls like 2N / t.

The numbering is sequential in lineages and parallel in replicates: lanes stand side by side, rows are lineages.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Int32, UInt32

from zenil_dynamics.kernels.coalescent.fixed_point import LOW, Bits48, scaled
from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.types import HostArray

_FRESH = np.int32(-1)
_SMOOTHED = np.int32(-2)
_NO_PARENT_TWICE = np.int32(2**31 - 1)

Words = tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]]


class Generations(NamedTuple):
    """Schedules as the genealogy reads them, shape (generations,): row t is the step from t to t + 1.

    Attributes:
        num_samples: N_t.
        num_real: draws of the target among them, in a stratified generation.
        fresh: alpha_t.
        smoothed: share of the uniform law in Q_t.
        num_parents: number of draws that Q_t was fitted to; 0 where it is a given law.
    """

    num_samples: UInt32[HostArray, "*generations"]
    num_real: Int32[HostArray, "*generations"]
    fresh: Bits48
    smoothed: Bits48
    num_parents: UInt32[HostArray, "*generations"]


class Found(NamedTuple):
    """How many there are per lane: living lineages, ended ones, and those that ended in the uniform law."""

    living: Int32[Array, " lanes"]
    fresh: Int32[Array, " lanes"]
    smoothed: Int32[Array, " lanes"]


class Genealogy(eqx.Module):
    """What the tracing needs to know; arrays are traced, the rest is static.

    Attributes:
        generations: the schedules.
        num_lineages: draws behind the last model.
        capacity: rows for living lineages, a multiple of `chunk`; ended ones have as many again.
        chunk: rows computed together.
        steps: generations to go back at most.
        endless: the one row of `generations` holds for all of them.
        ends: lineages may end before generation 0.
        stratified: the number of real draws is fixed.
        smooths: lineages may end in the uniform law.
        wide: some N_t needs more than 16 bits.
    """

    generations: Generations
    num_lineages: Int32[HostArray, ""]
    capacity: int = eqx.field(static=True)
    chunk: int = eqx.field(static=True)
    steps: int = eqx.field(static=True)
    endless: bool = eqx.field(static=True)
    ends: bool = eqx.field(static=True)
    stratified: bool = eqx.field(static=True)
    smooths: bool = eqx.field(static=True)
    wide: bool = eqx.field(static=True)

    @property
    def rows(self) -> int:
        """Living lineages first, then, where some end, ended ones: fresh ones from below, smoothed ones from above."""
        return self.capacity * (2 if self.ends else 1)

    def trace(self, keys: Words) -> tuple[Found, Array, Array]:
        """Go back until every lineage has ended or generation 0 is reached.

        Returns:
            What was found, and weights twice, row after row: the living are those of the first array, an ended
            lineage has its weight in one of the two and 0 in the other.
        """
        lanes = keys[0].shape[0]
        zero = jnp.zeros(lanes, jnp.int32)
        empty = jnp.zeros(self.rows * lanes, jnp.int32)
        present = jnp.arange(self.rows, dtype=jnp.int32)[:, None] < self.num_lineages
        full = jnp.broadcast_to(present, (self.rows, lanes)).astype(jnp.int32).reshape(-1)
        # Two steps a round, from one array to the other and back: an exchange would copy both. An odd number of steps
        # begins on the way back.
        odd = self.steps % 2 == 1
        opening = (empty, full) if odd else (full, empty)
        begin = Found(zero + self.num_lineages, zero, zero)

        def unfinished(carry: tuple[Array, Found, Array, Array]) -> Bool[Array, ""]:
            # One lineage that cannot end leads to one draw, however far back.
            left = jnp.any(carry[1].living > np.int32(0 if self.ends else 1))
            return (carry[0] < 0) | ((carry[0] < self.steps) & left)

        def there_and_back(carry: tuple[Array, Found, Array, Array]) -> tuple[Array, Found, Array, Array]:
            step, found, here, there = carry
            found, there = self._step(keys, step, found, here, there)
            found, here = self._step(keys, step + 1, found, there, here)
            return step + 2, found, here, there

        _, found, here, there = lax.while_loop(
            unfinished, there_and_back, (jnp.int32(-1 if odd else 0), begin, *opening)
        )
        return found, here, there

    def _step(self, keys: Words, step: Array, found: Found, old: Array, new: Array) -> tuple[Found, Array]:
        """Go back over one generation; none is left before step 0."""
        lanes = keys[0].shape[0]
        last = self.generations.num_samples.shape[0] - 1
        index = np.int32(0) if self.endless else jnp.clip(last - step, 0, last)
        row = jax.tree.map(lambda column: jnp.asarray(column)[index], self.generations)
        active = step >= 0
        size = self.chunk * lanes
        num_chunks = jnp.where(active, (jnp.max(found.living) + (self.chunk - 1)) // self.chunk, 0)
        lane = jnp.arange(lanes, dtype=jnp.int32)

        def chunk(index: Array, carry: tuple[Found, Array]) -> tuple[Found, Array]:
            after, new = carry
            lineage = index * self.chunk + jnp.arange(self.chunk, dtype=jnp.int32)
            start = index * size
            weight = lax.dynamic_slice(old, (start,), (size,))
            # Parents of earlier chunks are numbered below this one's, so what stood here is no longer needed.
            new = lax.dynamic_update_slice(new, jnp.zeros(size, jnp.int32), (start,))
            chosen = self._choices(keys, step, row, lineage)

            def one(after: Found, inputs: tuple[Array, tuple[Array, Array | None]]) -> tuple[Found, Array]:
                lineage, chosen = inputs
                after, place = self._place(row, found, after, lineage, *chosen)
                return after, place * np.int32(lanes) + lane

            after, place = lax.scan(one, after, (lineage, chosen))
            return after, new.at[place.reshape(-1)].add(weight, mode="promise_in_bounds")

        begin = Found(jnp.where(active, 0, found.living), found.fresh, found.smoothed)
        return lax.fori_loop(np.int32(0), num_chunks, chunk, (begin, new))

    def _choices(
        self, keys: Words, step: Array, row: Generations, lineage: Int32[Array, " rows"]
    ) -> tuple[Int32[Array, "rows lanes"], Int32[Array, "rows lanes"] | None]:
        """Random choices of some lineages: a parent, or how they end; and a rank among draws of unknown origin."""
        block = jnp.broadcast_to(lineage.astype(jnp.uint32)[:, None], (lineage.shape[0], keys[0].shape[0]))

        def words(tag: int) -> tuple[Array, Array]:
            counter = jnp.broadcast_to(np.uint32(tag) + step.astype(jnp.uint32), block.shape)
            return threefry2x32(keys[0][None], keys[1][None], counter, block)

        first, second = words(Tag.BACKWARD_PARENT)
        # The 16 bits that refine one decision are the least important ones of the other.
        bits = Bits48(second, first & LOW) if self.ends else Bits48(first, second >> np.uint32(16))
        parent = scaled(bits, row.num_parents, wide=self.wide)[0].astype(jnp.int32)
        parent = jnp.where(row.num_parents == 0, _NO_PARENT_TWICE, parent)
        if self.smooths:
            smoothing = words(Tag.BACKWARD_SMOOTH)
            ended = Bits48(smoothing[0], smoothing[1] & LOW).below(row.smoothed)
            parent = jnp.where(ended, _SMOOTHED, parent)
        if not self.ends:
            return parent, None
        bits = Bits48(first, second & LOW)
        if self.stratified:
            return parent, scaled(bits, row.num_samples - block, wide=self.wide)[0].astype(jnp.int32)
        return jnp.where(bits.below(row.fresh), _FRESH, parent), None

    def _place(
        self,
        row: Generations,
        before: Found,
        after: Found,
        lineage: Int32[Array, ""],
        parent: Int32[Array, " lanes"],
        rank: Int32[Array, " lanes"] | None,
    ) -> tuple[Found, Int32[Array, " lanes"]]:
        """Row that the weight of one lineage goes to.

        A stratified lineage is one of the N - i draws that no earlier lineage is, and real if its rank among them is
        below the number of real draws left.
        """
        there = lineage < before.living
        found = there & (parent >= after.living)
        place = jnp.minimum(parent, after.living)
        if not self.ends:
            return after._replace(living=after.living + found.astype(jnp.int32)), place
        fresh = there & (parent == _FRESH)
        if rank is not None:
            fresh = there & (rank < row.num_real - (after.fresh - before.fresh))
            found = found & ~fresh
        place = jnp.where(fresh, self.capacity + after.fresh, place)
        living = after.living + found.astype(jnp.int32)
        smoothed = after.smoothed
        if self.smooths:
            uniform = there & (parent == _SMOOTHED) & ~fresh
            place = jnp.where(uniform, 2 * self.capacity - 1 - after.smoothed, place)
            smoothed = smoothed + uniform.astype(jnp.int32)
        return Found(living, after.fresh + fresh.astype(jnp.int32), smoothed), jnp.where(there, place, 0)
