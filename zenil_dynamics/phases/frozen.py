"""The limit of g_t where sum (alpha_t + 1/N_t) is finite: a number that depends on the whole schedule.

The exact recursion runs to generation t_0. Beyond, [t_0, inf) is cut into blocks. Over a block

    g -> U g + (1 - U) r,   U = prod u_t,   r a weighted mean of g*_t = m_t / (1 + m_t),

m_t = (N_t - 1) alpha_t (2 - alpha_t), because every step is such a map with weights 1 - u_t. N_t grows and alpha_t
falls, so that g*_t lies between its values with the smaller N and alpha and with the larger ones; -log U is a sum of
decreasing terms, which integrals bracket:

    y <= -log(1 - y) <= y / (1 - y),
    integral from s to e of phi <= sum_{s <= t < e} phi_t <= the same + phi_s - phi_e.

So each block maps an interval that holds g into one that holds it afterwards; the last block is infinite.
"""

import math
from collections.abc import Iterator

import numpy as np

from zenil_dynamics import oracles
from zenil_dynamics.phases.forms import Cycle, Decay, exp
from zenil_dynamics.phases.horizon import evaluate
from zenil_dynamics.schedules import AbstractSchedule

HEAD = 100_000
"""Generations that are computed exactly, t_0."""
FINEST, COARSEST, BLOCK_ERROR = 0.005, 1.0, 1e-8
"""Logarithmic width of a block: the finest, and wider where what remains is so little that it costs no more error."""
FARTHEST = 1e300
"""Where the infinite block starts at the latest."""
NEGLIGIBLE = 1e-15
"""Remaining sum of alpha_t + 1/N_t at which it starts."""
ROUNDING = 8 * HEAD * 2.0**-53
"""What rounding may add up to in the exact part, relative to g <= 1."""
ROUNDED_UP = 1e-9
"""N_t may fall short of its formula by this share; see `whole_samples`."""


def frozen_limit(
    num_samples: AbstractSchedule, exogenous_fraction: AbstractSchedule, samples: Decay, fraction: Decay | Cycle
) -> tuple[float, float]:
    """Limit of g_t from g_0 = 1, with a bound on its error.

    Args:
        num_samples: N_t.
        exogenous_fraction: alpha_t.
        samples: the form of N_t, whose inverse is summable.
        fraction: the form of alpha_t, summable or eventually 0.

    Returns:
        (limit, error): the true limit is within `error` of `limit`.

    Raises:
        ValueError: a schedule that leaves its range before t_0.

    Source: derived above.
    """
    low = high = float(oracles.retained_diversity(*evaluate(num_samples, exogenous_fraction, HEAD))[-1])
    noise, fresh = samples.inverse, None if isinstance(fraction, Cycle) else fraction
    for start, end in _blocks(noise, fresh):
        keep = _kept(noise, fresh, start, end)
        pull = _pulls(noise, fresh, start, end)
        low = min(factor * low + (1 - factor) * pull[0] for factor in keep)
        high = max(factor * high + (1 - factor) * pull[1] for factor in keep)
    return (low + high) / 2, (high - low) / 2 + ROUNDING


def _blocks(noise: Decay, fresh: Decay | None) -> Iterator[tuple[float, float]]:
    """Starts and ends, whole numbers in float64, and infinity."""
    start = float(HEAD)
    while start < FARTHEST:
        remaining = noise.integral(start, math.inf) + (fresh.integral(start, math.inf) if fresh else 0.0)
        if remaining < NEGLIGIBLE:
            break
        end = float(math.ceil(start * math.exp(min(FINEST + BLOCK_ERROR / remaining, COARSEST))))
        yield start, end
        start = end
    yield start, math.inf


def _kept(noise: Decay, fresh: Decay | None, start: float, end: float) -> tuple[float, float]:
    """Bounds of U."""
    largest = exp(noise.log(start)) / (1 - ROUNDED_UP)
    lost = _sum(noise, start, end)
    # 1/x >= 1/N >= 1/(x + 1) >= (1/x) / (1 + 1/x_start), up to the rounding rule.
    least, most = lost[0] / (1 + largest), _over(lost[1] / (1 - ROUNDED_UP), largest)
    if fresh is not None:
        renewed = _sum(fresh, start, end)
        least, most = least + 2 * renewed[0], most + 2 * _over(renewed[1], exp(fresh.log(start)))
    return math.exp(-most), math.exp(-least)


def _pulls(noise: Decay, fresh: Decay | None, start: float, end: float) -> tuple[float, float]:
    """Bounds of g*_t over the block, from log m with the fewest draws and least alpha, and with the most."""
    if fresh is None:
        return 0.0, 0.0
    # Where the infinite block starts early, little is left; else, as offsets are lost in t, N_t alpha_t is monotone.
    trend = fresh.rate(start) - noise.rate(start) if start >= FARTHEST else math.nan
    last = end if math.isfinite(end) else start
    # log(x - 1) = log x + log(1 - 1/x), x short of its formula by the rounding rule.
    short = 1 - ROUNDED_UP - exp(noise.log(start))
    fewest = -noise.log(start) + math.log(short) if short > 0 else -math.inf
    low = _logistic(fewest + fresh.log(last) + math.log(2 - min(exp(fresh.log(start)), 1.0)))
    high = _logistic(-noise.log(last) + fresh.log(start) + math.log(2))
    if math.isfinite(end):
        return low, high
    return (low if trend >= 0 else 0.0), (high if trend <= 0 else 1.0)


def _logistic(logarithm: float) -> float:
    """The ratio m / (1 + m), given log m."""
    return 1 / (1 + math.exp(-logarithm)) if logarithm > -700 else 0.0


def _sum(form: Decay, start: float, end: float) -> tuple[float, float]:
    """Bounds of the sum of a decreasing form over start <= t < end."""
    integral = form.integral(start, end)
    return integral, integral + exp(form.log(start)) - (exp(form.log(end)) if math.isfinite(end) else 0.0)


def _over(total: float, largest: float) -> float:
    """Upper bound of sum -log(1 - y) from the sum and the largest y."""
    return total / (1 - largest) if largest < 1 else math.inf


def head_has_single_draw(num_samples: AbstractSchedule, exogenous_fraction: AbstractSchedule) -> bool:
    """Whether some N_t is 1 and no real data come after it, so that nothing is left for ever."""
    samples, fractions = evaluate(num_samples, exogenous_fraction, HEAD)
    single = np.flatnonzero(samples == 1)
    return bool(single.size) and not np.any(fractions[single[-1] + 1 :])
