"""Wishart matrices by Bartlett's decomposition: d chi-square numbers and d (d - 1) / 2 normal ones, whatever n."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Int

from zenil_dynamics.samplers.gamma import chi_square
from zenil_dynamics.samplers.normal import normal
from zenil_dynamics.samplers.uniform import float_dtype
from zenil_dynamics.types import Key

Degrees = int | float | Float[Array, ""] | Int[Array, ""]


def wishart_factor(
    degrees_of_freedom: Degrees, dim: int, *, key: Key, dtype: jnp.dtype | None = None, singular: bool = False
) -> Float[Array, "dim dim"]:
    """Lower-triangular A with A A^T Wishart of `dim` dimensions, unit scale and n degrees of freedom.

    A_ii^2 is chi-square with n - i degrees (i from 0), A_ij standard normal for i > j, all independent. Entries are
    addressed: a smaller `dim` gives the leading block of a larger one.

    Args:
        degrees_of_freedom: n above dim - 1, whole or not; with n draws of a normal law A A^T is their scatter about a
            known mean. No matrix has this density at a smaller n; a traced one gives nan.
        dim: d, at least 1, static.
        key: consumed.
        dtype: float32 or float64; None means the default float type.
        singular: also accept a whole n in [0, dim - 1]. The matrix then has rank n and no density; its factor is the
            first n columns of the same triangle.

    Returns:
        Array (dim, dim), zero above the diagonal. Each chi-square and normal number is within 2^-20 of its law in total
        variation, before rounding.

    Raises:
        ValueError: `dim` below 1, a concrete n that is not above dim - 1, `key` not a typed threefry key, or `dtype`
            not a float type.

    Law: tests/samplers/test_wishart.py.
    Source: M. S. Bartlett, "On the theory of statistical regression", Proc. R. Soc. Edinburgh 53 (1933); Anderson,
    An Introduction to Multivariate Statistical Analysis (2003), theorem 7.2.1.
    """
    _check(degrees_of_freedom, dim, singular)
    kind = float_dtype(dtype)
    degrees = jnp.asarray(degrees_of_freedom).astype(kind) - np.arange(dim).astype(kind)
    diagonal = jnp.sqrt(chi_square(jnp.maximum(degrees, jnp.zeros_like(degrees)), key=key))
    if not singular:
        diagonal = jnp.where(degrees[-1] > 0, diagonal, jnp.full_like(diagonal, jnp.nan))
    # Both samplers may have the whole key: their blocks have different tags (see `random`).
    below = normal((dim * (dim - 1) // 2,), key=key, dtype=kind)
    factor = jnp.concatenate([jnp.zeros(1, kind), diagonal, below])[_places(dim)]
    return jnp.where(degrees[None, :] > 0, factor, jnp.zeros_like(factor)) if singular else factor


def wishart(degrees_of_freedom: Degrees, scale_factor: Float[Array, "dim dim"], *, key: Key) -> Float[Array, "dim dim"]:
    """Wishart matrix of scale L L^T: L A (L A)^T with A from `wishart_factor`.

    Args:
        degrees_of_freedom: n above dim - 1, whole or not, traced or not.
        scale_factor: L, lower-triangular or any other root of the scale.
        key: consumed.

    Returns:
        Symmetric array (dim, dim) of the dtype of `scale_factor`, with mean n L L^T.

    Raises:
        ValueError: `scale_factor` is not a square matrix, and as `wishart_factor`.

    Law: tests/samplers/test_wishart.py.
    Source: as `wishart_factor`.
    """
    scale_factor = jnp.asarray(scale_factor)
    if scale_factor.ndim != 2 or scale_factor.shape[0] != scale_factor.shape[1]:
        raise ValueError(f"`scale_factor` must be a square matrix; got shape {scale_factor.shape}.")
    factor = wishart_factor(degrees_of_freedom, scale_factor.shape[0], key=key, dtype=scale_factor.dtype)
    root = jnp.matmul(scale_factor, factor, precision=jax.lax.Precision.HIGHEST)
    return jnp.matmul(root, root.T, precision=jax.lax.Precision.HIGHEST)


def _check(degrees_of_freedom: Degrees, dim: int, singular: bool) -> None:
    """Refuse what is known to be wrong before anything is drawn."""
    if dim < 1:
        raise ValueError(f"`dim` must be at least 1; got {dim}.")
    traced = isinstance(degrees_of_freedom, Tracer)
    if singular and not traced:
        degrees = np.asarray(degrees_of_freedom, np.float64)
        if not np.all((degrees > dim - 1) | ((degrees >= 0) & (degrees == np.floor(degrees)))):
            raise ValueError(
                f"`degrees_of_freedom` must be a whole number of at least 0, or above dim - 1 = {dim - 1}; got "
                f"{degrees_of_freedom}."
            )
        return
    if not traced and not np.all(np.asarray(degrees_of_freedom) > dim - 1):
        raise ValueError(
            f"`degrees_of_freedom` must be above dim - 1 = {dim - 1}; got {degrees_of_freedom}. "
            "Below, a scatter matrix is singular and has no Wishart density."
        )


def _places(dim: int) -> np.ndarray:
    """Index of every entry in (0, diagonal, below the diagonal row by row)."""
    rows, columns = np.indices((dim, dim))
    places = np.where(rows == columns, 1 + rows, 1 + dim + rows * (rows - 1) // 2 + columns)
    return np.where(rows < columns, 0, places)
