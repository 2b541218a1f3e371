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
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.binomial import draw as draw_binomials
from zenil_dynamics.samplers.lanes import any_leading_axes
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
    low_bits = 31 - (support - 1).bit_length()  # a sum of `support` low parts still fits into 31 bits
    high, low = _on_grid(jnp.moveaxis(weights, -1, 0), low_bits)
    rest = _carry(jnp.sum(high, axis=0, dtype=jnp.int32), jnp.sum(low, axis=0, dtype=jnp.int32), low_bits)

    def category(
        carry: tuple[Array, Array, Array], row: tuple[Array, Array, Array]
    ) -> tuple[tuple[Array, Array, Array], Array]:
        left, rest_high, rest_low = carry
        index, here_high, here_low = row
        rest_high, rest_low = _carry(rest_high - here_high, rest_low - here_low, low_bits)

        def exact_weights() -> tuple[TwoFloat, TwoFloat]:
            return _two_float(here_high, here_low, low_bits), _two_float(rest_high, rest_low, low_bits)

        here, after = _float(here_high, here_low, low_bits), _float(rest_high, rest_low, low_bits)
        taken = draw_binomials(left, here, after, exact_weights, key_0, key_1, index)
        return (left - taken, rest_high, rest_low), taken

    rows = (jnp.arange(support - 1, dtype=jnp.uint32), high[:-1], low[:-1])
    (left, *_), counts = lax.scan(category, (num_trials, *rest), rows)
    return jnp.moveaxis(jnp.concatenate([counts, left[None]]), 0, -1)


def _on_grid(
    weights: Float[Array, "support *lanes"] | Int[Array, "support *lanes"], low_bits: int
) -> tuple[Int32[Array, "support *lanes"], Int32[Array, "support *lanes"]]:
    """Weights as high + low 2^-low_bits, scaled by a power of two so that their sum stays below 2^31."""
    if jnp.issubdtype(weights.dtype, jnp.integer):
        return weights.astype(jnp.int32), jnp.zeros_like(weights, jnp.int32)
    weights = jnp.maximum(weights, 0)
    largest = jnp.max(weights, axis=0, keepdims=True).astype(jnp.float32)
    exponent = (lax.bitcast_convert_type(largest, jnp.int32) >> 23) - 126  # largest < 2^exponent
    power = lax.bitcast_convert_type((127 - jnp.clip(exponent, -126, 126)) << 23, jnp.float32).astype(weights.dtype)
    scaled = (weights * power) * 2.0**low_bits
    high = jnp.floor(scaled)
    low = jnp.floor((scaled - high) * 2.0**low_bits)
    return high.astype(jnp.int32), low.astype(jnp.int32)


def _carry(
    high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int
) -> tuple[Int32[Array, "*lanes"], Int32[Array, "*lanes"]]:
    """Bring `low` back into [0, 2^low_bits), whether a sum left it above or a difference below."""
    return high + (low >> low_bits), low & (2**low_bits - 1)


def _float(high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int) -> Float32[Array, "*lanes"]:
    """Weight rounded to float32."""
    return high.astype(jnp.float32) + low.astype(jnp.float32) * np.float32(2.0**-low_bits)


def _two_float(high: Int32[Array, "*lanes"], low: Int32[Array, "*lanes"], low_bits: int) -> TwoFloat:
    """Weight with about 36 bits or more."""
    fraction = low.astype(jnp.float32) * np.float32(2.0**-low_bits)
    return two_float.add(two_float.from_integer(high), TwoFloat(fraction, jnp.zeros_like(fraction)))
