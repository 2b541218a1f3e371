"""Float32 and float64: when a decision needs the second, and how much of the first a range has to bear.

A declared slack eta says how far rounding may move a mean; tests of the null hypothesis widened by eta are honest as
long as eta is. Where it is not declared, or where an effect is below ten of it, float64 is asked on a fresh stream.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import jax
import jax.numpy as jnp
import numpy as np

from proofs_numeric.tail import Tail

_RANGE_ALLOWANCE = 2.0**-18
"""32 units in the last place of float32: what a draw may leave a proved range by where no slack is declared."""


def is_wide() -> bool:
    """Whether JAX computes in float64 here. Definition."""
    return bool(jax.config.jax_enable_x64)  # pyright: ignore[reportAttributeAccessIssue]


@contextmanager
def in_float64() -> Iterator[None]:
    """Compute in float64 within a `with` block and this thread; what others compute stays as it is. Definition."""
    with jax.enable_x64(True):
        yield


def is_narrow(samples: np.ndarray) -> bool:
    """Whether draws carry the rounding of less than float64: float32, float16 or bfloat16, and no small whole numbers.

    Definition. Whole numbers below 2^p, p the digits of the dtype, are exact: counts and indicators pass.

    Args:
        samples: draws in the dtype of the sampler.
    """
    if samples.dtype.kind in "biu" or samples.dtype.itemsize >= 8:
        return False
    exact = 2.0 ** (jnp.finfo(samples.dtype).nmant + 1)
    numbers = samples.astype(np.float64)
    return not bool(np.all((numbers == np.round(numbers)) & (np.abs(numbers) < exact)))


def range_allowance(tail: Tail, bound: float) -> float:
    """By how much a range is widened for a statistic without a declared slack, units of the statistic.

    A wider range stays a true fact, so no test becomes unsound by it.

    Args:
        tail: proved facts of the exact statistic.
        bound: b.

    Returns:
        2^-18 of the largest magnitude among them.

    Source: Definition.
    """
    ends = (abs(end) for end in (tail.lower, tail.upper, bound) if end is not None and math.isfinite(end))
    return _RANGE_ALLOWANCE * max(ends, default=0.0)


def samples_that_show(slack: float, deviation: float, largest_bet: float, log_threshold: float) -> float:
    """n*: after how many samples an effect as small as the slack would be noticed.

    n* = log threshold / g,  g = l eta - l^2 sigma^2 / 2 at the best bet l = min(eta / sigma^2, largest bet);
    about 2 log(threshold) (sigma/eta)^2 where bets are free.

    Args:
        slack: eta, units of the statistic.
        deviation: sigma, same units.
        largest_bet: the largest stake per unit that a test may play, 1/units.
        log_threshold: nats.

    Returns:
        Samples; infinite without a slack.

    Source: Kelly growth rate to second order.
    """
    if not (slack > 0 and largest_bet > 0 and math.isfinite(deviation)):
        return math.inf
    bet = largest_bet if deviation == 0 else min(slack / deviation**2, largest_bet)
    return log_threshold / (bet * slack - 0.5 * (bet * deviation) ** 2)
