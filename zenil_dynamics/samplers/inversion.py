"""Binomial numbers of mean below 64 by inversion from zero: one block of random words, no loop over lanes.

The masses pmf(0), pmf(1), ... are subtracted from a 31-bit integer uniform in groups of four; the group in which it turns
negative is refined by the second random word. Masses are scaled to integers, so that the 24 bits of float32 limit
their relative precision only: an event of probability 1e-8 happens with probability 1e-8.

Their sum is kept slightly below 2^31 on purpose. What is left over (about 2^-19) is drawn again with fresh words, which
normalises the law exactly: an error in pmf(0), however it came about, cancels.
"""

import math
from functools import partial

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32

LARGEST_MEAN = 64.0
"""Above, rejection is faster and exp(-mean) would leave float32."""

STEPS = (16, 40, 112)
"""How many masses the variants of the search add up; P(Binomial of mean 64 >= 112) < 2^-23 by Chernoff's bound."""

MAX_PASSES = 4
"""P(a pass leaves an integer uniform over) < 2^-17, so P(four passes do) < 2^-68."""

PENDING = -1
_GROUP = 4


def draw(
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    mean: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """Binomial numbers of mean below 64; not to be batched by `vmap`.

    Args:
        num_trials: n >= 0.
        odds: p / (1 - p) in [0, 1]; 0 gives 0 for certain.
        mean: n p, 0 where `odds` is 0.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.

    Returns:
        int32 in [0, n].

    Law: tests/samplers/test_inversion.py.
    """
    largest = jnp.max(mean, initial=0)
    needed = jnp.where(largest > 0, largest + 4.2 * jnp.sqrt(largest) + 3, 0)  # leaves over one lane in 10^4
    variants = [lambda number, num_trials, *_: jnp.zeros_like(num_trials)]
    variants += [partial(search, steps) for steps in STEPS]
    level = jnp.sum(needed > np.asarray([0, *STEPS[:-1]], np.float32), dtype=jnp.int32)
    count = lax.switch(level, variants, jnp.uint32(0), num_trials, odds, key_0, key_1, index)

    def unfinished(carry: tuple[Array, Array, Array]) -> Bool[Array, ""]:
        number, count, _ = carry
        return jnp.any(count < 0) & (number < MAX_PASSES)

    def one_pass(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        number, count, odds = carry
        count = jnp.where(count < 0, search(STEPS[-1], number, num_trials, odds, key_0, key_1, index), count)
        # Carried, not captured: XLA would hoist the masses out of the loop, one kernel each, and always compute them.
        return number + 1, count, jnp.where(count < 0, odds, 0)

    _, count, _ = lax.while_loop(unfinished, one_pass, (jnp.uint32(0), count, odds))
    return jnp.where(count < 0, mean.astype(jnp.int32), count)


def search(
    steps: int,
    number: UInt32[Array, ""],
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """One pass: a binomial number, or PENDING where the uniform outlasts `steps` masses.

    pmf(k + 1) / pmf(k) = odds (n - k) / (k + 1) = slope / (k + 1) - odds,   slope = (n + 1) odds.

    Args:
        steps: static, a multiple of four.
        number: of the pass; equal numbers use equal words, so a longer search continues a shorter one.
        num_trials: n >= 0.
        odds: p / (1 - p) in [0, 1]; 0 gives 0 for certain.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.

    Returns:
        int32, in [0, n] or PENDING.

    Source: Devroye, Non-Uniform Random Variate Generation (1986), section X.4.3, first waiting-free inversion; grouping
    and integer masses are ours.
    """
    trials = num_trials.astype(jnp.float32)
    slope = trials * odds + odds
    mass = jnp.exp(np.float32(31 * math.log(2) - 2.0**-21) - trials * _log1p(odds) * np.float32(1 + 2.0**-22))
    first, second = threefry2x32(key_0, key_1, jnp.full_like(index, Tag.BINOMIAL_INVERSION) + number, index)
    remainder = lax.bitcast_convert_type(first >> np.uint32(1), jnp.int32)
    searched = jnp.zeros_like(remainder)
    for start in range(0, steps, _GROUP):
        ratio = [slope * np.float32(1 / (start + i + 1)) - odds for i in range(_GROUP)]
        lower, upper = ratio[0] * ratio[1], ratio[2] * ratio[3]
        group = mass * ((1 + ratio[0]) + lower * (1 + ratio[2]))
        remainder = remainder - group.astype(jnp.int32)
        searched = searched + (remainder >> 31)  # -1 from the group on in which it turns negative
        mass = mass * (lower * upper)
    base = (searched + steps // _GROUP) * _GROUP
    count = jnp.minimum(base + _within_group(base, slope, odds, second), num_trials)
    return jnp.where(odds > 0, jnp.where(remainder < 0, count, PENDING), 0)


def _within_group(
    base: Int32[Array, "*shape"],
    slope: Float32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    word: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """0, 1, 2 or 3 with weights pmf(base), ..., pmf(base + 3), times (base + 1)(base + 2)(base + 3) / pmf(base)."""
    one = base.astype(jnp.float32) + 1
    two, three = one + 1, one + 2
    up_1 = slope - odds * one
    up_2, up_3 = up_1 - odds, up_1 - 2 * odds
    high, rise = two * three, up_1 * up_2
    below_1 = one * high
    below_2 = below_1 + up_1 * high
    below_3 = below_2 + rise * three
    total = below_3 + rise * up_3
    uniform = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32).astype(jnp.float32) * np.float32(2.0**-31)
    point = uniform * total
    return (
        (point >= below_1).astype(jnp.int32)
        + (point >= below_2).astype(jnp.int32)
        + (point >= below_3).astype(jnp.int32)
    )


def _log1p(odds: Float32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """log(1 + odds) for odds in [0, 1] as 2 artanh(odds / (2 + odds)): relative error below 2^-22, half the price."""
    argument = odds / (odds + 2)
    square = argument * argument
    series = jnp.full_like(odds, np.float32(1 / 15))
    for odd in (13, 11, 9, 7, 5, 3):
        series = series * square + np.float32(1 / odd)
    return 2 * argument * (1 + square * series)
