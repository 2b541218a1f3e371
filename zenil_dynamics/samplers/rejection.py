"""Binomial numbers of large mean by rejection from strips, one block of random words per attempt."""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import strips, two_float
from zenil_dynamics.samplers.two_float import TwoFloat

MAX_ATTEMPTS = 24


def reject(
    pending: Array,
    num_trials: Int32[Array, "..."],
    success: TwoFloat,
    failure: TwoFloat,
    key_0: UInt32[Array, "..."],
    key_1: UInt32[Array, "..."],
    index: UInt32[Array, "..."],
) -> Int32[Array, "..."]:
    """Binomial in the lanes that are `pending`, 0 in the others."""
    one = jnp.ones_like(success.high)
    trials = two_float.add(two_float.from_integer(num_trials), TwoFloat(one, jnp.zeros_like(one)))
    total = two_float.add(success, failure)
    mean = two_float.divide(two_float.multiply(trials, success), total)
    whole = jnp.floor(mean.high)
    part = (mean.high - whole) + mean.low
    carry = jnp.floor(part)
    peak = whole.astype(jnp.int32) + carry.astype(jnp.int32)
    shift = 0.5 - (part - carry)
    a = mean.high
    c = trials.high * (failure.high / total.high)
    sd = jnp.sqrt(a * (failure.high / total.high))
    sd = jnp.where(pending, sd, 32)
    exponent = (lax.bitcast_convert_type(sd, jnp.int32) >> 23) - 127
    log_width = jnp.maximum(exponent - 4, 0)
    width = (jnp.int32(1) << log_width).astype(jnp.float32)
    level = jnp.floor((jnp.log2(width / sd) + 5) * strips.TABLES_PER_OCTAVE - 1e-4).astype(jnp.int32)
    table = jnp.where(log_width > 0, level + strips.SINGLE_TABLES, level)
    table = jnp.clip(table, 0, len(strips.RATIOS) - 1) * strips.CELLS
    scale_shift = jnp.uint32(32) - log_width.astype(jnp.uint32)
    alias_words, log_hat = jnp.asarray(strips.ALIAS_WORDS), jnp.asarray(strips.LOG_HAT)

    def attempt(carry):
        number, remaining, result = carry
        block = jnp.full_like(index, Tag.BINOMIAL_REJECTION) + number
        first, second = threefry2x32(key_0, key_1, block, index)
        column = (first >> np.uint32(23)).astype(jnp.int32)
        packed = alias_words[table + column]
        other = (packed & np.uint32(strips.CELLS - 1)).astype(jnp.int32)
        cell = jnp.where((first & np.uint32(2**23 - 1)) < (packed >> np.uint32(9)), column, other)
        offset = lax.shift_right_logical(second, scale_shift).astype(jnp.int32)
        step = ((cell - strips.CELLS // 2) << log_width) + offset
        rest = lax.shift_left(second, log_width.astype(jnp.uint32)) >> np.uint32(8)
        uniform = (rest.astype(jnp.int32).astype(jnp.float32) + 0.5) * np.float32(2.0**-24)
        d = step.astype(jnp.float32) + shift
        log_ratio = _log_ratio(d, a, c)
        count = peak + step
        accept = (uniform < jnp.exp(log_ratio - log_hat[table + cell])) & (count >= 0) & (count <= num_trials)
        return number + 1, remaining & ~accept, jnp.where(remaining & accept, count, result)

    def unfinished(carry):
        number, remaining, _ = carry
        return jnp.any(remaining) & (number < MAX_ATTEMPTS)

    return lax.while_loop(unfinished, attempt, (jnp.uint32(0), pending, jnp.where(pending, peak, 0)))[2]


def _log_ratio(d: Array, a: Array, c: Array) -> Array:
    """log pmf(k) - log pmf(peak), a = (n + 1) p, c = (n + 1) q, d = k + 1/2 - a."""
    up, down = _deviance(d, a), _deviance(-d, c)
    return -(up + down) - d * (1 / (a * (a + d)) - 1 / (c * (c - d))) * np.float32(1 / 24)


def _deviance(d: Array, a: Array) -> Array:
    """(a + d) log((a + d) / a) - d, without cancellation."""
    v = d / (2 * a + d)
    square = v * v
    series = np.float32(1 / 17)
    for odd in (15, 13, 11, 9, 7, 5, 3):
        series = series * square + np.float32(1 / odd)
    return d * v + 2 * (a + d) * v * square * series
