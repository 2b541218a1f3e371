"""Binomial numbers of mean at least 64 by inversion: the quantile itself, as an expansion in 1 / standard deviation.

With a = (n + 1) p, s^2 = 1 / ((n + 1) p q) and delta = q - p, let y(z) solve I_q(n + 1 - alpha, alpha) = Phi(z),
alpha = a + y / s. Then P(floor(alpha(Z)) <= k) = I_q(n - k, k + 1) = P(X <= k) for a standard normal Z, so that
floor(alpha(Z)) is binomial. In powers of s,

    y = z + s delta (z^2 + 2) / 6 + s^2 z (11 delta^2 - 15 + (delta^2 - 3) z^2) / 144 + s^3 ... + s^4 ... + s^5 ...

where orders 1 and 2 are Cornish and Fisher's and orders 3 to 5 are fitted over all n and p <= 1/2 with (n + 1) p >=
64, so that they stand for the rest of the series too. No loop, no rejection, one random word for z.

Float32 alone would spoil this for large n: z has a grid of 1e-7, which is coarse once one unit of X is 1e-3 standard
deviations. The second word therefore blurs z by a triangular number on +-B, B = 2^-10. That averages smoothly over
thousands of grid points and changes the law by B^2 / 12 E|Z^2 - 1| / 2 = 4e-8 in total variation only.

From 512 standard deviations on, X is the sum of a Binomial(7 n / 8, p) and a Binomial(n / 8, p) number drawn like
this: what roughness of the grid is left in the one is averaged over the standard deviation of the other.

Source: Cornish and Fisher, "Moments and cumulants in the specification of distributions", 1938, for the form.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float32, Int32, UInt32

from zenil_dynamics.random import Tag, threefry2x32
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes
from zenil_dynamics.samplers.normal import from_random_word
from zenil_dynamics.samplers.polynomials import polynomial
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.tracing import traced_once

SMALLEST_MEAN = 64.0
"""Of (n + 1) p, the range for which the coefficients are fitted: there the law is within 1e-7 in total variation."""

BLUR = 2.0**-10
"""Half width of the triangular blur, in standard deviations."""

SPLIT_VARIANCE = 512.0**2

# Rows: powers 0, 2, 4 of delta; entries: powers 0, 2, 4, 6 of z. Odd orders carry one more delta, even ones one more
# z.
_ORDER_3 = ((-0.022362129, 0.0099337814, 0.0041215577), (0.0024956652, -0.0010897784, -0.00046065773))
_ORDER_4 = (
    (0.0027283516, -0.003125307, -0.00056446465, -1.3691324e-06),
    (0.015610897, 0.0012296368, -0.00095531799, 1.1788058e-06),
    (-0.00072622315, -0.0017621994, 0.00022292872, -5.2716913e-06),
)
_ORDER_5 = (
    (-0.00077300655, -0.011260917, 0.0020818894, 0.00051145807),
    (0.010524382, -0.018444499, 0.0024228096, 0.00017964642),
    (-0.0049630416, 0.0088629604, -0.0019579612, 5.4067147e-06),
)


def expansion(
    z: Float32[Array, "*shape"], s: Float32[Array, "*shape"], delta: Float32[Array, "*shape"]
) -> Float32[Array, "*shape"]:
    """y(z) above: standardised quantile of the binomial law at Phi(z).

    Args:
        z: standard normal quantile, |z| <= 6.4.
        s: 1 / sqrt((n + 1) p (1 - p)).
        delta: 1 - 2 p, in [0, 1]; 1 is the Poisson law, the limit of p to 0 at a fixed mean.

    Returns:
        Quantile of alpha, in standard deviations from (n + 1) p.

    Definition.
    """
    square, even = z * z, delta * delta
    order_1 = delta * (square + 2) * (1 / 6)
    order_2 = z * (11 * even - 15 + (even - 3) * square) * (1 / 144)
    order_3 = delta * polynomial([polynomial(row, square) for row in _ORDER_3], even)
    order_4 = z * polynomial([polynomial(row, square) for row in _ORDER_4], even)
    order_5 = delta * polynomial([polynomial(row, square) for row in _ORDER_5], even)
    return polynomial([z, order_1, order_2, order_3, order_4, order_5], s)


def draw(
    num_trials: Int32[Array, "*shape"],
    success: TwoFloat,
    failure: TwoFloat,
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Binomial numbers for p = success / (success + failure) <= 1/2 and n p >= 64; anything in [0, n] elsewhere.

    Args:
        num_trials: n.
        success: weight of a success.
        failure: weight of a failure, not smaller.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32 in [0, n].

    Law: tests/samplers/test_quantile.py.
    """
    success, failure = _near_one(success, failure.high), _near_one(failure, failure.high)
    total = success.high + failure.high
    variance = num_trials.astype(jnp.float32) * (success.high / total) * (failure.high / total)
    part = jnp.where(variance >= SPLIT_VARIANCE, num_trials >> 3, 0)

    def one(tag: Tag, num_trials: Int32[Array, "*shape"]) -> Int32[Array, "*shape"]:
        first, second = threefry2x32(key_0, key_1, np.uint32(tag), index)
        whole, fraction, sd = position(first, num_trials, success, failure)
        count = whole + jnp.floor(fraction + blur(second) * sd).astype(jnp.int32)
        return jnp.clip(count, 0, num_trials)

    count = one(Tag.BINOMIAL_QUANTILE, num_trials - part)
    return lax.cond(
        across.some(part > 0),
        lambda count: count + jnp.where(part > 0, one(Tag.BINOMIAL_SPLIT, part), 0),
        lambda count: count,
        count,
    )


