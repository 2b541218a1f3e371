"""Multinomial counts by conditional binomials, category after category.

Category i takes Binomial(left, w_i / (w_i + w_(i+1) + ...)) of the trials that are left. The weight of what follows is
needed with full relative precision down to the last category. So the weights are first put on a common grid of
integers, where the rest is obtained by exact subtraction: it is 0 exactly when no positive weight follows, and then
the binomial takes all that is left. The counts therefore sum to the number of trials in every draw, and a weight of 0
is never drawn.

One category of all lanes at a time, because neighbouring categories of unequal size would make each other wait: the
cost of a binomial depends on its mean, which is alike in all lanes but not in all categories.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers import weight_grid
from zenil_dynamics.samplers.binomial import draw as draw_binomials
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes, any_leading_axes
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key


def multinomial(
    num_trials: Int[Array, ""], weights: Float[Array, " support"] | Int[Array, " support"], *, key: Key
) -> Int32[Array, " support"]:
    """Counts of independent draws from the law proportional to `weights`; their sum is `num_trials` exactly.

    Each of the support - 1 conditional binomials is within 2^-20 in total variation of its exact law. Weights below
    2^-(62 - 2 log2 support) of the largest count as 0.

    Args:
        num_trials: n in [0, 2^31), traced; a negative one counts as 0.
        weights: at least 0, finite, not normalised, the largest at least 2^-126; or integers of sum below 2^31, which
            are taken exactly. If all are 0, the last category gets everything.
        key: consumed.

    Returns:
        int32 counts.

    Raises:
        ValueError: `key` is not a typed threefry key, or `weights` is not a vector (while tracing).

    Law: tests/samplers/test_multinomial.py.
    Source: Devroye, Non-Uniform Random Variate Generation (1986), section XI.1.4 (conditional distributions).
    """
    weights = jnp.asarray(weights)
    if weights.ndim != 1 or weights.shape[0] == 0:
        raise ValueError(f"`weights` must be a vector of one weight or more; got shape {weights.shape}. Use vmap.")
    trials = jnp.maximum(jnp.asarray(num_trials).astype(jnp.int32), 0)
    return _multinomial(trials, weights, *random.words(key))


@any_leading_axes
def _multinomial(
    num_trials: Int32[Array, "*lanes"],
    weights: Float[Array, "*lanes support"] | Int[Array, "*lanes support"],
    key_0: UInt32[Array, "*lanes"],
    key_1: UInt32[Array, "*lanes"],
) -> Int32[Array, "*lanes support"]:
    """All lanes at once: a scan over the support, its carry what is left and the weight of what follows."""
    support = weights.shape[-1]
    low_bits = weight_grid.low_bits_of(support)
    high, low = _on_grid(jnp.moveaxis(weights, -1, 0), low_bits)
    rest = weight_grid.carry(jnp.sum(high, axis=0, dtype=jnp.int32), jnp.sum(low, axis=0, dtype=jnp.int32), low_bits)

    def category(
        carry: tuple[Array, Array, Array], row: tuple[Array, Array, Array]
    ) -> tuple[tuple[Array, Array, Array], Array]:
        index, *here = row
        return draw_category(carry, (here[0], here[1]), low_bits, key_0, key_1, index)

    rows = (jnp.arange(support - 1, dtype=jnp.uint32), high[:-1], low[:-1])
    (left, *_), counts = lax.scan(category, (num_trials, *rest), rows)
    return jnp.moveaxis(jnp.concatenate([counts, left[None]]), 0, -1)


def draw_category(
    remaining: tuple[Int32[Array, "*lanes"], Int32[Array, "*lanes"], Int32[Array, "*lanes"]],
    weight: tuple[Int32[Array, "*lanes"], Int32[Array, "*lanes"]],
    low_bits: int,
    key_0: UInt32[Array, "*lanes"],
    key_1: UInt32[Array, "*lanes"],
    index: UInt32[Array, ""],
    across: AcrossLanes = BY_XLA,
) -> tuple[tuple[Int32[Array, "*lanes"], Int32[Array, "*lanes"], Int32[Array, "*lanes"]], Int32[Array, "*lanes"]]:
    """One conditional binomial; for whole arrays, not to be batched by `vmap`.

    Args:
        remaining: trials that are left; high and low part of the weight of this category and all that follow.
        weight: high and low part of this category's weight.
        low_bits: of the grid, static.
        key_0: first key word.
        key_1: second key word.
        index: of the category.
        across: reductions over lanes.

    Returns:
        What remains after it, and its count.

    Definition.
    """
    left, rest_high, rest_low = remaining
    rest = weight_grid.carry(rest_high - weight[0], rest_low - weight[1], low_bits)

    def exact_weights() -> tuple[TwoFloat, TwoFloat]:
        return weight_grid.as_two_float(*weight, low_bits), weight_grid.as_two_float(*rest, low_bits)

    here, after = weight_grid.rounded(*weight, low_bits), weight_grid.rounded(*rest, low_bits)
    taken = draw_binomials(left, here, after, exact_weights, key_0, key_1, index, across)
    return (left - taken, *rest), taken


def _on_grid(
    weights: Float[Array, "support *lanes"] | Int[Array, "support *lanes"], low_bits: int
) -> tuple[Int32[Array, "support *lanes"], Int32[Array, "support *lanes"]]:
    """Weights as high + low 2^-low_bits, scaled by a power of two so that their sum stays below 2^31."""
    if jnp.issubdtype(weights.dtype, jnp.integer):
        return weights.astype(jnp.int32), jnp.zeros_like(weights, jnp.int32)
    weights = jnp.maximum(weights, 0)
    power = weight_grid.power_below(jnp.max(weights, axis=0, keepdims=True))
    return weight_grid.split(weights, power.astype(weights.dtype), low_bits)
