"""Rewards and energies: one number per type, or a function on the line."""

import functools
from typing import Any, TypeAlias

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from zenil_dynamics.decoders.families import check_support, is_normal, refused
from zenil_dynamics.decoders.parameters import LARGEST, nonzero, short
from zenil_dynamics.states import AbstractState, Categorical
from zenil_dynamics.types import HostArray
from zenil_dynamics.validate import finite_number


class PerType(eqx.Module):
    """One number per type.

    Attributes:
        values: shape (support,), finite.
        below_top: the values less the largest one, subtracted in float64, since only differences matter.
        above_bottom: the values less the smallest one, likewise.
    """

    values: Float[HostArray, " support"]
    below_top: Float[HostArray, " support"]
    above_bottom: Float[HostArray, " support"]

    def __init__(self, values: np.ndarray):
        self.values = values
        self.below_top = values - values.max()
        self.above_bottom = values - values.min()

    def describe(self) -> Any:
        """The values, or their range where they are many."""
        return short(np.asarray(self.values))


class Linear(eqx.Module):
    """x -> slope x.

    Attributes:
        slope: in units of the score per unit of the data; not 0.

    Raises:
        ValueError: a slope that is 0 or not finite.

    Source: Definition.
    """

    slope: Float[HostArray, ""] = eqx.field(converter=functools.partial(nonzero, name="slope"))

    def __call__(self, items: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Score of numbers on the line."""
        return jnp.asarray(self.slope, items.dtype) * items

    def describe(self) -> dict[str, float]:
        """The slope."""
        return {"slope": float(self.slope)}


class Quadratic(eqx.Module):
    """x -> curvature (x - centre)^2 / 2.

    Attributes:
        centre: in units of the data.
        curvature: in units of the score per squared unit of the data; a reward has a negative one, an energy a
            positive one; not 0.

    Raises:
        ValueError: numbers that are not finite, or a curvature of 0.

    Source: Definition.
    """

    centre: Float[HostArray, ""] = eqx.field(converter=functools.partial(finite_number, name="centre"))
    curvature: Float[HostArray, ""] = eqx.field(converter=functools.partial(nonzero, name="curvature"))

    def __call__(self, items: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
        """Score of numbers on the line."""
        distance = items - jnp.asarray(self.centre, items.dtype)
        return jnp.asarray(self.curvature, items.dtype) * distance * distance / 2

    def describe(self) -> dict[str, float]:
        """Centre and curvature."""
        return {"centre": float(self.centre), "curvature": float(self.curvature)}


Score: TypeAlias = PerType | Linear | Quadratic


def as_score(value: Any, *, name: str) -> Score:
    """Read a score: a list is one number per type, a number c is x -> c x.

    Args:
        value: a list of finite numbers, a number, or a score.
        name: how messages call it.

    Returns:
        Score.

    Raises:
        ValueError: anything else.
    """
    if isinstance(value, (PerType, Linear, Quadratic)):
        return value
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.asarray(np.nan)
    bad = np.flatnonzero(~np.isfinite(array))
    if array.ndim > 1 or array.size == 0 or bad.size:
        where = f" with entry {bad[0]} not finite" if array.ndim == 1 and bad.size else ""
        raise ValueError(
            f"`{name}` must be a list of finite numbers, one per type, or a function on the line (a slope, Linear or "
            f"Quadratic); got {type(value).__name__} of shape {array.shape}{where}. Correct it."
        )
    if array.ndim == 0:
        return Linear(array)
    if np.abs(array).max() > LARGEST:
        raise ValueError(
            f"`{name}` must be at most {LARGEST:g} in size, which float32 can hold; got {np.abs(array).max():g}. "
            "Change its units."
        )
    return PerType(array)


def check_score(decoder: object, score: Score, state: AbstractState, *, name: str, normal_only: bool = False) -> None:
    """Refuse a state on which a score has no meaning.

    Args:
        decoder: for the message.
        score: of the decoder.
        state: of the family that is decoded.
        name: how messages call the score.
        normal_only: whether a function on the line asks for a normal law.

    Raises:
        ValueError: says why.
    """
    if isinstance(score, PerType):
        check_support(decoder, state, score.values.size, name)
    elif isinstance(state, Categorical):
        raise refused(decoder, state, f"its `{name}` is a function on the line. Give one number per type.")
    elif normal_only and not is_normal(state):
        raise refused(decoder, state, "it has a closed form for categorical and normal ones only.")
    elif not state.scalar:
        raise refused(decoder, state, f"its `{name}` is a function of one number, which draws of this family are not.")
