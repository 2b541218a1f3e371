"""The families that decoders know in closed form, and their refusals of others.

A decoded categorical source is a `Categorical` again and a decoded normal one of its own class, so that decoders
compose and mixtures with the target keep their closed form.
"""

from typing import Any, NamedTuple, TypeAlias

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from zenil_dynamics.states import (
    AbstractSource,
    AbstractState,
    Categorical,
    FixedVarianceGaussian,
    Gaussian,
    MultivariateGaussian,
)
from zenil_dynamics.types import HostArray

Normal: TypeAlias = Gaussian | FixedVarianceGaussian


class NormalLaw(NamedTuple):
    """Mean and variance, in units of the data and their square."""

    mean: Float[Array, ""]
    variance: Float[Array, ""]


def refused(decoder: object, source: object, reason: str) -> ValueError:
    """The error for a source that a decoder has no meaning for.

    Args:
        decoder: its class names it.
        source: a state, or what another decoder made of one.
        reason: a sentence that goes on after "but", with what to do.
    """
    kind = f"{source.family} state" if isinstance(source, AbstractState) else f"{type(source).__name__} source"
    return ValueError(f"`decoders`: {type(decoder).__name__} cannot decode a {kind}: {reason}")


def categorical(decoder: object, source: Any) -> Float[Array, " support"]:
    """Probabilities of a categorical source.

    Raises:
        ValueError: a source of another family.
    """
    if not isinstance(source, Categorical):
        raise refused(decoder, source, "it ranks or reweights types, which only a categorical one has.")
    return jnp.asarray(source.probs, jnp.result_type(float))


def with_probs(source: Any, probs: Float[Array, " support"]) -> Categorical:
    """The categorical source with other probabilities."""
    return eqx.tree_at(lambda state: state.probs, source, probs)


def reweighted(decoder: object, source: Any, weights: Float[HostArray, " support"]) -> Categorical:
    """q_i w_i / sum_j q_j w_j; where that sum is 0, nothing could ever be drawn and the source stays what it is.

    Args:
        decoder: for the message.
        source: categorical.
        weights: non-negative, finite, shape (support,).

    Raises:
        ValueError: a source of another family.
    """
    probs = categorical(decoder, source)
    scores = jnp.asarray(weights, probs.dtype)
    # Relative to the largest weight that the model charges, so that small weights in common cannot underflow.
    largest = jnp.max(jnp.where(probs > 0, scores, jnp.zeros_like(scores)))
    mass = probs * (scores / jnp.where(largest > 0, largest, jnp.ones_like(largest)))
    return with_probs(source, jnp.where(largest > 0, normalised(mass), probs))


def normalised(mass: Float[Array, " support"]) -> Float[Array, " support"]:
    """Divide by the sum; a mass of 0 stays 0."""
    total = jnp.sum(mass)
    return mass / jnp.where(total > 0, total, jnp.ones_like(total))


def normal(decoder: object, source: Any) -> NormalLaw:
    """Mean and variance of a normal source.

    Raises:
        ValueError: a source of another family.
    """
    if not isinstance(source, (Gaussian, FixedVarianceGaussian)):
        raise refused(decoder, source, "it needs a normal law on the line.")
    dtype = jnp.result_type(float)
    variance = source.variance if isinstance(source, Gaussian) else source.noise_variance
    return NormalLaw(jnp.asarray(source.mean, dtype), jnp.asarray(variance, dtype))


def with_law(source: Any, law: NormalLaw) -> AbstractSource:
    """The normal source with another mean and variance; a known variance changes for the draws, never for the fit."""
    if isinstance(source, Gaussian):
        return eqx.tree_at(lambda state: (state.mean, state.variance), source, tuple(law))
    return eqx.tree_at(lambda state: (state.mean, state.noise_variance), source, tuple(law))


def is_normal(source: object) -> bool:
    """Whether a source has a normal law on the line."""
    return isinstance(source, (Gaussian, FixedVarianceGaussian))


def has_spread(source: object) -> bool:
    """Whether a source has a normal law, in any dimension."""
    return is_normal(source) or isinstance(source, MultivariateGaussian)


def rescaled(decoder: object, source: Any, scale: Float[HostArray, ""]) -> AbstractSource:
    """The normal source with its variance, or covariance, multiplied by a number.

    Raises:
        ValueError: a source of another family.
    """
    if isinstance(source, MultivariateGaussian):
        return source.rescaled(jnp.asarray(scale, jnp.result_type(float)))
    mean, variance = normal(decoder, source)
    return with_law(source, NormalLaw(mean, variance * jnp.asarray(scale, variance.dtype)))


def check_support(decoder: object, state: Any, size: int, name: str) -> None:
    """Refuse a state that is not categorical, or a vector of another length than its support.

    Raises:
        ValueError: says which.
    """
    if not isinstance(state, Categorical):
        raise refused(decoder, state, "it needs one number per type, which only a categorical one has.")
    if state.support_size != size:
        raise ValueError(
            f"`{name}` of {type(decoder).__name__} must have one entry per type, {state.support_size}; got {size}. "
            "Correct it."
        )
