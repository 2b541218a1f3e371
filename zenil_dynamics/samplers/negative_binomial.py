"""Negative binomial numbers, and sums of them: Poisson numbers whose rate is a gamma number.

With G of shape r, Poisson(mean G / r) is negative binomial of shape r and this mean. What float32 does to G must not
reach the count: rates of 24 bits, of shape 10^6 and mean 2^29, would be off by 4e-5 in total variation. So from shape 8
on the rate is mean + mean (G / r - 1), where only the second term is rounded to 24 bits, the mean being known with 34
or more; below shape 8, a standard deviation is at least a third of the mean, and 24 bits do. What rounding is left
varies from word to word, on a scale far below the standard deviation of a Poisson number of any rate up to 2^30, which
averages it out.

Below shape 1 the boost exp(-E / r) takes its exponential number from 64 bits: with 24, the largest rates would be
lumps, with gaps between them that are wider than a Poisson number blurs.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.exponential import from_word_pairs
from zenil_dynamics.samplers.gamma import SMALLEST_INVERTED, relative_deviation, replace_small
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.normal import from_random_word
from zenil_dynamics.samplers.poisson import OUT_OF_RANGE
from zenil_dynamics.samplers.poisson import draw as draw_poisson
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key


def negative_binomial(
    shape_parameter: Float[Array, "*#shape"],
    mean: Float[Array, "*#shape"],
    num_terms: Int[Array, "*#shape"] | None = None,
    *,
    key: Key,
) -> Int32[Array, "*shape"]:
    """Negative binomial numbers, or sums of `num_terms` of them.

    P(k) = Gamma(k + r) / (k! Gamma(r)) (1 - p)^r p^k,   p = mean / (r + mean);   variance mean + mean^2 / r.

    Shape 1 is the geometric law on 0, 1, 2, ...; the sum of N numbers has shape N r and N times the mean. Within 2^-20
    in total variation of the law of exactly these parameters (the shape rounded to float32; a float64 mean counts with
    48 bits, its product with `num_terms` with 34).

    Args:
        shape_parameter: r > 0 of a term, traced; infinite is the Poisson law.
        mean: expectation of a term, at least 0, traced.
        num_terms: N in [0, 2^31), traced; a negative one counts as 0; None means 1.
        key: consumed.

    Returns:
        int32 of the broadcast shape; 0 where the mean of the sum is 0; -1 where an argument is out of range, or where
        the gamma rate of this draw is above 2^30.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_negative_binomial.py.
    Source: Greenwood and Yule, J. R. Stat. Soc. 83 (1920), for the mixture.
    """
    shape, total = two_float.from_number(shape_parameter).high, two_float.from_number(mean)
    if num_terms is not None:
        total = two_float.times_integer(total, num_terms)
        shape, count = jnp.broadcast_arrays(shape, jnp.asarray(num_terms))
        shape = shape * jnp.maximum(count, 0).astype(jnp.float32)
    high, low, shape = jnp.broadcast_arrays(*total, shape)
    key_0, key_1 = (jnp.broadcast_to(word, high.shape) for word in random.words(key))
    return _negative_binomial(shape, high, low, key_0, key_1, random.counters(high.shape))


@any_leading_axes
def _negative_binomial(
    shape_parameter: Float32[Array, "*shape"],
    mean_high: Float32[Array, "*shape"],
    mean_low: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """Rate, then count; the tags of a gamma and those of a Poisson number never meet."""
    valid = (shape_parameter > 0) & (mean_high >= 0)
    mean = TwoFloat(mean_high, mean_low)
    word, _ = threefry2x32(key_0, key_1, np.uint32(Tag.GAMMA_QUANTILE), index)
    rate = rate_from_word(word, shape_parameter, mean)
    small = valid & (shape_parameter < SMALLEST_INVERTED)

    def with_small(rate: TwoFloat) -> TwoFloat:
        shape = jnp.where(small, shape_parameter, 1)
        by_rejection = mean.high * (_small_gamma(shape, key_0, key_1, index) / shape)
        return TwoFloat(jnp.where(small, by_rejection, rate.high), jnp.where(small, 0, rate.low))

    rate = lax.cond(jnp.any(small), with_small, lambda rate: rate, rate)
    nothing = mean_high == 0
    rate = TwoFloat(jnp.where(nothing, 0, rate.high), jnp.where(nothing, 0, rate.low))
    count = draw_poisson(rate, key_0, key_1, index)
    return jnp.where(valid | nothing, count, OUT_OF_RANGE)


def rate_from_word(
    word: UInt32[Array, "*shape"], shape_parameter: Float32[Array, "*shape"], mean: TwoFloat
) -> TwoFloat:
    """Gamma number of this shape and mean, for shapes from 8 on.

    Args:
        word: see `normal.from_random_word`.
        shape_parameter: at least 8, or infinite; a smaller one is treated as 8.
        mean: expectation.

    Returns:
        Rate; the second part carries what varies.

    Law: tests/samplers/test_negative_binomial.py adds up the total variation.
    """
    deviation = mean.high * relative_deviation(from_random_word(word), shape_parameter)
    return TwoFloat(mean.high, mean.low + deviation)


def _small_gamma(
    shape_parameter: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Float32[Array, "*shape"]:
    """Gamma numbers of shapes in (0, 8): G(shape + 1) exp(-E / shape) below 1."""
    below_1 = shape_parameter < 1
    raised = jnp.where(below_1, shape_parameter + 1, shape_parameter)
    number = replace_small(raised, raised, key_0, key_1, index)
    words = threefry2x32(key_0, key_1, np.uint32(Tag.GAMMA_BOOST), index)
    power = -from_word_pairs(*words, np.dtype(np.float32)) / shape_parameter
    return number * jnp.where(below_1, jnp.exp(power), 1)
