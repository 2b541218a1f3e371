"""No schedule of a budget of real samples keeps more than this: a Lagrangian dual bound, by dynamic programming.

With f_t = 1 - g_t, f' = 1/N + (1 - 1/N)(1 - alpha)^2 f, every schedule that spends at most B real samples satisfies

    sum w_t g_t <= max over all schedules of [sum w_t g_t - price (sum N alpha_t - B)],      price >= 0.

The maximum on the right needs no budget and is a dynamic program in f. Its value function is convex in f, being a
maximum of functions that are affine in f: linear interpolation between grid points bounds it from above.
"""

import numpy as np
from jaxtyping import Float

STEPS = 40
"""Steps of the golden-section search for the best price."""

Generations = Float[np.ndarray, " generations"]
Points = Float[np.ndarray, " points"]
_GOLDEN = (5**0.5 - 1) / 2


def _best_shares(after: Points, here: Points, num_samples: float, price: float) -> tuple[Points, Points]:
    """Largest value of after(f') - price N alpha at each f, and the 1 - alpha that attains it.

    On one piece of `after`, f' = 1/N + c y^2 with y = 1 - alpha, c = (1 - 1/N) f, makes it a concave parabola in y.
    """
    grid, same = np.linspace(0, 1, after.size), 1 / num_samples
    slopes = np.diff(after) / np.diff(grid)
    scale = np.maximum((1 - same) * here, 1e-300)[:, None]
    with np.errstate(divide="ignore", over="ignore"):
        ends = np.sqrt(np.clip((grid - same) / scale, 0, 1))
        peaks = price * num_samples / (-2 * np.minimum(slopes, -1e-300) * scale)
    kept = np.clip(peaks, ends[:, :-1], ends[:, 1:])
    lost = same + scale * kept**2
    # A piece beyond reach is continued by its line, which lies below a convex function everywhere else.
    values = after[:-1] + slopes * (lost - grid[:-1]) - price * num_samples * (1 - kept)
    best = values.argmax(axis=1)
    rows = np.arange(here.size)
    return values[rows, best], kept[rows, best]


def _values(num_samples: float, weights: Generations, price: float, num_points: int) -> list[Points]:
    """Upper bounds on the value function before step t, at the grid; the last entry is 0 after step T."""
    grid = np.linspace(0, 1, num_points)
    values = [np.zeros_like(grid)]
    for weight in weights[::-1]:
        values.append(_best_shares(weight * (1 - grid) + values[-1], grid, num_samples, price)[0])
    return values[::-1]


def relaxed_schedule(num_samples: int, weights: Generations, price: float, num_points: int) -> Generations:
    """The schedule that is best at a price instead of a budget, up to the grid.

    Args:
        num_samples: N.
        weights: w_1 .. w_T >= 0 of the diversities.
        price: of one real sample, in units of the objective.
        num_points: of the grid of f in [0, 1].

    Returns:
        alpha_t, shape (T,).

    Source: the dynamic program of this file, followed forward from f = 0.
    """
    grid, values = np.linspace(0, 1, num_points), _values(num_samples, weights, price, num_points)
    lost, shares = 0.0, []
    for weight, after in zip(weights, values[1:], strict=True):
        kept = _best_shares(weight * (1 - grid) + after, np.array([lost]), num_samples, price)[1][0]
        shares.append(1 - kept)
        lost = 1 / num_samples + (1 - 1 / num_samples) * kept**2 * lost
    return np.array(shares)


def dual_bound(num_samples: int, weights: Generations, budget: float, num_points: int) -> tuple[float, float]:
    """Upper bound on sum w_t g_t over all schedules that spend at most the budget.

    Args:
        num_samples: N, at least 2.
        weights: w_1 .. w_T >= 0.
        budget: B >= 0, real samples in all.
        num_points: of the grid of f in [0, 1]; the bound holds on any and tightens with its square.

    Returns:
        (bound, price); the bound holds at any price, this is the best one found.

    Source: weak duality; golden section, the dual function being convex.
    """

    def dual(price: float) -> float:
        return float(_values(num_samples, weights, price, num_points)[0][0]) + price * budget

    # A sample that costs more than all diversity is never bought.
    low, high = 0.0, float(weights.sum())
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = dual(left), dual(right)
    for _ in range(STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = dual(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = dual(right)
    return min((at_left, left), (at_right, right))
