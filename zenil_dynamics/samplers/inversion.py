"""Binomial numbers of small mean by inversion from zero, one random word each."""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32

LARGEST_MEAN = 64.0
MAX_STEPS = 128
MAX_PASSES = 3
_CHUNK = 16


def invert(
    pending: Array,
    num_trials: Int32[Array, "..."],
    odds: Float32[Array, "..."],
    key_0: UInt32[Array, "..."],
    key_1: UInt32[Array, "..."],
    index: UInt32[Array, "..."],
) -> Int32[Array, "..."]:
    """Binomial(num_trials, odds / (1 + odds)) in the lanes that are `pending`, 0 in the others."""
    trials = num_trials.astype(jnp.float32)
    exponent = trials * jnp.log1p(odds)
    first_mass = jnp.exp(31 * math.log(2) - 2.0**-21 - exponent * (1 + 2.0**-22))
    first_mass = jnp.where(pending, first_mass, 0)
    slope = jnp.where(pending, trials * odds + odds, 0)
    mean = trials * odds

    def chunk(carry):
        step, remainder, mass, count = carry
        for _ in range(_CHUNK):
            remainder = remainder - mass.astype(jnp.int32)
            count = count + 1 + (remainder >> 31)
            step = step + 1
            mass = mass * (slope / step - odds)
        return step, remainder, mass, count

    def searching(carry):
        step, remainder, mass, _ = carry
        return jnp.any((remainder >= 0) & ((mass >= 0.5) | (step <= mean))) & (step < MAX_STEPS)

    def one_pass(carry):
        number, remaining, result = carry
        block = jnp.full_like(index, Tag.BINOMIAL_INVERSION) + number
        word = threefry2x32(key_0, key_1, block, index)[0]
        uniform = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32)
        start = (jnp.float32(0), jnp.where(remaining, uniform, -1), first_mass, jnp.zeros_like(num_trials))
        _, remainder, _, count = lax.while_loop(searching, chunk, chunk(start))
        return number + 1, remainder >= 0, jnp.where(remaining, count, result)

    def unfinished(carry):
        number, remaining, _ = carry
        return jnp.any(remaining) & (number < MAX_PASSES)

    _, remaining, result = lax.while_loop(unfinished, one_pass, (jnp.uint32(0), pending, jnp.zeros_like(num_trials)))
    result = jnp.where(remaining, mean.astype(jnp.int32), result)
    return jnp.minimum(result, num_trials)
