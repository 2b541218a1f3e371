"""Number, mean and scatter of draws in several dimensions.

The scatter is kept as a triangular factor F with F F^T = sum_i (x_i - mean)(x_i - mean)^T: sums of scatters are then QR
decompositions, and a direction in which the draws hardly vary keeps its digits beside one in which they do.
"""

import abc

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.statistics.base import AbstractExpected, AbstractFinite, AbstractStatistics
from zenil_dynamics.triangular import upper_factor


class AbstractScatter(AbstractStatistics):
    """First two moments of draws in several dimensions."""

    @property
    @abc.abstractmethod
    def location(self) -> Float[Array, " dim"]:
        """Mean of the draws."""

    @property
    @abc.abstractmethod
    def deviation_factor(self) -> Float[Array, "dim dim"]:
        """Lower-triangular L with L L^T the covariance of the draws (divisor: their number)."""


class Scatter(AbstractScatter, AbstractFinite):
    """Number, mean, and triangular factor of the scatter."""

    count: Int[Array, ""]
    mean: Float[Array, " dim"]
    factor: Float[Array, "dim dim"]

    @property
    def total(self) -> Int[Array, ""]:
        """Number of draws."""
        return self.count

    @property
    def location(self) -> Float[Array, " dim"]:
        """Mean of the draws."""
        return self.mean

    @property
    def deviation_factor(self) -> Float[Array, "dim dim"]:
        """Factor divided by the root of the number of draws."""
        return self.factor / jnp.sqrt(self.count.astype(self.factor.dtype))

    def zero(self) -> "Scatter":
        """No draw."""
        return Scatter(jnp.zeros_like(self.count), jnp.zeros_like(self.mean), jnp.zeros_like(self.factor))

    def __add__(self, other: "Scatter") -> "Scatter":
        """Chan's merge: both scatters, and that between the means; an empty side leaves the other as it is."""
        dtype = self.mean.dtype
        count = self.count + other.count
        share = other.count.astype(dtype) / jnp.maximum(count, jnp.ones_like(count)).astype(dtype)
        shift = other.mean - self.mean
        between = shift * jnp.sqrt(share * self.count.astype(dtype))
        return Scatter(count, self.mean + share * shift, joint_factor(self.factor, other.factor, between[:, None]))

    def as_expected(self) -> "ExpectedScatter":
        """Mean and covariance."""
        return ExpectedScatter(self.mean, self.deviation_factor)

    def including(self, items: Float[Array, "items dim"], present: Bool[Array, " items"]) -> "Scatter":
        """Moments of the items about their own mean, merged."""
        dtype = self.mean.dtype
        values = jnp.where(present[:, None], items.astype(dtype), jnp.zeros((), dtype))
        count = jnp.sum(present, dtype=self.count.dtype)
        mean = jnp.sum(values, axis=0) / jnp.maximum(count, jnp.ones_like(count)).astype(dtype)
        deviations = jnp.where(present[:, None], values - mean[None, :], jnp.zeros((), dtype))
        return self + Scatter(count, mean, joint_factor(deviations.T))


class ExpectedScatter(AbstractScatter, AbstractExpected):
    """Moments of infinitely many draws."""

    mean: Float[Array, " dim"]
    factor: Float[Array, "dim dim"]

    @property
    def total(self) -> Float[Array, ""]:
        """Inf."""
        return jnp.asarray(jnp.inf, self.mean.dtype)

    @property
    def location(self) -> Float[Array, " dim"]:
        """The mean."""
        return self.mean

    @property
    def deviation_factor(self) -> Float[Array, "dim dim"]:
        """The factor of the covariance."""
        return self.factor

    def mixed_with(self, other: "ExpectedScatter", weight: Float[Array, ""]) -> "ExpectedScatter":
        """Within the parts, and between their means."""
        shift = other.mean - self.mean
        weight = jnp.asarray(weight, shift.dtype)
        factor = joint_factor(
            jnp.sqrt(1 - weight) * self.factor,
            jnp.sqrt(weight) * other.factor,
            (jnp.sqrt(weight * (1 - weight)) * shift)[:, None],
        )
        return ExpectedScatter(self.mean + weight * shift, factor)


def joint_factor(*factors: Float[Array, "dim columns"]) -> Float[Array, "dim dim"]:
    """Lower-triangular L with a non-negative diagonal and L L^T = sum_k F_k F_k^T, by a QR decomposition.

    Args:
        factors: F_k, each of shape (dim, columns).

    Source: Golub and Van Loan, Matrix Computations, section 6.5 (updating a Cholesky factor).
    """
    return upper_factor(jnp.concatenate(factors, axis=1).T).T
