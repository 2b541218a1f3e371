"""Binomial numbers of mean below 64 by inversion from zero: one block of random words, no loop over lanes.

The masses pmf(0), pmf(1), ... are subtracted from a 31-bit integer uniform in groups of four; the group in which it
turns negative is refined by the second random word. Masses are rounded to integers, so that the 24 bits of float32
limit only their relative precision: a law with pmf(1) = 1e-8 draws 1 with probability 1e-8, to within 2^-31.

The sum of the masses is kept below 2^31 on purpose, by 2^-20 or a little more. What is left over is drawn again with
fresh words, which normalises the law exactly: an error in pmf(0), however it came about, cancels.
"""

from functools import partial

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes
from zenil_dynamics.tracing import traced_once

LARGEST_MEAN = 64.0
"""Above, rejection is faster and exp(-mean) would leave float32."""

STEPS = (16, 40, 112)
"""How many masses the variants of the search add up.

The law is cut off at the last of them: a binomial number of mean 64 reaches 112 with probability below 2^-21, by
Bennett's inequality (2^-24.7 in the worst case, the Poisson law).
"""

MEAN_LIMITS = (4.3, 18.8, LARGEST_MEAN)
"""Up to which mean a variant leaves over at most about one lane in 10^4: mean + 4.2 sqrt(mean) + 3 = steps."""

MAX_PASSES = 4
"""A pass leaves a lane over with probability below 2^-15, so four passes do with probability below 2^-60."""

PENDING = -1
_GROUP = 4


