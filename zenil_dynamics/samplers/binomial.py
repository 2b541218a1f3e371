"""Binomial numbers, exact in law within 2^-20 for any number of trials below 2^31."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers import inversion, quantile, two_float
from zenil_dynamics.samplers.lanes import any_leading_axes
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key

_LARGE = 1 << len(inversion.MEAN_LIMITS)


def binomial(
    num_trials: Int[Array, "*#shape"],
    success: Float[Array, "*#shape"],
    failure: Float[Array, "*#shape"] | None = None,
    *,
    key: Key,
) -> Int32[Array, "*shape"]:
    """Number of successes among `num_trials` independent trials, p = success / (success + failure)."""
    num_trials, success = jnp.asarray(num_trials), jnp.asarray(success)
    failure = 1 - success if failure is None else jnp.asarray(failure)
    num_trials, success, failure = jnp.broadcast_arrays(num_trials, success, failure)
    key_0, key_1 = (jnp.broadcast_to(word, num_trials.shape) for word in random.words(key))
    index = random.counters(num_trials.shape)
    return _binomial(
        num_trials.astype(jnp.int32),
        *two_float.from_float(success),
        *two_float.from_float(failure),
        key_0,
        key_1,
        index,
    )


@any_leading_axes
def _binomial(num_trials, success_high, success_low, failure_high, failure_low, key_0, key_1, index):
    """Elementwise; plain arrays, because batch rules see no tuples."""

    def exact_weights() -> tuple[TwoFloat, TwoFloat]:
        return TwoFloat(success_high, success_low), TwoFloat(failure_high, failure_low)

    return draw(num_trials, success_high, failure_high, exact_weights, key_0, key_1, index)


def draw(
    num_trials: Int32[Array, "*shape"],
    success: Float32[Array, "*shape"],
    failure: Float32[Array, "*shape"],
    exact_weights: Callable[[], tuple[TwoFloat, TwoFloat]],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
) -> Int32[Array, "*shape"]:
    """Binomial numbers from key words, for arrays of one shape; not to be batched by `vmap`."""
    flip = success > failure
    rare, common = jnp.minimum(success, failure), jnp.maximum(success, failure)
    odds = jnp.where((num_trials > 0) & (rare > 0), rare / common, 0)
    regimes = _regime(num_trials, odds)
    large = regimes >= _LARGE
    present = lax.reduce(regimes, jnp.int32(0), lax.bitwise_or, range(regimes.ndim))
    level = 32 - lax.clz(present & (_LARGE - 1))
    count = inversion.draw(level, num_trials, jnp.where(large, 0, odds), key_0, key_1, index)

    def with_large(count: Int32[Array, "*shape"]) -> Int32[Array, "*shape"]:
        success, failure = exact_weights()
        rare, common = _choose(flip, failure, success), _choose(flip, success, failure)
        return jnp.where(large, quantile.draw(num_trials, rare, common, key_0, key_1, index), count)

    count = lax.cond(present >= _LARGE, with_large, lambda count: count, count)
    return jnp.where(flip, num_trials - count, count)


def _regime(num_trials: Int32[Array, "*shape"], odds: Float32[Array, "*shape"]) -> Int32[Array, "*shape"]:
    """One bit per lane: how far its search must go, or that it is large; 0 where the result is certain.

    mean = n odds / (1 + odds) is compared without dividing. One reduction of these bits tells everything about an array.
    """
    scaled, unit = num_trials.astype(jnp.float32) * odds, 1 + odds
    regime = jnp.where(scaled > 0, 1, 0)
    for bit, limit in enumerate(inversion.MEAN_LIMITS):
        regime = jnp.where(scaled >= np.float32(limit) * unit, 2 << bit, regime)
    return regime


def _choose(first: Bool[Array, "*shape"], yes: TwoFloat, no: TwoFloat) -> TwoFloat:
    """Elementwise choice between two numbers."""
    return TwoFloat(jnp.where(first, yes.high, no.high), jnp.where(first, yes.low, no.low))
