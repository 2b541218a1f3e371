"""Hypergeometric numbers of any population below 2^31: binomial proposals, thinned to draws without replacement.

By its three symmetries (good and bad, drawn and left, drawn and good) every case is one with n <= g <= b, n drawn from
g good and b bad. There a binomial number k of n trials with p = g / (g + b) is right but for the ratio of the laws,

    1 / ((g - k)! (b - n + k)!)  over  g^k b^(n - k),   up to a constant:

all other factorials cancel. With x = g - k + 1/2, y = b - n + k + 1/2 and x', y' their values at the real k' where
y' / x' = b / g, the logarithm of the ratio is, relative to k',

    -x' f(-d / x') - y' f(d / y') + r(g - k) + r(b - n + k),   d = k - k',   f(t) = (1 + t) log(1 + t) - t >= 0,

where log m! = (m + 1/2) log(m + 1/2) - (m + 1/2) + log(2 pi) / 2 - r(m) and r falls from 0.0724 to 0. So the largest
ratio is bounded by its value at k' without any search, and nothing cancels: each term is a squared distance. A proposal
is accepted with probability near sqrt(1 - n / (g + b)), always above 0.6: 32 attempts fail with probability below
0.4^32 = 2e-13.

k' = n g / N + (b - g) / (2 N) may need 31 bits before and 10 after the point. Its integer part comes from two-float
numbers, the rest from the remainder n g - q N, which fits into an int32 whatever the product wraps to.
"""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.binomial import draw as draw_binomials
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes, any_leading_axes
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.samplers.uniform import from_word
from zenil_dynamics.types import Key

MAX_ATTEMPTS = 32
LEAST_ACCEPTANCE = 0.6

OUT_OF_RANGE = -1
"""Result where a number is negative, the population exceeds 2^31 - 1, or more are drawn than there are."""

_PENDING = -1
# r(m) for m < 8, from log m!; above, three terms of its asymptotic series are right within 1e-9.
_REMAINDERS = np.array(
    [(m + 0.5) * (math.log(m + 0.5) - 1) + math.log(2 * math.pi) / 2 - math.lgamma(m + 1) for m in range(8)], np.float32
)


def hypergeometric(
    num_good: Int[Array, "*#shape"], num_bad: Int[Array, "*#shape"], num_draws: Int[Array, "*#shape"], *, key: Key
) -> Int32[Array, "*shape"]:
    """Number of good items among some drawn without replacement from good and bad ones.

    P(k) = C(good, k) C(bad, draws - k) / C(good + bad, draws), within 2^-20 in total variation.

    Args:
        num_good: at least 0, traced.
        num_bad: at least 0, traced; good and bad together at most 2^31 - 1.
        num_draws: from 0 to good + bad, traced.
        key: consumed.

    Returns:
        int32 of the broadcast shape, from max(0, draws - bad) to min(draws, good); -1 where an argument is out of
        range.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_hypergeometric.py.
    Source: rejection from the binomial law; Devroye, Non-Uniform Random Variate Generation (1986), section II.3.
    """
    numbers = jnp.broadcast_arrays(*(jnp.asarray(x).astype(jnp.int32) for x in (num_good, num_bad, num_draws)))
    key_0, key_1 = (jnp.broadcast_to(word, numbers[0].shape) for word in random.words(key))
    return _hypergeometric(*numbers, key_0, key_1, random.counters(numbers[0].shape))


