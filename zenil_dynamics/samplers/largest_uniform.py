"""The largest of many uniform numbers, and how far it stays below 1, each with full relative precision."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics import random
from zenil_dynamics.samplers.exponential import from_word_pairs
from zenil_dynamics.samplers.uniform import float_dtype
from zenil_dynamics.types import Key


def largest_uniform(
    num_samples: Int[Array, "*shape"], *, key: Key, dtype: jnp.dtype | None = None
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """Largest of N independent uniform numbers on (0, 1), and 1 minus it: U^(1/N) = exp(-E/N), 1 - U^(1/N).

    Both are within 2^-20 in total variation of their exact laws, before they are rounded to their dtype; the gap, about
    1/N, does not come from the first by subtraction, which would leave it no digit from N = 10^7 on.

    Args:
        num_samples: N in [0, 2^31), traced; the largest of none counts as 0, that of a negative number as well.
        key: consumed.
        dtype: float32 or float64; None means the default float type.

    Returns:
        Largest number, in [0, 1]; the gap above it, in [0, 1]. In float32 the first is rounded to 1 once the gap is
        below 2^-25.

    Raises:
        ValueError: `key` is not a typed threefry key, or `dtype` is not a float type.

    Law: tests/samplers/test_largest_uniform.py.
    Source: inversion of P(max <= x) = x^N.
    """
    num_samples = jnp.asarray(num_samples)
    words = random.pairs(key, num_samples.shape)
    return from_exponential(from_word_pairs(*words, float_dtype(dtype)), num_samples)


def from_exponential(
    exponential_number: Float[Array, "*#shape"], num_samples: Int[Array, "*#shape"]
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """The two results as functions of an exponential number.

    Args:
        exponential_number: -log U, positive.
        num_samples: N.

    Returns:
        Largest number and gap; they fall and rise with `exponential_number`.

    Definition.
    """
    dtype = exponential_number.dtype
    negative = -exponential_number / jnp.maximum(num_samples, 0).astype(dtype)
    return jnp.exp(negative), -jnp.expm1(negative)
