"""Uniform whole numbers below a traced limit: places in a list of items."""

import jax.numpy as jnp
from jaxtyping import Array, Int, Int32

from zenil_dynamics import random
from zenil_dynamics.samplers.categorical_items import scaled
from zenil_dynamics.types import Key


def uniform_integers(limit: Int[Array, ""], shape: tuple[int, ...] = (), *, key: Key) -> Int32[Array, "..."]:
    """Uniform on 0, 1, ..., limit - 1: the upper word of a product with 64 random bits.

    Each value has a probability within 2^-62 of 1/limit.

    Args:
        limit: from 1 to 2^31 - 1, traced; 0 gives 0.
        shape: static.
        key: consumed.

    Returns:
        int32 array of `shape`.

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_integers.py.
    Source: D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019), without its rejection.
    """
    total = jnp.asarray(limit).astype(jnp.uint32)
    # The limit in the upper word, so that the product's upper 64 bits begin with the result.
    below, _ = scaled(random.pairs(key, shape), (total, jnp.zeros_like(total)))
    return below.astype(jnp.int32)
