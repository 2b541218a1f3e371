"""Horner's rule."""

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from zenil_dynamics.tracing import traced_once


def polynomial(
    coefficients: Sequence[float] | Sequence[Float[Array, "*#shape"]], x: Float[Array, "*#shape"]
) -> Float[Array, "*shape"]:
    """Value at `x` of the polynomial with `coefficients`, lowest power first.

    Args:
        coefficients: at least one; numbers or arrays that broadcast against `x`.
        x: any shape.

    Returns:
        Array of the dtype of `x`.

    Definition.
    """
    result = jnp.asarray(coefficients[-1], x.dtype)
    for coefficient in reversed(coefficients[:-1]):
        result = _step(result, x, jnp.asarray(coefficient, x.dtype))
    return result


@traced_once
def _step(
    result: Float[Array, "*#shape"], x: Float[Array, "*#shape"], coefficient: Float[Array, "*#shape"]
) -> Float[Array, "*shape"]:
    """One power less to go."""
    return result * x + coefficient
