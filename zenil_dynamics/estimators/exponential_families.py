"""Divergences of one-parameter exponential families, given through their means.

With A* the conjugate of the log-partition function, KL(m || n) = A*(m) - A*(n) - A*'(n) (m - n) per draw, a Bregman
divergence. Each is written in terms p log(p/q) - p + q, which stay accurate where both means are close.
"""

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from zenil_dynamics.estimators.base import floating, relative_entropy_term


def kl_poisson(first: ArrayLike, second: ArrayLike) -> Float[Array, ""]:
    """KL(Poisson(m) || Poisson(n)) = m log(m/n) - m + n.

    Args:
        first: m, non-negative.
        second: n, non-negative.

    Returns:
        Nats; inf where n = 0 < m.

    Source: Definition.
    """
    return relative_entropy_term(floating(first), floating(second))


def kl_binomial(first: ArrayLike, second: ArrayLike, num_trials: ArrayLike) -> Float[Array, ""]:
    """KL of binomial laws with means m and n out of k trials; k = 1 is the Bernoulli family.

    Args:
        first: m, in [0, k].
        second: n, in [0, k].
        num_trials: k, positive.

    Returns:
        Nats; inf where the second law misses an end that the first one reaches.

    Source: Definition.
    """
    one, other, trials = floating(first), floating(second), floating(num_trials)
    return relative_entropy_term(one, other) + relative_entropy_term(trials - one, trials - other)


def kl_negative_binomial(first: ArrayLike, second: ArrayLike, num_successes: ArrayLike) -> Float[Array, ""]:
    """KL of negative binomial laws with means m and n of failures before success r; r = 1 is the geometric family.

    m log(m/n) - (m + r) log((m + r)/(n + r)); both terms of the sum are divergences, and the linear parts cancel.

    Args:
        first: m, non-negative.
        second: n, non-negative.
        num_successes: r, positive.

    Returns:
        Nats; inf where n = 0 < m.

    Source: Definition.
    """
    one, other, successes = floating(first), floating(second), floating(num_successes)
    return relative_entropy_term(one, other) - relative_entropy_term(one + successes, other + successes)


def kl_gamma(first: ArrayLike, second: ArrayLike, shape_parameter: ArrayLike) -> Float[Array, ""]:
    """KL of gamma laws with means m and n and one shape k: k (m/n - 1 - log(m/n)); k = 1 is the exponential family.

    Args:
        first: m, non-negative.
        second: n, non-negative.
        shape_parameter: k, positive.

    Returns:
        Nats; inf where one mean is 0 and the other is not, 0 where both are.

    Source: Definition.
    """
    one, other = floating(first), floating(second)
    both_zero = (one == 0) & (other == 0)
    ratio = jnp.where(both_zero, jnp.ones_like(one), one / other)
    # An infinite ratio outweighs its logarithm, where inf - inf would be nan.
    endless = jnp.isinf(ratio)
    term = relative_entropy_term(jnp.ones_like(ratio), jnp.where(endless, jnp.ones_like(ratio), ratio))
    return floating(shape_parameter) * jnp.where(endless, ratio, term)


def kl_fixed_variance(first: ArrayLike, second: ArrayLike, variance: ArrayLike) -> Float[Array, ""]:
    """KL of normal laws with means m and n and one variance: (m - n)^2 / (2 sigma^2).

    Args:
        first: m, units of the data.
        second: n, units of the data.
        variance: sigma^2, squared units, positive.

    Returns:
        Nats.

    Source: Definition.
    """
    difference = floating(first) - floating(second)
    return difference * difference / (2 * floating(variance))
