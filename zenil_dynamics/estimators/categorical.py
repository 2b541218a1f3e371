"""Numbers of one distribution on finitely many types, and of its overlap with a target."""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int

from zenil_dynamics.estimators.base import floating, probability_pair, probability_vector


def entropy_plugin(probs: ArrayLike) -> Float[Array, ""]:
    """Shannon entropy H = -sum_i q_i log q_i, with 0 log 0 = 0.

    Args:
        probs: q, shape (support,), on the simplex.

    Returns:
        Nats, in [0, log K] up to `slack`. The derivative at q_i = 0, which is inf, is given as 0.

    Raises:
        ValueError: `probs` has not one axis.

    Source: arXiv 2601.05280v2, Section 2; "plugin" because q is usually an empirical measure.
    """
    probs = probability_vector(probs, name="probs")
    # Compared with 0 by equality, so that nan is not mistaken for an absent type.
    absent = probs == 0
    return jnp.sum(-probs * jnp.log(jnp.where(absent, jnp.ones_like(probs), probs)))


def diversity(probs: ArrayLike) -> Float[Array, ""]:
    """Gini-Simpson diversity D = 1 - sum_i q_i^2: the chance that two draws differ in type.

    Computed as sum_i q_i (1 - q_i), which keeps its relative accuracy next to a vertex, where 1 - sum q^2 cancels.

    Args:
        probs: q, shape (support,), on the simplex.

    Returns:
        Dimensionless, in [0, 1 - 1/K] up to `slack`.

    Raises:
        ValueError: `probs` has not one axis.

    Source: Definition (expected heterozygosity, Nei 1973).
    """
    probs = probability_vector(probs, name="probs")
    return jnp.sum(probs * (1 - probs))


def support_size(probs: ArrayLike) -> Int[Array, ""]:
    """Number of types of positive probability.

    Args:
        probs: q, shape (support,), on the simplex.

    Returns:
        Types, int32, in {1, ..., K}.

    Raises:
        ValueError: `probs` has not one axis.

    Source: Definition.
    """
    probs = probability_vector(probs, name="probs")
    return jnp.sum(probs > 0, dtype=jnp.int32)


def rare_mass(probs: ArrayLike, target: ArrayLike, threshold: ArrayLike) -> Float[Array, ""]:
    """Mass that the model puts on types whose target probability lies below a threshold.

    sum_i q_i [p_i < threshold]

    Args:
        probs: q, shape (support,), on the simplex.
        target: p, shape (support,), on the simplex.
        threshold: a probability; it is compared in the dtype of `target`.

    Returns:
        Dimensionless, in [0, 1].

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Definition.
    """
    probs, target = probability_pair(probs, target, names=("probs", "target"))
    rare = target < floating(threshold).astype(target.dtype)
    return jnp.sum(jnp.where(rare, probs, jnp.zeros_like(probs)))


def missing_mass(probs: ArrayLike, target: ArrayLike) -> Float[Array, ""]:
    """Target mass of the types that the model has lost: sum_i p_i [q_i = 0].

    Args:
        probs: q, shape (support,), on the simplex.
        target: p, shape (support,), on the simplex.

    Returns:
        Dimensionless, in [0, 1].

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Definition (Good 1953, Turing's missing mass, of a model instead of a sample).
    """
    probs, target = probability_pair(probs, target, names=("probs", "target"))
    return jnp.sum(jnp.where(probs == 0, target, jnp.zeros_like(target)))
