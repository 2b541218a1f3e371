"""Multinomial counts by conditional binomials, category after category."""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Int, Int32

from zenil_dynamics import random
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.binomial import draw as draw_binomials
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key


def multinomial(
    num_trials: Int[Array, ""], weights: Float[Array, " support"] | Int[Array, " support"], *, key: Key
) -> Int32[Array, " support"]:
    """Counts of `num_trials` draws from the law proportional to `weights`; they sum to `num_trials` exactly."""
    return _multinomial(jnp.asarray(num_trials).astype(jnp.int32), jnp.asarray(weights), *random.words(key))


@any_leading_axes
def _multinomial(num_trials, weights, key_0, key_1):
    """Any leading axes; the support is the last axis of `weights`."""
    support = weights.shape[-1]
    low_bits = 31 - (support - 1).bit_length()
    high, low = _on_grid(jnp.moveaxis(weights, -1, 0), low_bits)
    total = _carry(jnp.sum(high, axis=0), jnp.sum(low, axis=0), low_bits)

    def category(carry, row):
        left, rest_high, rest_low = carry
        index, here_high, here_low = row
        rest_high, rest_low = _carry(rest_high - here_high, rest_low - here_low, low_bits)
        taken = draw_binomials(
            left,
            _float(here_high, here_low, low_bits),
            _float(rest_high, rest_low, low_bits),
            lambda: (_two_float(here_high, here_low, low_bits), _two_float(rest_high, rest_low, low_bits)),
            key_0,
            key_1,
            index,
        )
        return (left - taken, rest_high, rest_low), taken

    rows = (jnp.arange(support - 1, dtype=jnp.uint32), high[:-1], low[:-1])
    (left, _, _), counts = lax.scan(category, (num_trials, *total), rows)
    return jnp.moveaxis(jnp.concatenate([counts, left[None]]), 0, -1)


def _on_grid(weights, low_bits):
    """High + low 2^-low_bits, both int32."""
    if jnp.issubdtype(weights.dtype, jnp.integer):
        return weights.astype(jnp.int32), jnp.zeros_like(weights, jnp.int32)
    weights = jnp.maximum(weights, 0)
    support = weights.shape[0]
    largest = jnp.max(weights, axis=0, keepdims=True).astype(jnp.float32)
    exponent = (lax.bitcast_convert_type(largest, jnp.int32) >> 23) - 126
    power = lax.bitcast_convert_type((127 - jnp.clip(exponent, -126, 126)) << 23, jnp.float32).astype(weights.dtype)
    scaled = (weights * power) * 2.0 ** (31 - (support - 1).bit_length())
    high = jnp.floor(scaled)
    low = jnp.floor((scaled - high) * 2.0**low_bits)
    return high.astype(jnp.int32), low.astype(jnp.int32)


def _carry(high, low, low_bits):
    return high + (low >> low_bits), low & (2**low_bits - 1)


def _float(high, low, low_bits):
    return high.astype(jnp.float32) + low.astype(jnp.float32) * np.float32(2.0**-low_bits)


def _two_float(high, low, low_bits):
    whole = two_float.from_integer(high)
    return two_float.add(
        whole, TwoFloat(low.astype(jnp.float32) * np.float32(2.0**-low_bits), jnp.zeros_like(whole.low))
    )
