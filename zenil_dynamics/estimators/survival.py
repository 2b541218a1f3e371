"""Laws of times of which some are only known to be late: the product-limit estimator and its mean."""

from typing import NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int

from zenil_dynamics.validate import positive_integer


class SurvivalCurve(NamedTuple):
    """Estimated law of a time tau in generations 0 .. T.

    Attributes:
        survival: P(tau > t), shape (generations,).
        standard_error: of it (Greenwood), 0 where the survival is.
        num_at_risk: replicates that reach t and are not censored before, int32.
        num_events: of them, those with tau = t, int32.
    """

    survival: Float[Array, " generations"]
    standard_error: Float[Array, " generations"]
    num_at_risk: Int[Array, " generations"]
    num_events: Int[Array, " generations"]


class RestrictedMean(NamedTuple):
    """E min(tau, T).

    Attributes:
        value: generations.
        standard_error: generations.
    """

    value: Float[Array, ""]
    standard_error: Float[Array, ""]


def kaplan_meier(times: ArrayLike, censored: ArrayLike, *, num_generations: int) -> SurvivalCurve:
    """Survival curve of times with independent censoring (product limit).

    S(t) = prod_{i <= t} (1 - d_i / n_i),   Var S(t) = S(t)^2 sum_{i <= t} d_i / (n_i (n_i - d_i)),

    d_i events at i among the n_i replicates at risk. A replicate censored at t was seen to survive t.

    Args:
        times: shape (replicates,), whole generations in [0, T].
        censored: shape (replicates,), bool: tau is only known to exceed the time.
        num_generations: T, static.

    Returns:
        A curve over generations 0 .. T. Where nobody is at risk it stays at its last value. All nan when a time lies
        outside [0, T].

    Raises:
        ValueError: shapes that differ or are not one axis, dtypes other than int and bool, or T below 0.

    Source: Kaplan and Meier (1958); Greenwood (1926). Without censoring before T both are the binomial ones: the share
    s of survivors, and s (1 - s) / n.
    """
    times, censored = jnp.asarray(times), jnp.asarray(censored)
    if times.ndim != 1 or times.size == 0 or times.shape != censored.shape:
        raise ValueError(
            f"`times` and `censored` must both have shape (replicates,); got {times.shape} and {censored.shape}."
        )
    if not jnp.issubdtype(times.dtype, jnp.integer) or censored.dtype != jnp.bool_:
        raise ValueError(f"`times` must be integers and `censored` bool; got {times.dtype} and {censored.dtype}.")
    length = positive_integer(num_generations, name="num_generations", smallest=0) + 1
    empty = jnp.zeros(length, jnp.int32)
    events = empty.at[times].add(jnp.where(censored, 0, 1).astype(jnp.int32), mode="drop")
    leaving = empty.at[times].add(1, mode="drop")
    at_risk = jnp.int32(times.size) - (jnp.cumsum(leaving, dtype=jnp.int32) - leaving)
    survived = jnp.where(at_risk > 0, at_risk - events, 1).astype(jnp.result_type(float))
    survival = jnp.cumprod(survived / _positive(at_risk))
    error = survival * jnp.sqrt(jnp.cumsum(_greenwood_terms(at_risk, events)))
    lost = jnp.any((times < 0) | (times >= length))
    survival, error = (jnp.where(lost, jnp.full_like(curve, jnp.nan), curve) for curve in (survival, error))
    return SurvivalCurve(survival, error, at_risk, events)


def restricted_mean_time(curve: SurvivalCurve) -> RestrictedMean:
    """Mean of the time up to the horizon of a curve: the area under it.

    E min(tau, T) = sum_{t < T} S(t),   Var = sum_i A_i^2 d_i / (n_i (n_i - d_i)),   A_i = sum_{i <= t < T} S(t).

    Args:
        curve: of `kaplan_meier`, generations 0 .. T.

    Returns:
        Mean and standard error in generations; without censoring before T the mean of min(tau, T) itself, and
        its standard deviation (divisor n) over sqrt(n).

    Source: Kaplan and Meier (1958), for the mean; sum and integral agree because times are whole generations.
    """
    below_horizon = curve.survival[:-1]
    area = jnp.flip(jnp.cumsum(jnp.flip(below_horizon)))
    terms = _greenwood_terms(curve.num_at_risk, curve.num_events)[:-1]
    return RestrictedMean(jnp.sum(below_horizon), jnp.sqrt(jnp.sum(area * area * terms)))


def _greenwood_terms(at_risk: Array, events: Array) -> Array:
    """Greenwood's d / (n (n - d)), and 0 where all die: the survival that it multiplies is 0 from there on."""
    remaining = at_risk - events
    terms = events.astype(jnp.result_type(float)) / _positive(at_risk) / _positive(remaining)
    return jnp.where(remaining > 0, terms, jnp.zeros_like(terms))


def _positive(counts: Array) -> Array:
    """As floats, 1 in place of 0."""
    return jnp.maximum(counts, 1).astype(jnp.result_type(float))
