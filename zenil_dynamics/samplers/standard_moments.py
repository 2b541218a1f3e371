"""Sample mean and scatter of standard normal draws: one block of random words for both, no loop where N > 16."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from zenil_dynamics import random
from zenil_dynamics.samplers.gamma import chi_square, quantile, replace_small
from zenil_dynamics.samplers.normal import from_random_word, from_random_words
from zenil_dynamics.types import Key


def standard_moments(
    num_samples: Int[Array, "*shape"], *, key: Key
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Standardised mean and scatter of `num_samples` standard normal draws, independent of each other.

    Args:
        num_samples: N, at least 1, of the shape of `key` or a scalar.
        key: consumed.

    Returns:
        sqrt(N) times the mean, N(0, 1); sum of squared distances from the mean, chi-square with N - 1 degrees of
        freedom, exactly 0 for N = 1. Within 2^-20 in total variation of the law, before rounding.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_standard_moments.py.
    Source: Fisher's theorem.
    """
    dtype = np.dtype(jnp.result_type(float))
    degrees = (jnp.asarray(num_samples) - 1).astype(dtype)
    first, second = random.pairs(key)
    if dtype == np.float64:  # 64 bits for each number
        return from_random_words(first, second, dtype), chi_square(jnp.broadcast_to(degrees, first.shape), key=key)
    # The quantile sees a shape that all lanes share as one scalar; only the correction of small shapes is widened.
    inverted = quantile(from_random_word(second), degrees * 0.5)
    lanes = jnp.broadcast_arrays(degrees * 0.5, inverted, *random.words(key), jnp.zeros_like(first))
    return from_random_word(first), 2 * replace_small(*lanes)
