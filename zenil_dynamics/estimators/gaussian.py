"""Numbers of normal distributions on the line, given through mean and variance.

A variance of 0, which float32 reaches in finite time under collapse, is a point mass: it has log variance and entropy
-inf, and an infinite divergence from and to everything but itself.
"""

import math

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import floating, relative_entropy_term

LOG_TWO_PI_E = math.log(2 * math.pi * math.e)


def log_variance(variance: ArrayLike) -> Float[Array, ""]:
    """Logarithm of the variance.

    Args:
        variance: sigma^2, squared units of the data, non-negative.

    Returns:
        Log of squared units; -inf at variance 0, where its derivative is inf.

    Source: Definition.
    """
    return jnp.log(floating(variance))


def differential_entropy(variance: ArrayLike) -> Float[Array, ""]:
    """Differential entropy h = 1/2 log(2 pi e sigma^2) of a normal distribution.

    Args:
        variance: sigma^2, squared units of the data, non-negative.

    Returns:
        Nats, of either sign; -inf at variance 0.

    Source: Definition (Cover and Thomas, Elements of Information Theory, Example 8.1.2).
    """
    return 0.5 * (LOG_TWO_PI_E + log_variance(variance))


def wasserstein2_squared(
    first_mean: ArrayLike, first_variance: ArrayLike, second_mean: ArrayLike, second_variance: ArrayLike
) -> Float[Array, ""]:
    """Squared 2-Wasserstein distance of two normal distributions, symmetric.

    W2^2 = (m_1 - m_2)^2 + (s_1 - s_2)^2. It is the square, not the distance: the record `wasserstein2` holds this
    number, because theory speaks of E W2^2.

    Args:
        first_mean: m_1, units of the data.
        first_variance: s_1^2, squared units, non-negative.
        second_mean: m_2, units of the data.
        second_variance: s_2^2, squared units, non-negative.

    Returns:
        Squared units of the data, at least 0. Derivatives with respect to a variance of 0 are given as finite.

    Source: Definition; Shumailov et al., Nature 631 (2024), supplement, Eq. (6) for its expectation.
    """
    first_mean, first_variance = floating(first_mean), floating(first_variance)
    second_mean, second_variance = floating(second_mean), floating(second_variance)
    shift = first_mean - second_mean
    scale = _root(first_variance) + _root(second_variance)
    point_masses = scale == 0
    # (v_1 - v_2) / (s_1 + s_2): equal variances differ by exactly 0, close ones lose no digits.
    spread = (first_variance - second_variance) / jnp.where(point_masses, jnp.ones_like(scale), scale)
    return shift * shift + spread * spread


def kl_divergence_gaussian(
    first_mean: ArrayLike, first_variance: ArrayLike, second_mean: ArrayLike, second_variance: ArrayLike
) -> Float[Array, ""]:
    """Kullback-Leibler divergence KL(N(m_1, v_1) || N(m_2, v_2)), first distribution first.

    1/2 (r - 1 - log r + (m_1 - m_2)^2 / v_2),   r = v_1 / v_2.

    Args:
        first_mean: m_1, units of the data.
        first_variance: v_1, squared units, non-negative.
        second_mean: m_2, units of the data.
        second_variance: v_2, squared units, non-negative; r must lie in the range of the dtype.

    Returns:
        Nats, at least 0; inf when exactly one variance is 0, or both are and the means differ; 0 for equal point
        masses. Derivatives with respect to a variance of 0 are given as finite.

    Source: Definition (Cover and Thomas, Elements of Information Theory, Eq. (8.49)).
    """
    first_mean, first_variance = floating(first_mean), floating(first_variance)
    second_mean, second_variance = floating(second_mean), floating(second_variance)
    shift = first_mean - second_mean
    point_mass = second_variance == 0
    divisor = jnp.where(point_mass, jnp.ones_like(second_variance), second_variance)
    ratio = first_variance / divisor
    spread = relative_entropy_term(jnp.ones_like(ratio), ratio)
    value = 0.5 * (spread + shift * (shift / divisor))
    same = point_mass & (first_variance == 0) & (shift == 0)
    return jnp.where(point_mass, jnp.where(same, jnp.zeros_like(value), jnp.full_like(value, jnp.inf)), value)


def _root(variance: Array) -> Array:
    """Square root whose derivative at 0 is 0 instead of inf."""
    zero = variance == 0
    return jnp.where(zero, jnp.zeros_like(variance), jnp.sqrt(jnp.where(zero, jnp.ones_like(variance), variance)))
