"""What an end says about a beginning: mutual information of finite tables."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import floating, probability_vector, relative_entropy_term


def mutual_information(joint: ArrayLike) -> Float[Array, ""]:
    """Mutual information I = sum_ij p_ij log(p_ij / (p_i. p_.j)) of a joint table.

    Args:
        joint: shape (first, second), non-negative, summing to 1.

    Returns:
        Nats, at least 0 and at most the entropy of either margin, up to rounding; exactly 0 for a single row or column.

    Raises:
        ValueError: not a table with an entry or more.

    Source: Definition (Cover and Thomas, Elements of Information Theory, Eq. (2.28)).
    """
    joint = floating(joint)
    if joint.ndim != 2 or joint.size == 0:
        raise ValueError(f"`joint` must have shape (first, second); got shape {joint.shape}.")
    rows = jnp.sum(joint, axis=1)
    divisors = jnp.where(rows == 0, jnp.ones_like(rows), rows)
    return mutual_information_of_laws(rows, joint / divisors[:, None])


def mutual_information_of_laws(prior: ArrayLike, laws: ArrayLike) -> Float[Array, ""]:
    """Mutual information of a beginning drawn from a prior and the end that its law draws.

    I = sum_i w_i KL(L_i || M),   M = sum_i w_i L_i.

    Summed over terms that are never negative. A product of two margins, which could underflow, is not formed.

    Args:
        prior: w, shape (beginnings,), on the simplex.
        laws: L_i, shape (beginnings, ends), each row on the simplex where w_i > 0.

    Returns:
        Nats, at least 0 and at most the entropy of `prior`, up to rounding.

    Raises:
        ValueError: shapes that do not fit together.

    Source: Definition (Cover and Thomas, Elements of Information Theory, section 2.3; the Jensen-Shannon divergence of
    the laws, Lin 1991).
    """
    prior, laws = probability_vector(prior, name="prior"), floating(laws)
    if laws.ndim != 2 or laws.shape[0] != prior.shape[0] or laws.size == 0:
        raise ValueError(
            f"`laws` must have shape (beginnings, ends) with {prior.shape[0]} beginnings, as many as `prior`; "
            f"got shape {laws.shape}."
        )
    possible = (prior > 0)[:, None]
    # A beginning without weight may lead where the mixture is 0, and 0 times inf is nan.
    laws = jnp.where(possible, laws, jnp.zeros_like(laws))
    weights = jnp.broadcast_to(prior[:, None], laws.shape)
    mixture = jnp.broadcast_to(jnp.sum(weights * laws, axis=0, keepdims=True), laws.shape)
    terms = weights * relative_entropy_term(laws, mixture)
    return jnp.sum(jnp.where(possible, terms, jnp.zeros_like(terms)))
