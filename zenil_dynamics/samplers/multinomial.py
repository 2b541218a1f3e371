"""Multinomial counts by binary splitting: a tree of binomials, one level after the other."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Int32

from zenil_dynamics import random
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.binomial import draw as draw_binomials
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key


def multinomial(
    num_trials: Int[Array, ""], weights: Float[Array, " support"], *, key: Key
) -> Int32[Array, " support"]:
    """Counts of `num_trials` draws from the law proportional to `weights`; they sum to `num_trials` exactly."""
    weights = jnp.asarray(weights)
    support = weights.shape[0]
    depth = max(support - 1, 0).bit_length()
    leaves = two_float.from_float(jnp.pad(weights, (0, 2**depth - support)))
    sums = [leaves]
    for _ in range(depth):
        below = sums[-1]
        sums.append(
            two_float.add(TwoFloat(below.high[0::2], below.low[0::2]), TwoFloat(below.high[1::2], below.low[1::2]))
        )
    key_0, key_1 = random.words(key)
    counts = jnp.asarray(num_trials).astype(jnp.int32)[None]
    for level in range(depth):
        below = sums[depth - 1 - level]
        left = TwoFloat(below.high[0::2], below.low[0::2])
        right = TwoFloat(below.high[1::2], below.low[1::2])
        node = random.counters(counts.shape, 2**level)
        taken = draw_binomials(counts, left, right, key_0, key_1, node)
        counts = jnp.stack([taken, counts - taken], axis=-1).reshape(-1)
    return counts[:support]
