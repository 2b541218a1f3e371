"""Times and counts of a recorded path: what happened to one replicate, and when.

A path holds generations 0 .. T on its last axis, as `Trajectory.replicates` does.
"""

from typing import Literal, NamedTuple, get_args

import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.typing import ArrayLike
from jaxtyping import Array, Bool, Float, Int

from zenil_dynamics.estimators.base import floating, probability_vector

Direction = Literal["up", "down"]
FixationRecord = Literal["support_size", "diversity"]


class HittingTime(NamedTuple):
    """When a path first met a condition.

    Attributes:
        time: generations, int32; T where the condition was not met up to there.
        censored: true there: the time is only known to exceed T.
    """

    time: Int[Array, "*paths"]
    censored: Bool[Array, "*paths"]


def hitting_time(values: ArrayLike, level: ArrayLike, direction: Direction) -> HittingTime:
    """First generation at which a path is at or beyond a level.

    Args:
        values: shape (..., generations), generations 0 .. T.
        level: one number; it is compared in the dtype of `values`.
        direction: "up" waits for values >= level, "down" for values <= level. nan is neither.

    Returns:
        Times in generations and whether they are censored, each of shape (...).

    Raises:
        ValueError: no generation, a level that is not one number, or an unknown direction.

    Source: Definition.
    """
    values, level = floating(values), floating(level)
    if level.ndim != 0:
        raise ValueError(f"`level` must be one number; got shape {level.shape}. Use jax.vmap for several levels.")
    if direction not in get_args(Direction):
        raise ValueError(f"`direction` must be 'up' or 'down'; got {direction!r}.")
    level = level.astype(values.dtype)
    return _first(values >= level if direction == "up" else values <= level, name="values")


def fixation_time(values: ArrayLike, record: FixationRecord) -> HittingTime:
    """First generation at which one type is left.

    Args:
        values: shape (..., generations), a recorded support size or diversity.
        record: which of the two. Fixation is support size 1, diversity 0.

    Returns:
        Times in generations and whether they are censored, each of shape (...).

    Raises:
        ValueError: no generation, or another record.

    Source: Definition; at alpha = 0 nothing changes after it (neutral Wright-Fisher model).
    """
    if record not in get_args(FixationRecord):
        raise ValueError(f"`record` must be 'support_size' or 'diversity'; got {record!r}.")
    return hitting_time(values, 1 if record == "support_size" else 0, "down")


def first_extinction_time(support_size: ArrayLike) -> HittingTime:
    """First generation at which fewer types are left than at generation 0.

    Args:
        support_size: shape (..., generations), recorded numbers of types.

    Returns:
        Times in generations and whether they are censored, each of shape (...).

    Raises:
        ValueError: no generation.

    Source: Definition.
    """
    sizes = jnp.asarray(support_size)
    _check_path(sizes, name="support_size")
    return _first(sizes < jnp.broadcast_to(sizes[..., :1], sizes.shape), name="support_size")


def vertex_index(probs: ArrayLike) -> Int[Array, ""]:
    """Index of the type that is left where it is the only one, else -1.

    Args:
        probs: q, shape (support,), on the simplex.

    Returns:
        int32 in {-1, ..., K - 1}.

    Raises:
        ValueError: `probs` has not one axis.

    Source: Definition.
    """
    present = probability_vector(probs, name="probs") > 0
    alone = jnp.sum(present, dtype=jnp.int32) == 1
    return jnp.where(alone, jnp.argmax(present).astype(jnp.int32), jnp.int32(-1))


def hops(vertices: ArrayLike) -> Bool[Array, "*paths generations"]:
    """Whether a path arrives, at each generation, at another vertex than the one that it visited last.

    Args:
        vertices: shape (..., generations), the index of the vertex where the path is at one, else a negative number;
            whole numbers of any dtype, such as recorded values of `vertex_index`.

    Returns:
        Of the shape of `vertices`; the first visit is no hop.

    Raises:
        ValueError: no generation.

    Source: Definition (a hop is a change of the last visited vertex).
    """
    vertices = jnp.asarray(vertices)
    _check_path(vertices, name="vertices")
    visiting = vertices >= 0
    generation = jnp.arange(vertices.shape[-1], dtype=jnp.int32)
    visits = jnp.where(visiting, jnp.broadcast_to(generation, vertices.shape), -1)
    latest = lax.cummax(visits, axis=visits.ndim - 1)
    before = jnp.concatenate([jnp.full_like(latest[..., :1], -1), latest[..., :-1]], axis=-1)
    last = jnp.take_along_axis(vertices, jnp.maximum(before, 0), axis=-1)
    return visiting & (before >= 0) & (vertices != last)


