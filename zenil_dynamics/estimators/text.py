"""Numbers of a model of text: how it is surprised by tokens, and how much it repeats itself."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Bool, Float

from zenil_dynamics.estimators.base import floating
from zenil_dynamics.validate import positive_integer


def perplexity(log_probs: ArrayLike, *, weights: ArrayLike | None = None) -> Float[Array, ""]:
    """Perplexity exp(-sum_i w_i log q_i / sum_i w_i) of a model on tokens.

    Args:
        log_probs: log q_i, nats, any shape: what the model gave to each token, or to each type.
        weights: the same shape, non-negative: 1 (the default) for each token, or counts or probabilities of types.

    Returns:
        Dimensionless, at least 1: the number of equally likely types that would surprise as much. inf where a token of
        positive weight has probability 0, nan where all weights are 0.

    Raises:
        ValueError: no token, or shapes that differ.

    Source: Definition (Jelinek et al. 1977); the exponential of the cross-entropy.
    """
    log_probs, weights = _weighted(log_probs, weights)
    return _perplexity(log_probs, weights, jnp.ones_like(log_probs, jnp.bool_))


def rare_perplexity(
    log_probs: ArrayLike, reference_probs: ArrayLike, threshold: ArrayLike, *, weights: ArrayLike | None = None
) -> Float[Array, ""]:
    """Perplexity on rare tokens alone, those whose reference probability lies below a threshold.

    Args:
        log_probs: as in `perplexity`.
        reference_probs: the same shape: how frequent the type of each token is, in the target or in a corpus.
        threshold: a probability; it is compared in the dtype of `reference_probs`, and is not rare itself.
        weights: as in `perplexity`.

    Returns:
        Dimensionless; nan where no rare token has weight.

    Raises:
        ValueError: no token, shapes that differ, or a threshold that is not one number.

    Source: Definition.
    """
    log_probs, weights = _weighted(log_probs, weights)
    reference_probs, threshold = floating(reference_probs), floating(threshold)
    if reference_probs.shape != log_probs.shape or threshold.ndim != 0:
        raise ValueError(
            f"`reference_probs` must have the shape of `log_probs`, {log_probs.shape}, and `threshold` must be one "
            f"number; got shapes {reference_probs.shape} and {threshold.shape}."
        )
    return _perplexity(log_probs, weights, reference_probs < threshold.astype(reference_probs.dtype))


def distinct_ngrams(tokens: ArrayLike, order: int) -> Float[Array, ""]:
    """Share of distinct n-grams among all n-grams of paths of tokens.

    Exact: n-grams are sorted and compared with their neighbours; nothing is hashed.

    Args:
        tokens: integers, shape (..., length); n-grams do not reach from one path into the next, and are pooled over
            paths.
        order: n, static, from 1 to length.

    Returns:
        Dimensionless, in (0, 1]; 1, up to rounding, where no n-gram is repeated.

    Raises:
        ValueError: tokens that are not integers, or no n-gram of this order.

    Source: Li et al., arXiv 1510.03055 ("distinct-n").
    """
    tokens = jnp.asarray(tokens)
    if not jnp.issubdtype(tokens.dtype, jnp.integer):
        raise ValueError(f"`tokens` must be integers; got {tokens.dtype}. Number the types first.")
    order = positive_integer(order, name="order")
    num_starts = tokens.shape[-1] - order + 1 if tokens.ndim else 0
    if num_starts < 1 or tokens.size == 0:
        raise ValueError(f"`order` must be at most the length of the paths; got {order} and shape {tokens.shape}.")
    columns = [tokens[..., place : place + num_starts].reshape(-1) for place in range(order)]
    ranked = jnp.lexsort(columns)
    differs = jnp.zeros(ranked.size - 1, jnp.bool_)
    for column in columns:
        differs = differs | (column[ranked[1:]] != column[ranked[:-1]])
    dtype = jnp.result_type(float)
    return (1 + jnp.sum(differs, dtype=jnp.int32)).astype(dtype) / jnp.asarray(ranked.size, dtype)


def _weighted(log_probs: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    log_probs = floating(log_probs)
    if log_probs.size == 0:
        raise ValueError(f"`log_probs` must hold a token or more; got shape {log_probs.shape}.")
    if weights is None:
        return log_probs, jnp.ones_like(log_probs)
    weights = floating(weights)
    if weights.shape != log_probs.shape:
        raise ValueError(
            f"`weights` must have the shape of `log_probs`; got {weights.shape} and {log_probs.shape}. "
            "Give a token that does not count weight 0."
        )
    return log_probs, weights.astype(log_probs.dtype)


def _perplexity(log_probs: Array, weights: Array, chosen: Bool[Array, "..."]) -> Float[Array, ""]:
    weights = jnp.where(chosen, weights, jnp.zeros_like(weights))
    # Without weight a log-probability of -inf is none of our business, and 0 times it would be nan.
    terms = jnp.where(weights == 0, jnp.zeros_like(weights), weights * log_probs)
    return jnp.exp(-jnp.sum(terms) / jnp.sum(weights))