def draw(
    level: Int32[Array, ""],
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Binomial numbers of mean below 64; not to be batched by `vmap`.

    Args:
        level: 0 when every lane has odds 0, else i + 1 when no lane's mean is above `MEAN_LIMITS[i]`.
        num_trials: n >= 0.
        odds: p / (1 - p) in [0, 1]; 0 gives 0 for certain.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32 in [0, n].

    Law: tests/samplers/test_inversion.py.
    """
    variants = [partial(search, steps) for steps in STEPS]

    def unfinished(carry: tuple[Array, Array, Array]) -> Bool[Array, ""]:
        number, some_pending, _ = carry
        return some_pending & (number < MAX_PASSES)

    def one_pass(carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        number, _, count = carry
        variant = jnp.where(number == 0, level - 1, len(STEPS) - 1)
        count = lax.switch(variant, variants, count, number, num_trials, odds, key_0, key_1, index)
        return number + 1, across.some(count < 0), count

    pending = jnp.where(odds > 0, PENDING, jnp.zeros_like(num_trials))
    _, _, count = lax.while_loop(unfinished, one_pass, (jnp.uint32(0), level > 0, pending))
    return jnp.maximum(count, 0)


def search(
    steps: int,
    count: Int32[Array, "*shape"],
    number: UInt32[Array, ""],
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
) -> Int32[Array, "*shape"]:
    """One pass: every PENDING count becomes a binomial number, or stays PENDING where the uniform outlasts the masses.

    Args:
        steps: how many masses, static, a multiple of four.
        count: result so far.
        number: of the pass; equal numbers use equal words, so a longer search continues a shorter one.
        num_trials: n >= 0.
        odds: p / (1 - p) in (0, 1] where a count is PENDING.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.

    Returns:
        int32, in [0, n] or PENDING.

    Definition.
    """
    first, second = threefry2x32(key_0, key_1, np.uint32(Tag.BINOMIAL_INVERSION) + number, index)
    return jnp.where(count < 0, count_from_words(steps, first, second, num_trials, odds), count)


def count_from_words(
    steps: int,
    first: UInt32[Array, "*#shape"],
    second: UInt32[Array, "*#shape"],
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """Binomial number as a function of two random words, or PENDING; it never falls when `first` grows.

    pmf(k + 1) / pmf(k) = odds (n - k) / (k + 1) = slope / (k + 1) - odds,   slope = (n + 1) odds.

    Args:
        steps: static, a multiple of four.
        first: its upper 31 bits choose the group of four values.
        second: its upper 31 bits choose within the group.
        num_trials: n >= 0.
        odds: p / (1 - p) in [0, 1].

    Returns:
        int32, in [0, n] or PENDING.

    Law: tests/samplers/test_inversion.py bisects every threshold of this map and adds up the total variation.
    Source: Devroye, Non-Uniform Random Variate Generation (1986), section III.2, sequential search; groups and integer
    masses are ours.
    """
    slope, mass = _first_mass(num_trials, odds)
    remainder = lax.bitcast_convert_type(first >> np.uint32(1), jnp.int32)
    searched = jnp.zeros_like(remainder)
    for start in range(0, steps, _GROUP):
        inverses = tuple(np.float32(1 / (start + i + 1)) for i in range(_GROUP))
        mass, remainder, searched = _subtract_group(slope, odds, inverses, mass, remainder, searched)
    base = (searched + steps // _GROUP) * _GROUP
    count = jnp.minimum(base + _within_group(base, slope, odds, second), num_trials)
    return jnp.where(remainder < 0, count, PENDING)


@traced_once
def _first_mass(
    num_trials: Int32[Array, "*shape"], odds: Float32[Array, "*shape"]
) -> tuple[Float32[Array, "*shape"], Float32[Array, "*shape"]]:
    """Slope of the ratios of neighbouring masses, and pmf(0) as an integer."""
    trials = num_trials.astype(jnp.float32)
    slope = trials * odds + odds
    root = jnp.exp(trials * _log1p(odds) * np.float32(-0.5 - 2.0**-23))  # of pmf(0), which itself may leave float32
    return slope, (root * np.float32(2.0**31 * (1 - 2.0**-20))) * root


@traced_once
def _subtract_group(
    slope: Float32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    inverses: tuple[np.float32, ...],
    mass: Float32[Array, "*shape"],
    remainder: Int32[Array, "*shape"],
    searched: Int32[Array, "*shape"],
) -> tuple[Float32[Array, "*shape"], Int32[Array, "*shape"], Int32[Array, "*shape"]]:
    """Subtract the masses of four values, the first of which is known; `inverses` of the four numbers behind them."""
    ratio = [slope * inverse - odds for inverse in inverses]
    lower, upper = ratio[0] * ratio[1], ratio[2] * ratio[3]
    group = mass * ((1 + ratio[0]) + lower * (1 + ratio[2]))
    remainder = remainder - group.astype(jnp.int32)
    searched = searched + (remainder >> 31)  # -1 from the group on in which it turns negative
    return mass * (lower * upper), remainder, searched


@traced_once
def _within_group(
    base: Int32[Array, "*shape"],
    slope: Float32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    word: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """0, 1, 2 or 3 with weights pmf(base), ..., pmf(base + 3), times (base + 1)(base + 2)(base + 3) / pmf(base).

    The uniform is compared from above, so that small ones, which float32 resolves best, give the rarer large values.
    """
    one = base.astype(jnp.float32) + 1
    two, three = one + 1, one + 2
    up_1 = slope - odds * one
    up_2, up_3 = up_1 - odds, up_1 - 2 * odds
    high, rise = two * three, up_1 * up_2
    above_2 = rise * up_3
    above_1 = above_2 + rise * three
    above_0 = above_1 + up_1 * high
    total = above_0 + one * high
    uniform = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32).astype(jnp.float32) + 0.5
    point = uniform * (total * np.float32(2.0**-31))
    return (
        (point < above_0).astype(jnp.int32) + (point < above_1).astype(jnp.int32) + (point < above_2).astype(jnp.int32)
    )


@traced_once
def _log1p(odds: Float32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """log(1 + odds) for odds in [0, 1] as 2 artanh(odds / (2 + odds)): relative error below 2^-22, half the price."""
    argument = odds / (odds + 2)
    square = argument * argument
    series = jnp.full_like(odds, np.float32(1 / 15))
    for odd in (13, 11, 9, 7, 5, 3):
        series = series * square + np.float32(1 / odd)
    return 2 * argument * (1 + square * series)
