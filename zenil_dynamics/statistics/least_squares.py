"""Rows and labels of a linear regression, reduced to as many rows as there are features."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite


class LeastSquares(AbstractFinite):
    """R and v of which R^T R = X^T X and R^T v = X^T y: what a least-squares fit needs of a design X and labels y.

    Sums are QR decompositions of the rows of both sets. Below `dim` draws only the first `count` rows are not 0.

    Attributes:
        count: number of rows of X.
        rows: R, shape (dim, dim).
        labels: v, shape (dim,).
    """

    count: Int[Array, ""]
    rows: Float[Array, "dim dim"]
    labels: Float[Array, " dim"]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    def zero(self) -> "LeastSquares":
        """No draw."""
        return LeastSquares(jnp.zeros_like(self.count), jnp.zeros_like(self.rows), jnp.zeros_like(self.labels))

    def __add__(self, other: "LeastSquares") -> "LeastSquares":
        """Rows of both sets, reduced again."""
        dim = self.rows.shape[0]
        rows = jnp.concatenate([self.rows, other.rows])
        labels = jnp.concatenate([self.labels, other.labels])
        orthogonal, upper = jnp.linalg.qr(rows)
        count = self.count + other.count
        # Rows that rounding alone has made of fewer draws than features.
        some = (jnp.arange(dim, dtype=count.dtype) < count).astype(rows.dtype)
        return LeastSquares(count, upper * some[:, None], (orthogonal.T @ labels) * some)

    def as_expected(self) -> "ExpectedLeastSquares":
        """The same rows, scaled to one draw."""
        root = jnp.sqrt(self.count.astype(self.rows.dtype))
        return ExpectedLeastSquares(self.rows / root, self.labels / root)


class ExpectedLeastSquares(AbstractExpected):
    """R^T R = E x x^T and R^T v = E x y."""

    rows: Float[Array, "dim dim"]
    labels: Float[Array, " dim"]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.rows.dtype)

    def mixed_with(self, other: "ExpectedLeastSquares", weight: Float[Array, ""]) -> "ExpectedLeastSquares":
        """Rows of both, weighed."""
        weight = jnp.asarray(weight, self.rows.dtype)
        own, others = jnp.sqrt(1 - weight), jnp.sqrt(weight)
        orthogonal, upper = jnp.linalg.qr(jnp.concatenate([own * self.rows, others * other.rows]))
        labels = jnp.concatenate([own * self.labels, others * other.labels])
        return ExpectedLeastSquares(upper, orthogonal.T @ labels)


AnyLeastSquares = LeastSquares | ExpectedLeastSquares
"""What a least-squares fit reads."""
