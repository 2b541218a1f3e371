"""Counts of a sample without replacement by conditional hypergeometric numbers, category after category.

Category i takes Hypergeometric(c_i, c_(i+1) + c_(i+2) + ..., left) of the items that are left to be drawn. All of it is
integers: the counts sum to the number of draws in every sample and never exceed what is there. One category of all
lanes at a time, as for `multinomial`.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers.hypergeometric import OUT_OF_RANGE
from zenil_dynamics.samplers.hypergeometric import draw as draw_hypergeometric
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.types import Key


def multivariate_hypergeometric(
    counts: Int[Array, " support"], num_samples: Int[Array, ""], *, key: Key
) -> Int32[Array, " support"]:
    """Counts of a sample without replacement; their sum is `num_samples` exactly.

    Each of the support - 1 conditional numbers is within 2^-20 in total variation of its exact law.

    Args:
        counts: items of every category, at least 0, sum at most 2^31 - 1; traced.
        num_samples: from 0 to the sum of `counts`, traced.
        key: consumed.

    Returns:
        int32 counts, none above that of `counts`; all -1 where an argument is out of range.

    Raises:
        ValueError: `key` is not a typed threefry key, or `counts` is not a vector (while tracing).

    Law: tests/samplers/test_multivariate_hypergeometric.py.
    Source: Devroye, Non-Uniform Random Variate Generation (1986), section XI.1.4 (conditional distributions).
    """
    counts = jnp.asarray(counts)
    if counts.ndim != 1 or counts.shape[0] == 0:
        raise ValueError(f"`counts` must be a vector of one count or more; got shape {counts.shape}. Use vmap.")
    return _multivariate(counts.astype(jnp.int32), jnp.asarray(num_samples).astype(jnp.int32), *random.words(key))


@any_leading_axes
def _multivariate(
    counts: Int32[Array, "*lanes support"],
    num_samples: Int32[Array, "*lanes"],
    key_0: UInt32[Array, "*lanes"],
    key_1: UInt32[Array, "*lanes"],
) -> Int32[Array, "*lanes support"]:
    """All lanes at once: a scan over the support, its carry what is left to be drawn."""
    by_category = jnp.moveaxis(counts, -1, 0)
    sums = jnp.cumsum(by_category, axis=0, dtype=jnp.int32)
    valid = jnp.all((by_category >= 0) & (sums >= 0), axis=0) & (num_samples >= 0) & (num_samples <= sums[-1])
    by_category = jnp.where(valid[None], by_category, 0)
    following = jnp.where(valid[None], sums[-1:] - sums, 0)

    def category(left: Array, row: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        index, here, after = row
        taken = draw_hypergeometric(here, after, left, key_0, key_1, index)
        return left - taken, taken

    rows = (jnp.arange(counts.shape[-1] - 1, dtype=jnp.uint32), by_category[:-1], following[:-1])
    left, drawn = lax.scan(category, jnp.where(valid, num_samples, 0), rows)
    drawn = jnp.concatenate([drawn, left[None]])
    return jnp.moveaxis(jnp.where(valid[None], drawn, OUT_OF_RANGE), 0, -1)
