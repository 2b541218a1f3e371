"""Binomial numbers, exact in law within 2^-20 for any number of trials below 2^31."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers import two_float
from zenil_dynamics.samplers.inversion import LARGEST_MEAN, invert
from zenil_dynamics.samplers.lanes import lanes
from zenil_dynamics.samplers.rejection import reject
from zenil_dynamics.samplers.two_float import TwoFloat
from zenil_dynamics.types import Key


def binomial(
    num_trials: Int[Array, "..."],
    success: Float[Array, "..."],
    failure: Float[Array, "..."] | None = None,
    *,
    key: Key,
) -> Int32[Array, "..."]:
    """Number of successes among `num_trials`, p = success / (success + failure)."""
    num_trials, success = jnp.asarray(num_trials), jnp.asarray(success, None)
    failure = 1 - success if failure is None else jnp.asarray(failure)
    num_trials, success, failure = jnp.broadcast_arrays(num_trials, success, failure)
    key_0, key_1 = random.words(key)
    index = random.counters(num_trials.shape)
    return draw(
        num_trials.astype(jnp.int32), two_float.from_float(success), two_float.from_float(failure), key_0, key_1, index
    )


def draw(
    num_trials: Int32[Array, "..."],
    success: TwoFloat,
    failure: TwoFloat,
    key_0: UInt32[Array, "..."],
    key_1: UInt32[Array, "..."],
    index: UInt32[Array, "..."],
) -> Int32[Array, "..."]:
    """Binomial numbers from weights as two floats and key words."""
    return _draw(num_trials, *success, *failure, key_0, key_1, index)


@lanes
def _draw(num_trials, success_high, success_low, failure_high, failure_low, key_0, key_1, index):
    """Both regimes, each skipped when no lane needs it."""
    flip = success_high > failure_high
    rare = TwoFloat(jnp.where(flip, failure_high, success_high), jnp.where(flip, failure_low, success_low))
    common = TwoFloat(jnp.where(flip, success_high, failure_high), jnp.where(flip, success_low, failure_low))
    odds = rare.high / common.high
    random_lane = (num_trials > 0) & (rare.high > 0)
    odds = jnp.where(random_lane, odds, 0)
    mean = num_trials.astype(jnp.float32) * (odds / (1 + odds))
    small = random_lane & (mean < LARGEST_MEAN)
    large = random_lane & ~(mean < LARGEST_MEAN)
    count = invert(small, num_trials, odds, key_0, key_1, index)

    def with_large(count):
        return jnp.where(large, reject(large, num_trials, rare, common, key_0, key_1, index), count)

    count = lax.cond(jnp.any(large), with_large, lambda count: count, count)
    return jnp.where(flip, num_trials - count, count)
