"""What the estimators of both families share: shapes at the door, and one term of a relative entropy."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

SERIES_RADIUS = 0.5
"""Where |q - p| <= q + p times this, the difference of logarithms cancels and a series takes over."""


def floating(values: ArrayLike) -> Float[Array, "*shape"]:
    """Return `values` as a floating array: floats keep their dtype, whole numbers become JAX's default float."""
    array = jnp.asarray(values)
    return array if jnp.issubdtype(array.dtype, jnp.floating) else array.astype(jnp.result_type(float))


def probability_vector(probs: ArrayLike, *, name: str) -> Float[Array, " support"]:
    """Return `probs` as one floating vector; entries are not checked, since they may be traced.

    Args:
        probs: probabilities of the types, shape (support,).
        name: how the message calls the argument.

    Returns:
        The same values, dtype of a floating input kept.

    Raises:
        ValueError: not one non-empty axis.

    Source: Definition.
    """
    array = floating(probs)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"`{name}` must have shape (support,); got shape {array.shape}. Use jax.vmap for a batch of states."
        )
    return array


def probability_pair(
    first: ArrayLike, second: ArrayLike, *, names: tuple[str, str]
) -> tuple[Float[Array, " support"], Float[Array, " support"]]:
    """Return two probability vectors on the same types.

    Args:
        first: shape (support,).
        second: shape (support,).
        names: how messages call them.

    Returns:
        Both as floating vectors.

    Raises:
        ValueError: not one axis each, or different numbers of types.

    Source: Definition.
    """
    one = probability_vector(first, name=names[0])
    other = probability_vector(second, name=names[1])
    if one.shape != other.shape:
        raise ValueError(
            f"`{names[0]}` and `{names[1]}` must have the same number of types; got {one.shape[0]} and "
            f"{other.shape[0]}. Give types that one of them lacks probability 0."
        )
    return one, other


@jax.custom_jvp
def relative_entropy_term(first: Float[Array, "*shape"], second: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Elementwise p log(p / q) - p + q: what each type adds to KL(p || q), never negative.

    The two linear parts cancel in a sum over probability vectors. With them each term has a relative error of at most
    44 unit roundoffs, however close p and q are (derived in `slack`). Near p = q, with u = (p - q) / (p + q),

        p log(p / q) - p + q = (p + q) u^2 (1 + (1 + u) u A(u^2)),   A(w) = 1/3 + w/5 + w^2/7 + ...,

    because log(p / q) = 2 artanh(u).

    Args:
        first: p, non-negative, any shape.
        second: q, non-negative, the same shape.

    Returns:
        Nats; q where p = 0, inf where q = 0 < p, nan where an entry is nan. The derivative with respect to
        p, -inf at p = 0, is given as 0 there; so are both derivatives where the term is inf.

    Source: Definition (the generalised Kullback-Leibler divergence; Csiszar 1991).
    """
    inside, positive_first, positive_second = _positive(first, second)
    total = positive_first + positive_second
    difference = positive_first - positive_second
    ratio = difference / total
    near = jnp.abs(ratio) <= SERIES_RADIUS
    # Out of its radius the series could overflow.
    argument = jnp.where(near, ratio, jnp.zeros_like(ratio))
    square = argument * argument
    series = total * square * (1 + (1 + argument) * argument * _artanh_tail(square))
    direct = positive_first * jnp.log(positive_first / positive_second) - difference
    # A product and not the constant inf, so that nan stays nan.
    outside = jnp.where(first == 0, second, first * jnp.inf)
    return jnp.where(inside, jnp.where(near, series, direct), outside)


@relative_entropy_term.defjvp
def _relative_entropy_term_jvp(primals, tangents):
    first, second = primals
    inside, positive_first, positive_second = _positive(first, second)
    quotient = positive_first / positive_second
    zero, one = jnp.zeros_like(quotient), jnp.ones_like(quotient)
    by_first = jnp.where(inside, jnp.log(quotient), zero)
    by_second = jnp.where(inside, 1 - quotient, jnp.where(first == 0, one, zero))
    return relative_entropy_term(first, second), by_first * tangents[0] + by_second * tangents[1]


def _positive(first: Array, second: Array) -> tuple[Array, Array, Array]:
    """Where neither entry is 0 (nan counts as neither), and both arrays with 1 elsewhere."""
    inside = (first != 0) & (second != 0)
    return inside, jnp.where(inside, first, jnp.ones_like(first)), jnp.where(inside, second, jnp.ones_like(second))


def _artanh_tail(square: Array) -> Array:
    """1/3 + w/5 + w^2/7 + ... for 0 <= w <= 1/4, to the last place of the dtype."""
    # The remainder after n terms is below w^n / (2n + 1) * 4/3 of values near 1/3: 4^-12 / 6 and 4^-26 / 13.
    num_terms = 12 if jnp.finfo(square.dtype).eps > 1e-10 else 26
    value = jnp.full_like(square, 1 / (2 * num_terms + 1))
    for index in range(num_terms - 1, 0, -1):
        value = value * square + 1 / (2 * index + 1)
    return value
