"""Rows and labels of a linear regression, reduced to as many rows as there are features."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite
from zenil_dynamics.triangular import upper_factor


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
        count = self.count + other.count
        rows, labels = _reduced([self.rows, other.rows], [self.labels, other.labels])
        # Rows that rounding alone has made of fewer draws than features.
        some = (jnp.arange(rows.shape[0], dtype=count.dtype) < count).astype(rows.dtype)
        return LeastSquares(count, rows * some[:, None], labels * some)

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
        return ExpectedLeastSquares(
            *_reduced([own * self.rows, others * other.rows], [own * self.labels, others * other.labels])
        )


def _reduced(rows: list[Array], labels: list[Array]) -> tuple[Float[Array, "dim dim"], Float[Array, " dim"]]:
    """R and v of stacked rows and labels: with the labels as one more column, v is the last column of the triangle."""
    columns = jnp.concatenate([jnp.concatenate(rows), jnp.concatenate(labels)[:, None]], axis=1)
    triangle = upper_factor(columns)
    return triangle[:-1, :-1], triangle[:-1, -1]
