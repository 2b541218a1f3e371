"""Normal numbers: one by inversion of a random word, monotone and symmetric; or two at once, from a point on a circle.

The pair (Box and Muller) needs one logarithm and one root for two numbers, which is half the work of two inversions.
"""

import math

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, Float32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.polynomials import polynomial
from zenil_dynamics.samplers.uniform import float_dtype, from_words
from zenil_dynamics.tracing import traced_once
from zenil_dynamics.types import Key

# z / (1 - 2 p) as a polynomial in w - 2.5 (w < 5, relative error 6e-9) and in sqrt(w) - 3 (w >= 5, 4e-7), where
# w = -log(4 p (1 - p)) and p is the tail probability. The form is Giles's; the coefficients are fitted anew, because
# his end at |z| = 5.3 and ours must reach 6.34.
_CENTRE = (
    2.12331348, 0.348802038, -0.00590771694, -0.00177164444, 0.000308785565, -7.01931635e-06, -4.89697678e-06,
    6.59284666e-07, 3.28537309e-08, -1.24339356e-08,
)  # fmt: skip
_TAIL = (
    4.00643486, 1.41659506, 0.0133383972, -0.0109351242, 0.00819547257, -0.00474970767, 0.00163706741, -0.000239614842,
)  # fmt: skip

# -2 log(1 + f) / f on [1 / sqrt(2) - 1, sqrt(2) - 1], relative error 3e-8.
_LOGARITHM = (
    -2.0, 0.99999976, -0.66668367, 0.50004309, -0.39913955, 0.33121392, -0.29898190, 0.28754660, -0.17487891,
)  # fmt: skip
_LEAST_MANTISSA = np.float32(math.sqrt(0.5)).view(np.int32)
# sin(pi r / 2) / r and cos(pi r / 2) as polynomials in r^2, |r| <= 1/2, errors 5e-9 and 3e-8.
_SINE = (1.5707964, -0.64596349, 0.079680219, -0.0046021631)
_COSINE = (1.0, -1.2336971, 0.2535986, -0.020408256)


def normal(shape: tuple[int, ...] = (), *, key: Key, dtype: jnp.dtype | None = None) -> Float[Array, "..."]:
    """Standard normal numbers.

    float32: 2^32 equally likely words, exactly symmetric, so that every odd moment is 0; |z| <= 6.34, beyond which the
    normal law has 2.3e-10; each value within 1e-6 of the quantile, relatively. float64: 53 bits, |z| <= 8.3.

    Args:
        shape: static.
        key: consumed.
        dtype: float32 or float64; None means the default float type.

    Returns:
        Array of `shape`.

    Raises:
        ValueError: `key` is not a typed threefry key, or `dtype` is not a float type.

    Law: tests/samplers/test_normal.py.
    Source: M. Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2010), for the form.
    """
    return from_random_words(*random.pairs(key, shape), float_dtype(dtype))


def from_random_words(
    first: UInt32[Array, "*shape"], second: UInt32[Array, "*shape"], dtype: np.dtype
) -> Float[Array, "*shape"]:
    """Standard normal of `dtype`; float32 uses the first word only."""
    if dtype == np.float64:
        return math.sqrt(2) * lax.erf_inv(2 * from_words(first, second, dtype) - 1)
    return from_random_word(first)


@traced_once
def from_random_word(word: UInt32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """Standard normal float32: the lowest bit is the sign, the others m of the tail probability (m + 1/2) 2^-32."""
    upper = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32).astype(jnp.float32)
    tail = upper * np.float32(2.0**-32) + np.float32(2.0**-33)
    w = -jnp.log(4 * tail * (1 - tail))
    slope = jnp.where(w < 5, polynomial(_CENTRE, w - 2.5), polynomial(_TAIL, jnp.sqrt(w) - 3))
    magnitude = lax.bitcast_convert_type((1 - 2 * tail) * slope, jnp.uint32)
    return lax.bitcast_convert_type(magnitude ^ (word << np.uint32(31)), jnp.float32)


def pair_from_random_bits(
    radius_words: tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]],
    angle_words: tuple[UInt32[Array, "*shape"], UInt32[Array, "*shape"]],
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Two independent standard normal float64 numbers from four words; see `pair_from_random_words`."""
    dtype = np.dtype(np.float64)
    radius = jnp.sqrt(-2 * jnp.log(from_words(*radius_words, dtype)))
    angle = 2 * math.pi * from_words(*angle_words, dtype)
    return radius * jnp.cos(angle), radius * jnp.sin(angle)


def pair_from_random_words(
    first: UInt32[Array, "*shape"], second: UInt32[Array, "*shape"]
) -> tuple[Float32[Array, "*shape"], Float32[Array, "*shape"]]:
    """Two independent standard normal float32 numbers from two words.

    The first word is the squared radius, exponential with 31 bits; the second is the angle, with 32 bits, all four
    quadrants and both octants of each exactly alike. Both numbers lie within 6.67; each is within 3e-7 of its exact
    function of the words, relative to the radius.

    Args:
        first: independent uniform words.
        second: of the same shape.

    Returns:
        Two arrays of that shape.

    Law: tests/samplers/test_normal_pairs.py.
    Source: G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Ann. Math. Statist. 29
    (1958).
    """
    radius = jnp.sqrt(_minus_twice_log(first))
    # The two highest bits choose the octant pair and the sign; + 2 is the middle of what the others leave open.
    turn = lax.bitcast_convert_type(second << np.uint32(2), jnp.int32).astype(jnp.float32) * np.float32(2.0**-32)
    turn = turn + np.float32(2.0**-31)
    square = turn * turn
    sine, cosine = turn * polynomial(_SINE, square), polynomial(_COSINE, square)
    sign = second & np.uint32(1 << 31)
    radius = lax.bitcast_convert_type(lax.bitcast_convert_type(radius, jnp.uint32) ^ sign, jnp.float32)
    swap = (second & np.uint32(1 << 30)) != 0
    return radius * jnp.where(swap, sine, cosine), radius * jnp.where(swap, cosine, sine)


def _minus_twice_log(word: UInt32[Array, "*shape"]) -> Float32[Array, "*shape"]:
    """-2 log u for u = (m + 1/2) 2^-31, m the highest 31 bits; with full relative accuracy also where u is near 1."""
    upper = lax.bitcast_convert_type(word >> np.uint32(1), jnp.int32)
    u = upper.astype(jnp.float32) * np.float32(2.0**-31) + np.float32(2.0**-32)
    # 1 - u rounded once: u itself would have lost the digits that matter near 1.
    rest = (np.int32(2**31 - 1) - upper).astype(jnp.float32) * np.float32(2.0**-31) + np.float32(2.0**-32)
    pattern = lax.bitcast_convert_type(u, jnp.int32)
    exponent = (pattern - _LEAST_MANTISSA) >> np.int32(23)
    mantissa = lax.bitcast_convert_type(pattern - (exponent << np.int32(23)), jnp.float32)
    fraction = jnp.where(exponent == 0, -rest, mantissa - 1)
    return fraction * polynomial(_LOGARITHM, fraction) - np.float32(2 * math.log(2)) * exponent.astype(jnp.float32)