@traced_once
def position(
    word: UInt32[Array, "*shape"], num_trials: Int32[Array, "*shape"], success: TwoFloat, failure: TwoFloat
) -> tuple[Int32[Array, "*shape"], Float32[Array, "*shape"], Float32[Array, "*shape"]]:
    """Quantile alpha(z) before it is blurred and rounded down, for the z of `word`.

    Args:
        word: see `normal.from_random_word`.
        num_trials: n.
        success: weight of a success, neither tiny nor huge.
        failure: weight of a failure, not smaller than that.

    Returns:
        Whole part of alpha; the rest, in [0, 3); standard deviation.

    Law: tests/samplers/test_quantile.py adds up the total variation.
    """
    zero, one = jnp.zeros_like(success.high), jnp.ones_like(success.high)
    trials = two_float.add(two_float.from_integer(num_trials), TwoFloat(one, zero))
    total = two_float.add(success, failure)
    centre = two_float.divide(two_float.multiply(trials, success), total)
    sd = jnp.sqrt(centre.high * (failure.high / total.high))
    return (*place(word, centre, sd, (failure.high - success.high) / total.high), sd)


@traced_once
def place(
    word: UInt32[Array, "*shape"], centre: TwoFloat, sd: Float32[Array, "*shape"], delta: Float32[Array, "*#shape"]
) -> tuple[Int32[Array, "*shape"], Float32[Array, "*shape"]]:
    """Centre plus `sd` times the expansion at the z of `word`, in two parts.

    Args:
        word: see `normal.from_random_word`.
        centre: at most 2^30.
        sd: standard deviation.
        delta: see `expansion`; 1 for the Poisson law.

    Returns:
        Whole part; the rest, not always in [0, 1).

    Definition.
    """
    distance = sd * expansion(from_random_word(word), 1 / sd, delta)
    # Whole and fractional parts are kept apart: both may have 24 significant bits, and one float32 has no room for
    # them.
    centre_whole, distance_whole = jnp.floor(centre.high), jnp.floor(distance)
    fraction = (centre.high - centre_whole) + (distance - distance_whole) + centre.low
    return centre_whole.astype(jnp.int32) + distance_whole.astype(jnp.int32), fraction


def _near_one(weight: TwoFloat, common: Float32[Array, "*shape"]) -> TwoFloat:
    """Weight times the power of two that brings `common` into [1, 2): products then neither overflow nor underflow."""
    exponent = lax.bitcast_convert_type(common, jnp.int32) >> 23
    power = lax.bitcast_convert_type(jnp.clip(254 - exponent, 1, 254) << 23, jnp.float32)
    return TwoFloat(weight.high * power, weight.low * power)


def blur(word: UInt32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """Triangular number on (-BLUR, BLUR), the sum of two 16-bit uniforms."""
    halves = (word >> np.uint32(16)) + (word & np.uint32(2**16 - 1))
    centred = lax.bitcast_convert_type(halves, jnp.int32).astype(jnp.float32) - (2**16 - 1)
    return centred * np.float32(2.0**-16 * BLUR)
