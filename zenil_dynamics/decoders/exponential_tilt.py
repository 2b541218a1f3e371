"""Laws multiplied by the exponential of a score."""

from typing import Any, Literal

import jax.numpy as jnp
from jaxtyping import Array, Float

from zenil_dynamics.decoders.families import NormalLaw, categorical, normal, reweighted, with_law
from zenil_dynamics.decoders.scores import Linear, PerType, Score
from zenil_dynamics.states import AbstractSource
from zenil_dynamics.types import HostArray


def tilted(
    decoder: object, source: Any, score: Score, sign: Literal[1, -1], scale: Float[HostArray, ""]
) -> AbstractSource:
    """The source with density proportional to q(x) exp(sign score(x) / scale).

    Types: q_i exp(sign s_i / scale) / Z. Normal law N(m, v): Linear shifts the mean by sign slope v / scale; Quadratic
    with h = -sign curvature / scale > 0 makes it N(m + g (centre - m), v / (1 + v h)), g = v h / (1 + v h).

    Args:
        decoder: for messages.
        source: categorical or normal.
        score: one number per type, or a function on the line.
        sign: 1 for a reward, -1 for an energy; a `Quadratic` has a curvature of the opposite sign.
        scale: positive, in units of the score.

    Returns:
        A source of the same class.

    Raises:
        ValueError: a source of another family.

    Source: completing the square.
    """
    if isinstance(score, PerType):
        return reweighted(decoder, source, _weights(categorical(decoder, source), score, sign, scale))
    mean, variance = normal(decoder, source)
    scale = jnp.asarray(scale, mean.dtype)
    if isinstance(score, Linear):
        slope = sign * jnp.asarray(score.slope, mean.dtype) / scale
        return with_law(source, NormalLaw(mean + variance * slope, variance))
    pull = -sign * variance * jnp.asarray(score.curvature, mean.dtype) / scale
    shift = (jnp.asarray(score.centre, mean.dtype) - mean) * (pull / (1 + pull))
    return with_law(source, NormalLaw(mean + shift, variance / (1 + pull)))


def _weights(
    probs: Float[Array, " support"], score: PerType, sign: Literal[1, -1], scale: Float[HostArray, ""]
) -> Float[Array, " support"]:
    """Weights relative to the best type that the model charges, whose weight is 1."""
    distance = jnp.asarray(score.below_top if sign > 0 else -score.above_bottom, probs.dtype)
    best = jnp.max(jnp.where(probs > 0, distance, jnp.full_like(distance, -jnp.inf)))
    # The difference before the quotient, which may be infinite.
    return jnp.exp(jnp.minimum(distance - best, jnp.zeros_like(distance)) / jnp.asarray(scale, probs.dtype))
