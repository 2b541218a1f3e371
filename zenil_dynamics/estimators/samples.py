"""Distance of two distributions known through points: the maximum mean discrepancy of a kernel."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import floating, probability_pair

Kernel = Callable[[Array, Array], Float[Array, ""]]
"""A positive definite function k(x, y) of two points: symmetric, one number."""


def mmd_squared(
    first: ArrayLike,
    second: ArrayLike,
    kernel: Kernel,
    *,
    unbiased: bool,
    first_weights: ArrayLike | None = None,
    second_weights: ArrayLike | None = None,
) -> Float[Array, ""]:
    """Squared maximum mean discrepancy MMD^2 = E k(X, X') + E k(Y, Y') - 2 E k(X, Y) of two weighted samples.

    The V-statistic is the MMD^2 of the two weighted empirical measures. The unbiased one leaves out the pairs of a
    point with itself,

        E k(X, X') ~ sum_{i != j} v_i v_j k(x_i, x_j) / (1 - sum_i v_i^2),

    whose mean is right for independent points with weights v that do not depend on them.

    Args:
        first: points x_i, shape (first, *event).
        second: points y_j, shape (second, *event).
        kernel: k(x, y) of two points of shape (*event).
        unbiased: True for the unbiased statistic, which may be negative; False for the V-statistic, which is at least 0
            up to rounding.
        first_weights: v_i, shape (first,), non-negative, divided by their sum here; None for equal ones.
        second_weights: of the y_j, likewise.

    Returns:
        Units of the kernel. Time and memory are those of (first + second)^2 kernel values. nan where `unbiased` meets
        weights that leave one point.

    Raises:
        ValueError: points or weights that do not fit together, one point where `unbiased` needs two, or a kernel that
            does not return one number.

    Source: Gretton et al., "A kernel two-sample test", JMLR 13 (2012), Lemma 6 and Eq. (5).
    """
    first, second = floating(first), floating(second)
    if first.ndim == 0 or first.shape[1:] != second.shape[1:] or not first.size or not second.size:
        raise ValueError(
            f"`first` and `second` must have shapes (points, *event) with the same event; got {first.shape} and "
            f"{second.shape}."
        )
    one = _normalised(first_weights, first, name="first")
    other = _normalised(second_weights, second, name="second")
    if unbiased and min(first.shape[0], second.shape[0]) < 2:
        raise ValueError(
            f"`unbiased` needs two points on each side; got {first.shape[0]} and {second.shape[0]}. "
            "Give more points, or unbiased=False."
        )
    within = _within(first, one, kernel, unbiased) + _within(second, other, kernel, unbiased)
    return within - 2 * _form(one, _gram(first, second, kernel), other)


def mmd_squared_of_laws(first: ArrayLike, second: ArrayLike, points: ArrayLike, kernel: Kernel) -> Float[Array, ""]:
    """Squared maximum mean discrepancy (p - q)^T K (p - q) of two distributions on the same finitely many points.

    Args:
        first: p, shape (support,), on the simplex.
        second: q, shape (support,), on the simplex.
        points: what the types are, shape (support, *event).
        kernel: k(x, y) of two points of shape (*event); K_ij = k(x_i, x_j).

    Returns:
        Units of the kernel, at least 0 up to rounding.

    Raises:
        ValueError: shapes that do not fit together, or a kernel that does not return one number.

    Source: Gretton et al., JMLR 13 (2012), Lemma 6.
    """
    first, second = probability_pair(first, second, names=("first", "second"))
    points = jnp.asarray(points)
    if points.ndim == 0 or points.shape[0] != first.shape[0]:
        raise ValueError(
            f"`points` must have shape (support, *event) with {first.shape[0]} types; got shape {points.shape}."
        )
    difference = first - second
    return _form(difference, _gram(points, points, kernel), difference)


def _within(points: Array, weights: Array, kernel: Kernel, unbiased: bool) -> Array:
    """E k(X, X') of one side."""
    gram = _gram(points, points, kernel)
    if not unbiased:
        return _form(weights, gram, weights)
    apart = jnp.where(jnp.eye(points.shape[0], dtype=jnp.bool_), jnp.zeros_like(gram), gram)
    # sum of v_i (1 - v_i), which keeps its digits where one weight is nearly all.
    return _form(weights, apart, weights) / jnp.sum(weights * (1 - weights))


def _form(left: Array, matrix: Array, right: Array) -> Array:
    """Bilinear form, without the reduced precision that accelerators take by default."""
    highest = jax.lax.Precision.HIGHEST
    return jnp.dot(left, jnp.dot(matrix.astype(left.dtype), right, precision=highest), precision=highest)


def _gram(first: Array, second: Array, kernel: Kernel) -> Array:
    value = jax.eval_shape(kernel, first[0], second[0])
    if getattr(value, "shape", None) != ():
        raise ValueError(f"`kernel` must return one number for two points; got {value}.")
    return jax.vmap(lambda x: jax.vmap(lambda y: kernel(x, y))(second))(first)


def _normalised(weights: ArrayLike | None, points: Array, *, name: str) -> Array:
    if weights is None:
        return jnp.full(points.shape[0], 1 / points.shape[0], points.dtype)
    weights = floating(weights)
    if weights.shape != points.shape[:1]:
        raise ValueError(
            f"`{name}_weights` must have shape ({points.shape[0]},), one weight a point; got shape {weights.shape}."
        )
    return (weights / jnp.sum(weights)).astype(points.dtype)
