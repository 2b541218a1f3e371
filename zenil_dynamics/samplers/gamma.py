"""Gamma and chi-square numbers: by inversion from shape 8 on, by Marsaglia and Tsang's rejection below.

Inversion. The cube root of a gamma number is nearly normal (Wilson and Hilferty). With s = 1 / sqrt(shape),

    quantile(Phi(z)) = shape (1 - s^2 / 9 + (s / 3) (z + s^2 E(z, s)))^3,

where E is a polynomial fitted for shapes from 8 on: the distribution function is right within 5e-8. It costs what a
normal number costs, has no loop, and is monotone in the random word, so that equal keys couple unequal shapes.

Rejection. For shape >= 1 an attempt is accepted with probability above 0.95 (Marsaglia and Tsang, table 1), so
P(eight rejections) < 0.05^8 = 4e-11 < 2^-24; then the result is shape - 1/3, the centre. Shapes below 1 use
G(shape) = G(shape + 1) U^(1 / shape), the power by logarithms: a result below 1e-38 is returned as 0.
"""

from collections.abc import Sequence
from functools import partial

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, UInt32

from zenil_dynamics import random
from zenil_dynamics.random import Tag
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.normal import from_random_words
from zenil_dynamics.samplers.polynomials import polynomial
from zenil_dynamics.samplers.uniform import from_words
from zenil_dynamics.types import Key

SMALLEST_INVERTED = 8.0
MAX_ATTEMPTS = 8

# Powers 0, 1, 2, ... of s; within a row the powers 1, 3, 5, ... or 0, 2, 4, ... of z.
# Orders 0 and 1 are exact (Cornish and Fisher).
_CORRECTION = (
    (1 / 36, -1 / 108),
    (-7 / 405, 4 / 405, 1 / 405),
    (-0.0059143958, -0.0050455291, -0.00040426412),
    (0.004746337, 0.0052423772, 0.0011929257, 1.2255901e-05),
    (-0.0027290689, -0.0022945342, 6.8318792e-05, 2.1998804e-05),
    (0.0018448651, 0.00071085492, 4.6576358e-05, -7.9824325e-05, -5.2929112e-06),
)


def gamma(shape_parameter: Float[Array, "*shape"], *, key: Key) -> Float[Array, "*shape"]:
    """Gamma numbers of unit scale.

    Within 2^-20 in total variation of the exact law, before the result is rounded to its dtype. Rounded in float32 are
    the root and the cube: numbers of shape 8 and more lie on a grid of up to 3 2^-23 of themselves, which is above
    10^-3 standard deviations from shape 10^7 on. What cannot bear that reads `relative_deviation`.

    Args:
        shape_parameter: at least 0; 0 gives exactly 0.
        key: consumed.

    Returns:
        Array of the shape and dtype of `shape_parameter`.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_gamma.py.
    Source: Wilson and Hilferty, "The distribution of chi-square", PNAS 17 (1931), for the cube root; Marsaglia and
    Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000), for the rejection.
    """
    shape_parameter = jnp.asarray(shape_parameter)
    key_0, key_1 = random.words(key)
    index = random.counters(shape_parameter.shape)
    words = random.threefry2x32(key_0, key_1, jnp.full_like(index, Tag.GAMMA_QUANTILE), index)
    inverted = quantile(from_random_words(*words, np.dtype(shape_parameter.dtype)), shape_parameter)
    return replace_small(*jnp.broadcast_arrays(shape_parameter, inverted, key_0, key_1, index))


def chi_square(degrees_of_freedom: Float[Array, "*shape"], *, key: Key) -> Float[Array, "*shape"]:
    """Chi-square numbers: twice a gamma number of half the shape.

    Args:
        degrees_of_freedom: at least 0; 0 gives exactly 0.
        key: consumed.

    Returns:
        Array of the shape and dtype of `degrees_of_freedom`.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Definition.
    """
    return 2 * gamma(jnp.asarray(degrees_of_freedom) * 0.5, key=key)


def quantile(z: Float[Array, "*#shape"], shape_parameter: Float[Array, "*#shape"]) -> Float[Array, "*shape"]:
    """Gamma quantile at Phi(z) for shapes of at least 8.

    Args:
        z: standard normal quantile, |z| <= 8.3.
        shape_parameter: at least 8; a smaller one is treated as 8.

    Returns:
        Positive array.

    Source: Wilson and Hilferty 1931 for the cube root; the correction is fitted by tests/samplers/fits.py.
    """
    shape_parameter = jnp.maximum(shape_parameter, SMALLEST_INVERTED)
    s = lax.rsqrt(shape_parameter)
    cube_root = 1 - s * s * (1 / 9) + s * (1 / 3) * _normal_root(z, s)
    return shape_parameter * cube_root * cube_root * cube_root


def relative_deviation(z: Float[Array, "*#shape"], shape_parameter: Float[Array, "*#shape"]) -> Float[Array, "*shape"]:
    """`quantile` / `shape_parameter` - 1, without the cancellation.

    Next to 1 a float32 quantile has a grid of sqrt(shape) 2^-24 standard deviations; this has 24 bits of its own, which
    is what the mean of a large count needs.

    Args:
        z: standard normal quantile, |z| <= 8.3.
        shape_parameter: at least 8, or infinite; a smaller one is treated as 8.

    Returns:
        Array of numbers above -1.

    Law: tests/samplers/test_gamma.py.
    """
    s = lax.rsqrt(jnp.maximum(shape_parameter, SMALLEST_INVERTED))
    root = s * (1 / 3) * (_normal_root(z, s) - s * (1 / 3))
    return 3 * root + root * root * (3 + root)  # next to 0 the first term has all the digits