@any_leading_axes
def _hypergeometric(
    num_good: Int32[Array, "*shape"],
    num_bad: Int32[Array, "*shape"],
    num_draws: Int32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """`draw` of plain arrays, which is what a batch rule can widen."""
    return draw(num_good, num_bad, num_draws, key_0, key_1, index)


def draw(
    num_good: Int32[Array, "*shape"],
    num_bad: Int32[Array, "*shape"],
    num_draws: Int32[Array, "*shape"],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Hypergeometric numbers from key words; for whole arrays, not to be batched by `vmap`.

    Args:
        num_good: good items.
        num_bad: bad items.
        num_draws: items drawn.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32 in the support; OUT_OF_RANGE where an argument is.
    """
    total = num_good + num_bad  # negative where it leaves int32
    valid = (num_good >= 0) & (num_bad >= 0) & (total >= 0) & (num_draws >= 0) & (num_draws <= total)
    good, total, draws = (jnp.where(valid, number, 0) for number in (num_good, total, num_draws))
    by_bad, by_left = good > total - good, draws > total - draws
    rare = jnp.where(by_bad, total - good, good)
    few = jnp.where(by_left, total - draws, draws)
    count = _thinned(jnp.maximum(rare, few), jnp.minimum(rare, few), total, key_0, key_1, index, across)
    # `count` is of the rarer kind in the smaller part; `of_kind`, of that kind among the drawn.
    of_kind = jnp.where(by_left, rare - count, count)
    return jnp.where(valid, jnp.where(by_bad, draws - of_kind, of_kind), OUT_OF_RANGE)


def _thinned(
    good: Int32[Array, "*shape"],
    draws: Int32[Array, "*shape"],
    total: Int32[Array, "*shape"],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
    across: AcrossLanes,
) -> Int32[Array, "*shape"]:
    """Hypergeometric numbers for draws <= good <= total / 2."""
    bad = total - good
    quotient, offset = centre(good, draws, total)

    def exact_weights() -> tuple[TwoFloat, TwoFloat]:
        return two_float.from_integer(good), two_float.from_integer(bad)

    weights = good.astype(jnp.float32), bad.astype(jnp.float32)

    def unfinished(carry: tuple[Array, Array]) -> Bool[Array, ""]:
        number, count = carry
        return across.some(count < 0) & (number < MAX_ATTEMPTS)

    def attempt(carry: tuple[Array, Array]) -> tuple[Array, Array]:
        number, count = carry
        keys = threefry2x32(key_0, key_1, np.uint32(Tag.HYPERGEOMETRIC_ATTEMPT) + number, index)
        trials = jnp.where(count < 0, draws, 0)
        proposed = draw_binomials(trials, *weights, exact_weights, *keys, index, across)
        word, _ = threefry2x32(*keys, np.uint32(Tag.HYPERGEOMETRIC_ACCEPT), index)
        accept = from_word(word) < jnp.exp(log_acceptance(proposed, good, bad, draws, quotient, offset))
        return number + 1, jnp.where((count < 0) & accept, proposed, count)

    certain = jnp.where(draws > 0, _PENDING, 0).astype(jnp.int32)
    _, count = lax.while_loop(unfinished, attempt, (jnp.uint32(0), certain))
    return jnp.where(count < 0, quotient, count)


def centre(
    good: Int32[Array, "*shape"], draws: Int32[Array, "*shape"], total: Int32[Array, "*shape"]
) -> tuple[Int32[Array, "*shape"], Float32[Array, "*shape"]]:
    """The k' of the module, as an integer near draws good / total and what is left, in [-1/2, 1].

    Args:
        good: g, at most total / 2.
        draws: n, at most g.
        total: N; 0 counts as 1.

    Returns:
        Integer part and rest, the rest within 1e-6.

    Definition.
    """
    total = jnp.maximum(total, 1)
    product = two_float.multiply(two_float.from_integer(draws), two_float.from_integer(good))
    mean = two_float.divide(product, two_float.from_integer(total))
    whole = jnp.floor(mean.high)
    quotient = whole.astype(jnp.int32) + jnp.round((mean.high - whole) + mean.low).astype(jnp.int32)
    remainder = draws * good - quotient * total  # of absolute value near total / 2 at most: both products may wrap
    twice = 2 * remainder.astype(jnp.float32) + (total - 2 * good).astype(jnp.float32)
    return quotient, twice / (2 * total.astype(jnp.float32))


def log_acceptance(
    count: Int32[Array, "*shape"],
    good: Int32[Array, "*shape"],
    bad: Int32[Array, "*shape"],
    draws: Int32[Array, "*shape"],
    quotient: Int32[Array, "*shape"],
    offset: Float32[Array, "*shape"],
) -> Float32[Array, "*shape"]:
    """Logarithm of the probability to accept a binomial number.

    Args:
        count: k, in [0, draws].
        good: g.
        bad: b, at least g.
        draws: n, at most g.
        quotient: first part of `centre`.
        offset: second part of `centre`.

    Returns:
        At most 0, but for rounding.

    Law: tests/samplers/test_hypergeometric.py adds up the total variation of what is accepted.
    """
    distance = (count - quotient).astype(jnp.float32) - offset
    good_left = (good - quotient).astype(jnp.float32) + (0.5 - offset)
    bad_left = (bad - draws + quotient).astype(jnp.float32) + (0.5 + offset)
    spread = good_left * _entropy_defect(-distance / good_left) + bad_left * _entropy_defect(distance / bad_left)
    rounding = _remainder(good - count) + _remainder(bad - draws + count)
    return rounding - (_remainder(good - draws) + _remainder(bad - draws)) - spread


def _entropy_defect(t: Float32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """(1 + t) log(1 + t) - t for t > -1, with full relative precision: by artanh while |t| is small."""
    ratio = t / (2 + t)
    square = ratio * ratio
    series = jnp.full_like(t, np.float32(1 / 13))
    for odd in (11, 9, 7, 5, 3):
        series = series * square + np.float32(1 / odd)
    by_series = ratio * (t + 2 * (1 + t) * square * series)
    return jnp.where(jnp.abs(ratio) < 0.25, by_series, (1 + t) * jnp.log1p(t) - t)


def _remainder(number: Int32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """r(m) of the module."""
    y = number.astype(jnp.float32) + 0.5
    square = 1 / (y * y)
    series = (1 / y) * (1 / 24 - square * (7 / 2880 - square * (31 / 40320)))
    tabulated = jnp.asarray(_REMAINDERS).at[jnp.clip(number, 0, 7)].get(mode="promise_in_bounds")
    return jnp.where(number < 8, tabulated, series)
