"""Binomial numbers, exact in law within 2^-20 for any number of trials below 2^31.

The rarer of success and failure is drawn, so that p <= 1/2 and a p close to 1 keeps its relative precision. A mean
below 64 is inverted by search (`inversion`), a larger one by an expansion of the quantile (`quantile`). Both read one
block of random words; there is no rejection, and a regime in which no lane is costs nothing.
"""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Float32, Int, Int32, UInt32

from zenil_dynamics import random
from zenil_dynamics.samplers import inversion, quantile, two_float
from zenil_dynamics.samplers.lanes import BY_XLA, AcrossLanes, any_leading_axes
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
    """Number of successes among independent trials, p = success / (success + failure).

    Within 2^-20 in total variation of the exact law for these very weights (float64 weights count with 48 bits). A
    weight of 0 is never drawn: `success` 0 gives exactly 0, `failure` 0 exactly `num_trials`.

    Args:
        num_trials: n in [0, 2^31), traced; a negative one counts as 0.
        success: weight of a success, at least 0, finite; not normalised.
        failure: weight of a failure, at least 0, finite; None means 1 - success. Give it where p is close to 1.
        key: consumed.

    Returns:
        int32 of the broadcast shape, in [0, num_trials].

    Raises:
        ValueError: `key` is not a typed threefry key.

    Law: tests/samplers/test_binomial.py, test_inversion.py, test_quantile.py.
    Source: see `inversion` and `quantile`.
    """
    success = _as_float(success)
    failure = 1 - success if failure is None else _as_float(failure)
    trials, success, failure = jnp.broadcast_arrays(jnp.asarray(num_trials).astype(jnp.int32), success, failure)
    key_0, key_1 = (jnp.broadcast_to(word, trials.shape) for word in random.words(key))
    index = random.counters(trials.shape)
    return _binomial(trials, *two_float.from_float(success), *two_float.from_float(failure), key_0, key_1, index)


@any_leading_axes
def _binomial(
    num_trials: Int32[Array, "*shape"],
    success_high: Float32[Array, "*shape"],
    success_low: Float32[Array, "*shape"],
    failure_high: Float32[Array, "*shape"],
    failure_low: Float32[Array, "*shape"],
    key_0: UInt32[Array, "*shape"],
    key_1: UInt32[Array, "*shape"],
    index: UInt32[Array, "*shape"],
) -> Int32[Array, "*shape"]:
    """`draw` of plain arrays, which is what a batch rule can widen."""

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
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Binomial numbers from key words; for whole arrays, not to be batched by `vmap`.

    Args:
        num_trials: n.
        success: weight of a success, rounded.
        failure: weight of a failure, rounded.
        exact_weights: called only where a mean is large: only there 24 bits are too few.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32 in [0, n].
    """
    flip = success > failure
    rare, common = jnp.minimum(success, failure), jnp.maximum(success, failure)
    odds = jnp.where((num_trials > 0) & (rare > 0), rare / common, 0)

    def large() -> Int32[Array, "*shape"]:
        success, failure = exact_weights()
        rare, common = _choose(flip, failure, success), _choose(flip, success, failure)
        return quantile.draw(num_trials, rare, common, key_0, key_1, index, across)

    count = by_mean(num_trials, odds, large, key_0, key_1, index, across)
    return jnp.where(flip, jnp.maximum(num_trials, 0) - count, count)


def by_mean(
    num_trials: Int32[Array, "*shape"],
    odds: Float32[Array, "*shape"],
    large_fn: Callable[[], Int32[Array, "*shape"]],
    key_0: UInt32[Array, "*#shape"],
    key_1: UInt32[Array, "*#shape"],
    index: UInt32[Array, "*#shape"],
    across: AcrossLanes = BY_XLA,
) -> Int32[Array, "*shape"]:
    """Numbers by search where the mean is below 64, those of `large_fn` elsewhere; no work for a regime without lanes.

    Args:
        num_trials: n.
        odds: p / (1 - p) in [0, 1]; 0 gives 0 for certain.
        large_fn: called only where a mean is large.
        key_0: first key word.
        key_1: second key word.
        index: which makes the elements of one draw different.
        across: reductions over lanes.

    Returns:
        int32 in [0, n].
    """
    regimes = _regime(num_trials, odds)
    large = regimes >= _LARGE
    present = across.union(regimes)
    level = 32 - lax.clz(present & (_LARGE - 1))
    count = inversion.draw(level, num_trials, jnp.where(large, 0, odds), key_0, key_1, index, across)
    return lax.cond(present >= _LARGE, lambda count: jnp.where(large, large_fn(), count), lambda count: count, count)


def _regime(num_trials: Int32[Array, "*shape"], odds: Float32[Array, "*shape"]) -> Int32[Array, "*shape"]:
    """One bit per lane: how far its search must go, or that it is large; 0 where the result is certain.

    mean = n odds / (1 + odds) is compared without dividing. One reduction of the bits then tells all about an array.
    """
    scaled, unit = num_trials.astype(jnp.float32) * odds, 1 + odds
    regime = (scaled > 0).astype(jnp.int32)
    for bit, limit in enumerate(inversion.MEAN_LIMITS):
        regime = jnp.where(scaled >= np.float32(limit) * unit, jnp.int32(2 << bit), regime)
    return regime


def _choose(first: Bool[Array, "*shape"], yes: TwoFloat, no: TwoFloat) -> TwoFloat:
    """Elementwise choice between two numbers."""
    return TwoFloat(jnp.where(first, yes.high, no.high), jnp.where(first, yes.low, no.low))


def _as_float(weight: Float[Array, "*shape"] | Int[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Weights may be counts."""
    weight = jnp.asarray(weight)
    return weight if jnp.issubdtype(weight.dtype, jnp.floating) else weight.astype(jnp.result_type(float))
