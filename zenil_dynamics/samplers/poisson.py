"""Poisson numbers, exact in law within 2^-20 for any rate up to 2^30, by the two ways of a binomial number.

A rate below 64 is taken as the mean of a binomial number of 2^31 - 1 trials: the laws differ by at most p = 2^-25 in
total variation (Barbour and Hall).

A larger rate is read off the expansion of `quantile` at delta = 1, its limit for p to 0: alpha(z) solves
Q(alpha, rate) = Phi(z) then, Q the upper incomplete gamma function, and P(Poisson <= k) = Q(k + 1, rate). From a
standard deviation of 512 on, the number is the sum of two of rates 7/8 and 1/8, for the reason given at `quantile`.

A sum of N numbers of one rate has the rate N times that, a product that float32 would round by up to 2^-25 of itself:
beyond 10^4 that is more of a standard deviation than 2^-20 allows. So the number of terms is an argument, and the
product is taken with 34 bits and more.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import quantile, two_float
from zenil_dynamics.samplers.binomial import by_mean
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes, any_leading_axes
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key

LARGEST_RATE = 2.0**30
"""Up to here a result above 2^31 - 1 has probability below exp(-4e8)."""

OUT_OF_RANGE = -1
"""Result for a rate that is negative, not a number, or above LARGEST_RATE."""

_TRIALS = 2**31 - 1


def poisson(
    rate: Float[Array, "*#shape"] | Int[Array, "*#shape"], num_terms: Int[Array, "*#shape"] | None = None, *, key: Key
) -> Int32[Array, "*shape"]:
    """Poisson numbers, or sums of `num_terms` of them.

    Within 2^-20 in total variation of the law of exactly this rate (float64 rates count with 48 bits, the product with
    `num_terms` with 34).

    Args:
        rate: expectation of a term, traced.
        num_terms: N in [0, 2^31), traced; a negative one counts as 0; None means 1.
        key: consumed.

    Returns:
        int32 of the broadcast shape; 0 for a rate of 0; -1 where the rate of the sum is negative, not a number or above
        2^30.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_poisson.py.
    Source: Barbour and Hall, "On the rate of Poisson convergence", Math. Proc. Camb. Phil. Soc. 95 (1984); `quantile`.
    """
    total = two_float.from_number(rate)
    if num_terms is not None:
        total = two_float.times_integer(total, num_terms)
    key_0, key_1 = (jnp.broadcast_to(word, total.high.shape) for word in random.words(key))
    return _poisson(*total, key_0, key_1, random.counters(total.high.shape))


@any_leading_axes
def _poisson(
    rate_high: Float32[Array, "*shape"],
    rate_low: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """`draw` of plain arrays, which is what a batch rule can widen."""
    return draw(TwoFloat(rate_high, rate_low), key_0, key_1, index)


def draw(
    rate: TwoFloat,
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Poisson numbers from key words; for whole arrays, not to be batched by `vmap`.

    Args:
        rate: expectation; the second part need not be small. Parts that are rounded together should come apart: XLA may
            compute each of them in a loop and with a rounding of its own, and then they would not belong together.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32; OUT_OF_RANGE where the rate is.
    """
    rounded = rate.high + rate.low
    valid = (rounded >= 0) & (rounded <= LARGEST_RATE)
    rate = TwoFloat(jnp.where(valid, rate.high, 0), jnp.where(valid, rate.low, 0))
    trials = jnp.full_like(index, _TRIALS, jnp.int32)
    odds = jnp.where(valid, rounded, 0) * np.float32(2.0**-31)

    def large() -> Int32[Array, "*shape"]:
        return _by_expansion(rate, key_0, key_1, index, across)

    count = by_mean(trials, odds, large, key_0, key_1, index, across)
    return jnp.where(valid, count, OUT_OF_RANGE)


def _by_expansion(
    rate: TwoFloat,
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
    across: AcrossLanes,
) -> Int32[Array, "*shape"]:
    """Poisson numbers of rate at least 64; anything not negative elsewhere."""
    share = jnp.where(rate.high + rate.low >= quantile.SPLIT_VARIANCE, np.float32(0.125), np.float32(0))
    part = TwoFloat(rate.high * share, rate.low * share)
    rest = two_float.add(rate, TwoFloat(-part.high, -part.low))

    def one(tag: Tag, rate: TwoFloat) -> Int32[Array, "*shape"]:
        first, second = threefry2x32(key_0, key_1, np.uint32(tag), index)
        whole, fraction, sd = position(first, rate)
        return jnp.maximum(whole + jnp.floor(fraction + quantile.blur(second) * sd).astype(jnp.int32), 0)

    count = one(Tag.BINOMIAL_QUANTILE, rest)
    return lax.cond(
        across.some(share > 0),
        lambda count: count + jnp.where(share > 0, one(Tag.BINOMIAL_SPLIT, part), 0),
        lambda count: count,
        count,
    )


def position(
    word: UInt32[Array, "*shape"], rate: TwoFloat
) -> tuple[Int32[Array, "*shape"], Float32[Array, "*shape"], Float32[Array, "*shape"]]:
    """Quantile alpha(z) before it is blurred and rounded down, for the z of `word`.

    Args:
        word: see `normal.from_random_word`.
        rate: at least 64; a smaller one is treated as 64. Its second part need not be small.

    Returns:
        Whole part of alpha; the rest; standard deviation.

    Law: tests/samplers/test_poisson.py adds up the total variation.
    """
    rate = two_float.two_sum(*rate)
    rate = TwoFloat(jnp.maximum(rate.high, np.float32(quantile.SMALLEST_MEAN)), rate.low)
    sd = jnp.sqrt(rate.high)
    return (*quantile.place(word, rate, sd, jnp.ones_like(sd)), sd)
