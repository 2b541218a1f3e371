"""Binomial numbers of large mean by rejection from strips, one block of random words per attempt."""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import strips, two_float
from zenil_dynamics.samplers.two_float import TwoFloat

MAX_ATTEMPTS = 24
PENDING = -1


def fill(
    count: Int32[Array, "*shape"],
    num_trials: Int32[Array, "*shape"],
    success: TwoFloat,
    failure: TwoFloat,
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """Replace every PENDING count by a binomial number."""
    pending = count < 0
    zero, one = jnp.zeros_like(success.high), jnp.ones_like(success.high)
    trials = two_float.add(two_float.from_integer(num_trials), TwoFloat(one, zero))
    total = two_float.add(success, failure)
    mean = two_float.divide(two_float.multiply(trials, success), total)
    whole = jnp.floor(mean.high)
    part = (mean.high - whole) + mean.low
    carry = jnp.floor(part)
    peak = whole.astype(jnp.int32) + carry.astype(jnp.int32)
    shift = 0.5 - (part - carry)
    a = jnp.where(pending, mean.high, 64)
    c = jnp.where(pending, trials.high * (failure.high / total.high), 64)
    sd = jnp.sqrt(a * c / (a + c))
    exponent = (lax.bitcast_convert_type(sd, jnp.int32) >> 23) - 127
    log_width = jnp.maximum(exponent - 4, 0)
    width = (jnp.int32(1) << log_width).astype(jnp.float32)
    level = jnp.floor((jnp.log2(width / sd) + 5) * strips.TABLES_PER_OCTAVE - 1e-4).astype(jnp.int32)
    table = jnp.where(log_width > 0, level + strips.SINGLE_TABLES, level)
    table = jnp.clip(table, 0, len(strips.RATIOS) - 1) * strips.CELLS
    alias_words, log_hat = jnp.asarray(strips.ALIAS_WORDS), jnp.asarray(strips.LOG_HAT)

    def attempt(carry):
        number, count = carry
        block = jnp.full_like(index, Tag.BINOMIAL_REJECTION) + number
        first, second = threefry2x32(key_0, key_1, block, index)
        column = (first >> np.uint32(23)).astype(jnp.int32)
        packed = alias_words[table + column]
        other = (packed & np.uint32(strips.CELLS - 1)).astype(jnp.int32)
        cell = jnp.where((first & np.uint32(2**23 - 1)) < (packed >> np.uint32(9)), column, other)
        offset = lax.shift_right_logical(second, jnp.uint32(32) - log_width.astype(jnp.uint32)).astype(jnp.int32)
        step = ((cell - strips.CELLS // 2) << log_width) + offset
        rest = lax.shift_left(second, log_width.astype(jnp.uint32)) >> np.uint32(8)
        uniform = (rest.astype(jnp.int32).astype(jnp.float32) + 0.5) * np.float32(2.0**-24)
        d = step.astype(jnp.float32) + shift
        proposal = peak + step
        inside = (proposal >= 0) & (proposal <= num_trials)
        accept = inside & (uniform < jnp.exp(_log_ratio(d, a, c) - log_hat[table + cell]))
        return number + 1, jnp.where((count < 0) & accept, proposal, count)

    def unfinished(carry):
        number, count = carry
        return jnp.any(count < 0) & (number < MAX_ATTEMPTS)

    _, count = lax.while_loop(unfinished, attempt, (jnp.uint32(0), count))
    return jnp.where(count < 0, peak, count)


def _log_ratio(d: Float32[Array, "*shape"], a: Float32[Array, "*shape"], c: Float32[Array, "*shape"]):
    """log pmf(k) - log pmf(peak), a = (n + 1) p, c = (n + 1) q, d = k + 1/2 - a."""
    return d * (1 / (c * (c - d)) - 1 / (a * (a + d))) * np.float32(1 / 24) - (_deviance(d, a) + _deviance(-d, c))


def _deviance(d: Float32[Array, "*shape"], a: Float32[Array, "*shape"]):
    """(a + d) log((a + d) / a) - d, without cancellation."""
    v = d / (2 * a + d)
    square = v * v
    series = jnp.full_like(v, np.float32(1 / 17))
    for odd in (15, 13, 11, 9, 7, 5, 3):
        series = series * square + np.float32(1 / odd)
    return d * v + 2 * (a + d) * v * square * series
