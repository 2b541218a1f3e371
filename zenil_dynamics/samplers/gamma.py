"""Gamma and chi-square numbers by Marsaglia and Tsang's rejection, with a proved cap on the number of attempts."""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, UInt32

from zenil_dynamics import random
from zenil_dynamics.random import Tag
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.normal import normal_from_words
from zenil_dynamics.samplers.uniform import from_words
from zenil_dynamics.types import Key

MAX_ATTEMPTS = 8


def gamma(shape_parameter: Float[Array, "*shape"], *, key: Key) -> Float[Array, "*shape"]:
    """Gamma numbers of unit scale; shape 0 gives exactly 0."""
    shape_parameter = jnp.asarray(shape_parameter)
    key_0, key_1 = (jnp.broadcast_to(word, shape_parameter.shape) for word in random.words(key))
    index = random.counters(shape_parameter.shape)
    return _gamma(shape_parameter, key_0, key_1, index)


def chi_square(degrees_of_freedom: Float[Array, "*shape"], *, key: Key) -> Float[Array, "*shape"]:
    """Chi-square numbers; 0 degrees of freedom give exactly 0."""
    return 2 * gamma(jnp.asarray(degrees_of_freedom) / 2, key=key)


@any_leading_axes
def _gamma(shape_parameter: Array, key_0: UInt32[Array, "..."], key_1: Array, index: Array) -> Array:
    """Marsaglia-Tsang on equally shaped arrays."""
    dtype = np.dtype(shape_parameter.dtype)
    small = shape_parameter < 1
    d = jnp.where(small, shape_parameter + 1, shape_parameter) - 1 / 3
    c = 1 / jnp.sqrt(9 * d)

    def attempt(number: Array, state: Array) -> Array:
        block = jnp.full_like(index, Tag.GAMMA) + number
        first, second = random.threefry2x32(key_0, key_1, block, index)
        x = normal_from_words(first, first, dtype)
        u = from_words(second, second, dtype)
        v = (1 + c * x) ** 3
        accept = (v > 0) & (jnp.log(u) < x * x / 2 + d * (1 - v + jnp.log(jnp.where(v > 0, v, 1))))
        return jnp.where((state < 0) & accept, v, state)

    def body(carry):
        number, state = carry
        return number + 1, attempt(number, state)

    def unfinished(carry):
        number, state = carry
        return (number < MAX_ATTEMPTS) & jnp.any(state < 0)

    _, v = lax.while_loop(unfinished, body, (jnp.uint32(0), jnp.full_like(d, -1)))
    result = d * jnp.where(v < 0, 1, v)
    first, second = random.threefry2x32(key_0, key_1, jnp.full_like(index, Tag.GAMMA_BOOST), index)
    boost = jnp.exp(jnp.log(from_words(first, second, dtype)) / jnp.where(small & (shape_parameter > 0), shape_parameter, 1))
    return jnp.where(shape_parameter > 0, jnp.where(small, result * boost, result), 0)