def num_hops(vertices: ArrayLike) -> Int[Array, "*paths"]:
    """Number of hops of a path.

    Args:
        vertices: as in `hops`.

    Returns:
        int32, shape (...).

    Raises:
        ValueError: no generation.

    Source: Definition.
    """
    return jnp.sum(hops(vertices), axis=-1, dtype=jnp.int32)


def hops_per_decade(vertices: ArrayLike) -> Int[Array, "*paths decades"]:
    """Number of hops at generations 1 .. 9, 10 .. 99, 100 .. 999, ...

    With hops at a rate proportional to 1/t every decade has as many; with a summable rate they run dry.

    Args:
        vertices: as in `hops`, generations 0 .. T.

    Returns:
        int32, shape (..., decades) with as many decades as T has digits (none for T = 0); the last may be cut short.

    Raises:
        ValueError: no generation.

    Source: Definition.
    """
    jumped = hops(vertices)
    last = jumped.shape[-1] - 1
    starts = [10**digits for digits in range(len(str(last)) if last else 0)]
    pieces = [jnp.sum(jumped[..., start : 10 * start], axis=-1, dtype=jnp.int32) for start in starts]
    return jnp.stack(pieces, axis=-1) if pieces else jnp.zeros((*jumped.shape[:-1], 0), jnp.int32)


class Autocorrelation(NamedTuple):
    """A correlation coefficient.

    Attributes:
        value: dimensionless, in [-1, 1] up to rounding; nan where the values do not vary.
        standard_error: over replicates, to first order in 1 / sqrt(replicates).
    """

    value: Float[Array, ""]
    standard_error: Float[Array, ""]


def autocorrelation(values: ArrayLike, lag: int) -> Autocorrelation:
    """Pearson's correlation of all pairs (x_t, x_{t+s}) of the same replicate.

    With u, v the two members of a pair, each standardised over all pairs, rho = mean(u v). Replicates are independent
    and generations are not, so the error is that of the mean over replicates of the influence

        psi_r = mean over t of (u v - rho (u^2 + v^2) / 2).

    Args:
        values: shape (replicates, generations), at least 2 replicates.
        lag: s in generations, static, in [0, T].

    Returns:
        Coefficient and standard error. For a stationary loop this is the autocorrelation function at s.

    Raises:
        ValueError: another shape, a single replicate, or a lag that no pair has.

    Source: Definition; the influence function of a correlation is that of Devlin, Gnanadesikan, Kettenring (1975).
    """
    values = floating(values)
    if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] == 0:
        raise ValueError(
            f"`values` must have shape (replicates, generations) with 2 replicates or more; got shape {values.shape}."
        )
    longest = values.shape[1] - 1
    if isinstance(lag, bool) or not isinstance(lag, (int, np.integer)) or not 0 <= lag <= longest:
        raise ValueError(f"`lag` must be a whole number of generations in [0, {longest}]; got {lag!r}.")
    first, second = _standardised(values[:, : longest + 1 - lag]), _standardised(values[:, lag:])
    value = jnp.mean(first * second)
    influence = jnp.mean(first * second - value * 0.5 * (first * first + second * second), axis=1)
    num_replicates = values.shape[0]
    variance = jnp.sum(influence * influence) / (num_replicates * (num_replicates - 1))
    return Autocorrelation(value, jnp.sqrt(variance))


def _standardised(values: Array) -> Array:
    """Mean 0 and mean square 1 over all entries."""
    centred = values - jnp.mean(values)
    return centred / jnp.sqrt(jnp.mean(centred * centred))


def _check_path(values: Array, *, name: str) -> None:
    if values.ndim == 0 or values.shape[-1] == 0:
        raise ValueError(f"`{name}` must have shape (..., generations); got shape {values.shape}.")


def _first(met: Bool[Array, "*paths generations"], *, name: str) -> HittingTime:
    _check_path(met, name=name)
    never = ~jnp.any(met, axis=-1)
    first = jnp.argmax(met, axis=-1).astype(jnp.int32)
    return HittingTime(jnp.where(never, jnp.int32(met.shape[-1] - 1), first), never)