def _normal_root(z: Float[Array, "*#shape"], s: Float[Array, "*#shape"]) -> Float[Array, "*shape"]:
    """The normal variable behind the cube root: z + s^2 E(z, s)."""
    square, even = z * z, s * s
    # Combined per power of z first: a shape that all lanes share is then worked out once, not once per lane.
    odd_powers = polynomial([polynomial(column, even) for column in _columns(_CORRECTION[0::2])], square)
    even_powers = polynomial([polynomial(column, even) for column in _columns(_CORRECTION[1::2])], square)
    return z + even * (z * odd_powers + s * even_powers)


def cube_root_polynomials(shape_parameter: np.ndarray) -> np.ndarray:
    """Coefficients, lowest power first, of the polynomials in z whose cubes are `quantile(z, shape_parameter)`.

    Args:
        shape_parameter: on the host, shape (n,); one below 8 is treated as 8.

    Returns:
        float64, shape (n, 9).
    """
    s = 1 / np.sqrt(np.maximum(np.asarray(shape_parameter, np.float64), SMALLEST_INVERTED))
    odd, even = ([np.polyval(column[::-1], s * s) for column in _columns(_CORRECTION[first::2])] for first in (0, 1))
    powers = np.zeros((s.shape[0], 2 * len(even) - 1))
    powers[:, 1 : 2 * len(odd) : 2] = s[:, None] / 3 * (s[:, None] ** 2 * np.stack(odd, axis=1))
    powers[:, 0::2] = s[:, None] / 3 * (s[:, None] ** 3 * np.stack(even, axis=1))
    powers[:, 0] += 1 - s * s / 9
    powers[:, 1] += s / 3
    return powers / np.cbrt(s * s)[:, None]


def _columns(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Transpose of a ragged table, filled with zeros."""
    return [[row[i] if i < len(row) else 0.0 for row in rows] for i in range(max(map(len, rows)))]


def proposal(
    z: Float[Array, "*#shape"], d: Float[Array, "*#shape"], c: Float[Array, "*#shape"]
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """One attempt of the rejection: a gamma number divided by d, if it is accepted.

    Args:
        z: standard normal number.
        d: shape - 1/3, for a shape of at least 1.
        c: 1 / sqrt(9 d).

    Returns:
        The number, and the logarithm of the probability to accept it.

    Law: tests/samplers/test_gamma.py.
    Source: Marsaglia and Tsang 2000.
    """
    root = 1 + c * z
    v = jnp.where(root > 0, root * root * root, 1)
    return v, jnp.where(root > 0, z * z / 2 + d * (1 - v + jnp.log(v)), -jnp.inf)


@partial(any_leading_axes, dtype=None)
def replace_small(
    shape_parameter: Float[Array, "*shape"],
    inverted: Float[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Float[Array, "*shape"]:
    """Gamma numbers by rejection where the shape is below 8, `inverted` elsewhere; no work when no shape is."""
    small = shape_parameter < SMALLEST_INVERTED

    def with_small(inverted: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        return jnp.where(small, _reject(jnp.where(small, shape_parameter, 0), key_0, key_1, index), inverted)

    return lax.cond(jnp.any(small), with_small, lambda inverted: inverted, inverted)


def _reject(
    shape_parameter: Float[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Float[Array, "*shape"]:
    """Marsaglia-Tsang with the boost below shape 1; 0 where the shape is not positive."""
    dtype = np.dtype(shape_parameter.dtype)
    positive, below_1 = shape_parameter > 0, shape_parameter < 1
    d = jnp.where(below_1, shape_parameter + 1, shape_parameter) - 1 / 3
    c = lax.rsqrt(9 * d)

    def attempt(carry: tuple[Array, Array]) -> tuple[Array, Array]:
        number, accepted = carry
        words = random.threefry2x32(key_0, key_1, jnp.full_like(index, Tag.GAMMA_NORMAL) + number, index)
        if dtype == np.float64:  # 64 bits for each of the two numbers
            z = from_random_words(*words, dtype)
            words = random.threefry2x32(key_0, key_1, jnp.full_like(index, Tag.GAMMA_ACCEPT) + number, index)
            u = from_words(*words, dtype)
        else:
            z, u = from_random_words(words[0], words[0], dtype), from_words(words[1], words[1], dtype)
        v, log_acceptance = proposal(z, d, c)
        return number + 1, jnp.where((accepted < 0) & (jnp.log(u) < log_acceptance), v, accepted)

    def unfinished(carry: tuple[Array, Array]) -> Bool[Array, ""]:
        number, accepted = carry
        return jnp.any(accepted < 0) & (number < MAX_ATTEMPTS)

    _, v = lax.while_loop(unfinished, attempt, (jnp.uint32(0), jnp.where(positive, -1, jnp.ones_like(d))))
    words = random.threefry2x32(key_0, key_1, jnp.full_like(index, Tag.GAMMA_BOOST), index)
    power = jnp.log(from_words(*words, dtype)) / jnp.where(positive, shape_parameter, 1)
    result = d * jnp.where(v < 0, 1, v) * jnp.where(below_1, jnp.exp(power), 1)
    return jnp.where(positive, result, 0)
