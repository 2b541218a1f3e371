"""Distances and divergences of two distributions on the same finitely many types."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import probability_pair, relative_entropy_term


def kl_divergence(first: ArrayLike, second: ArrayLike) -> Float[Array, ""]:
    """Kullback-Leibler divergence KL(p || q) = sum_i p_i log(p_i / q_i), p first.

    Summed as p log(p/q) - p + q, so that no term is negative and values near p = q do not drown in rounding.

    Args:
        first: p, shape (support,), on the simplex.
        second: q, shape (support,), on the simplex.

    Returns:
        Nats, at least 0; 0 log 0 = 0, and inf where p puts mass on a type that q lacks. Derivatives where a term is
        infinite are given as 0.

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: arXiv 2601.05280v2, Eq. (1).
    """
    first, second = probability_pair(first, second, names=("first", "second"))
    return jnp.sum(relative_entropy_term(first, second))


def total_variation(first: ArrayLike, second: ArrayLike) -> Float[Array, ""]:
    """Total variation distance TV = 1/2 sum_i |p_i - q_i|, symmetric.

    Args:
        first: p, shape (support,), on the simplex.
        second: q, shape (support,), on the simplex.

    Returns:
        Dimensionless, in [0, 1] up to `slack`.

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Definition.
    """
    first, second = probability_pair(first, second, names=("first", "second"))
    return 0.5 * jnp.sum(jnp.abs(first - second))


def chi_square(probs: ArrayLike, target: ArrayLike) -> Float[Array, ""]:
    """Pearson's divergence chi^2(Q || P) = sum_i (q_i - p_i)^2 / p_i.

    Args:
        probs: q, shape (support,), on the simplex.
        target: p, shape (support,), on the simplex.

    Returns:
        Dimensionless, at least 0; inf where q puts mass on a type that p lacks.

    Raises:
        ValueError: shapes that differ, or not one axis.

    Source: Definition; KL(Q || P) <= log(1 + chi^2) (Gibbs and Su 2002, Theorem 5).
    """
    probs, target = probability_pair(probs, target, names=("probs", "target"))
    return jnp.sum(_chi_square_term(probs, target))


@jax.custom_jvp
def _chi_square_term(probs: Float[Array, " support"], target: Float[Array, " support"]) -> Float[Array, " support"]:
    absent = target == 0
    difference = probs - target
    # d (d / p) and not d^2 / p: the square of a small difference underflows before the division rescues it.
    inside = difference * (difference / jnp.where(absent, jnp.ones_like(target), target))
    outside = jnp.where(probs == 0, jnp.zeros_like(probs), probs * jnp.inf)
    return jnp.where(absent, outside, inside)


@_chi_square_term.defjvp
def _chi_square_term_jvp(primals, tangents):
    # By hand because the derivative of a quotient squares its divisor, which underflows below 1e-19 in float32.
    probs, target = primals
    absent = target == 0
    quotient = jnp.where(absent, jnp.ones_like(probs), probs / jnp.where(absent, jnp.ones_like(target), target))
    by_probs, by_target = 2 * (quotient - 1), (1 - quotient) * (1 + quotient)
    return _chi_square_term(probs, target), by_probs * tangents[0] + by_target * tangents[1]
