"""Numbers of Markov models on the edges of a graph, per step.

A model is given by two arrays over edges: the share f_e of all transitions that take edge e, and the share f_c(e) of
those that leave its context c(e). Its conditional law is q_e = f_e / f_c(e).
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import floating, relative_entropy_term


def entropy_rate(shares: ArrayLike, context_shares: ArrayLike) -> Float[Array, ""]:
    """Entropy rate -sum_e f_e log(f_e / f_c(e)) of a Markov model in its own contexts.

    Args:
        shares: f_e, shape (edges,), at least 0; counts will do, in one unit with `context_shares`.
        context_shares: f_c(e), the same shape.

    Returns:
        Nats per step, at least 0.

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Shannon 1948, section 7 (with the empirical law of the contexts).
    """
    shares, context_shares = _edges(shares, context_shares)
    probs = _conditional(shares, context_shares)
    information = -jnp.log(jnp.where(probs > 0, probs, jnp.ones_like(probs)))
    return jnp.sum(shares / jnp.sum(shares) * information)


def kl_rate(
    shares: ArrayLike, context_shares: ArrayLike, other_shares: ArrayLike, other_context_shares: ArrayLike
) -> Float[Array, ""]:
    """Divergence sum_c f_c KL(q(.|c) || r(.|c)) of two Markov models, in the contexts of the first.

    Args:
        shares: f_e of the first model, shape (edges,).
        context_shares: f_c(e) of the first model, the same shape.
        other_shares: of the second model.
        other_context_shares: of the second model.

    Returns:
        Nats per step, at least 0; inf where the second model lacks an edge, or the whole law of a context, that the
        first one uses.

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Definition (the divergence rate of Markov chains; Rached, Alajaji and Campbell, IEEE Trans. Inf. Theory 50,
    2004).
    """
    shares, context_shares = _edges(shares, context_shares)
    other_shares, other_context_shares = _edges(other_shares, other_context_shares)
    if other_shares.shape != shares.shape:
        raise ValueError(f"both models must have the same edges; got {shares.shape[0]} and {other_shares.shape[0]}.")
    terms = relative_entropy_term(
        _conditional(shares, context_shares), _conditional(other_shares, other_context_shares)
    )
    # The term of a context that the first model never visits is none of its business, and may be inf.
    visited = context_shares > 0
    terms = jnp.where(visited, terms, jnp.zeros_like(terms))
    return jnp.sum(jnp.where(visited, context_shares / jnp.sum(shares), jnp.zeros_like(terms)) * terms)


def _conditional(shares: Array, context_shares: Array) -> Array:
    """q_e; 0 in a context without mass."""
    visited = context_shares > 0
    return jnp.where(
        visited, shares / jnp.where(visited, context_shares, jnp.ones_like(shares)), jnp.zeros_like(shares)
    )


def _edges(shares: ArrayLike, context_shares: ArrayLike) -> tuple[Array, Array]:
    shares, context_shares = floating(shares), floating(context_shares)
    if shares.ndim != 1 or shares.size == 0 or shares.shape != context_shares.shape:
        raise ValueError(
            f"shares of edges and of their contexts must be two vectors of one length; got shapes {shares.shape} and "
            f"{context_shares.shape}. Use jax.vmap for a batch of models."
        )
    return shares, context_shares
