"""When should a budget of real samples arrive: constantly, in bursts, or how?

g_t = E G(Q_t)/G(P) obeys the exact recursion 1 - g' = 1/N + (1 - 1/N)(1 - alpha_t)^2 (1 - g). Gradient ascent looks for
the schedule that keeps most at sum N alpha_t <= B; a dual bound says how much more there could be.
"""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Float

from proofs_numeric.keys import derive_key
from proofs_numeric.open_questions.question import Estimate, Progress, Question, chosen
from proofs_numeric.open_questions.schedule_bound import Generations, dual_bound, relaxed_schedule

NAME = "burst-schedule"
AVERAGE, TERMINAL = "average over T", "at T"
SETTINGS = {
    "quick": ((50, 100, 100), (50, 100, 20)),
    "standard": ((50, 100, 100), (50, 100, 20), (50, 100, 400), (200, 400, 400)),
}
"""(N, T, B)."""
NUM_POINTS = {"quick": 81, "standard": 161}
NUM_RANDOM = {"quick": 12, "standard": 48}
NUM_STEPS = {"quick": 400, "standard": 2000}
LEARNING_RATE = 0.05

CONSTANT = "diversity kept by a constant supply"
BURSTS = "diversity kept by the best regular bursts"
PERIOD = "generations between the best regular bursts"
BEST = "diversity kept by the best schedule"
RATIO = "constant supply over the best schedule"
RECURSION = "exact recursion, float64"


def diversity_path(num_samples: int, shares: Generations) -> Generations:
    """The retained diversity g_1 .. g_T from Q_0 = P.

    Args:
        num_samples: N.
        shares: alpha_t, shape (T,).

    Returns:
        Shape (T,).

    Source: Wright (1931); two-lineage coalescent with migration.
    """
    lost, path = 0.0, []
    for share in shares.tolist():
        lost = 1 / num_samples + (1 - 1 / num_samples) * (1 - share) ** 2 * lost
        path.append(1 - lost)
    return np.array(path)


def regular_bursts(num_samples: int, num_generations: int, budget: float, period: int) -> Generations:
    """The budget in equal bursts at every `period`-th generation; none where a burst would exceed a generation.

    Args:
        num_samples: N.
        num_generations: T.
        budget: B.
        period: m, from 1 to T.

    Returns:
        alpha_t, shape (T,); all 0 if B is too much for bursts so rare.

    Source: Definition.
    """
    shares = np.zeros(num_generations)
    count = num_generations // period
    share = budget / (num_samples * count)
    if share <= 1:
        shares[period - 1 : count * period : period] = share
    return shares


def _within(shares: Generations, num_samples: int, budget: float) -> Generations:
    """The schedule, scaled down where it spends more than the budget."""
    clipped = np.clip(np.asarray(shares, np.float64), 0, 1)
    return clipped * min(1.0, budget / max(num_samples * float(clipped.sum()), 1e-300))


def _kept(logits: Float[Array, " generations"], size: Array, budget: Array, weights: Array) -> Float[Array, ""]:
    """The objective where softmax weights of the budget arrive; what exceeds a generation is lost."""
    shares = jnp.minimum(budget / size * jax.nn.softmax(logits), jnp.ones_like(logits))

    def generation(lost: Array, share: Array) -> tuple[Array, Array]:
        following = 1 / size + (1 - 1 / size) * (1 - share) ** 2 * lost
        return following, 1 - following

    _, path = jax.lax.scan(generation, jnp.zeros_like(size), shares)
    return jnp.sum(weights * path)


@functools.partial(jax.jit, static_argnames="num_steps")
def _ascend(starts: Array, size: Array, budget: Array, weights: Array, num_steps: int) -> Array:
    """Adam from every start; the logits at the end."""
    optimiser = optax.adam(LEARNING_RATE)
    slope = jax.vmap(jax.grad(_kept), in_axes=(0, None, None, None))

    def step(carry: Any, _: None) -> tuple[Any, None]:
        logits, state = carry
        updates, state = optimiser.update(-slope(logits, size, budget, weights), state)
        return (optax.apply_updates(logits, updates), state), None

    (logits, _), _ = jax.lax.scan(step, (starts, optimiser.init(starts)), None, length=num_steps)
    return logits


def _logits(shares: Generations) -> Generations:
    """Logits whose softmax is nearly proportional to the schedule; what is 0 starts small, so that it can grow."""
    return np.log(shares / shares.sum() + 1e-4)


def best_found(
    num_samples: int, budget: float, weights: Generations, starts: list[Generations], key: Array, effort: str
) -> Generations:
    """The best schedule of all starts, random ones and what gradient ascent makes of them.

    Args:
        num_samples: N.
        budget: B.
        weights: w_t of the objective sum w_t g_t, shape (T,).
        starts: schedules, each of shape (T,).
        key: of the random starts.
        effort: one of `EFFORTS`.

    Returns:
        alpha_t, shape (T,), within the budget.

    Source: Adam (optax); multiple starts, since the objective has many local maxima.
    """
    noise = jax.random.normal(key, (NUM_RANDOM[effort], weights.size))
    given = jnp.asarray(np.array([_logits(start) for start in starts]), noise.dtype)
    arguments = (jnp.asarray(value, noise.dtype) for value in (num_samples, budget, weights))
    # Adam of optax raises a float to an integer, which strict promotion refuses.
    with jax.numpy_dtype_promotion("standard"):
        ended = _ascend(jnp.concatenate([given, noise]), *arguments, num_steps=NUM_STEPS[effort])
    found = [budget / num_samples * np.asarray(row, np.float64) for row in jax.nn.softmax(ended)]
    allowed = [_within(shares, num_samples, budget) for shares in (*starts, *found)]
    return max(allowed, key=lambda shares: float(weights @ diversity_path(num_samples, shares)))


def _estimates(setting: tuple[int, int, int], goal: str, root: str, effort: str) -> list[Estimate]:
    size, horizon, budget = setting
    weights = np.full(horizon, 1 / horizon) if goal == AVERAGE else np.eye(horizon)[-1]
    where = {"N": size, "T": horizon, "B": budget, "goal": goal}

    def kept(shares: Generations) -> float:
        return float(weights @ diversity_path(size, shares))

    regular = {period: regular_bursts(size, horizon, budget, period) for period in range(1, horizon + 1)}
    period = max((m for m in regular if regular[m].any()), key=lambda m: kept(regular[m]))
    bound, price = dual_bound(size, weights, budget, NUM_POINTS[effort])
    relaxed = relaxed_schedule(size, weights, price, NUM_POINTS[effort])
    starts = [regular[1], regular[period], _within(relaxed, size, budget)]
    key = derive_key(root, NAME, where, "starts")
    best = kept(best_found(size, budget, weights, [start for start in starts if start.any()], key, effort))
    constant = kept(regular[1])
    # A sharp bound and the best schedule may be equal up to rounding.
    bound = max(bound, best)
    between = "from the best of many gradient ascents to a Lagrangian dual bound, float64"

    def exact(quantity: str, value: float, unit: str = "") -> Estimate:
        return Estimate(
            quantity=quantity, setting=where, value=value, interval=(value, value), kind=RECURSION, unit=unit
        )

    return [
        exact(CONSTANT, constant),
        exact(BURSTS, kept(regular[period])),
        exact(PERIOD, period, "generations"),
        Estimate(quantity=BEST, setting=where, value=best, interval=(best, bound), kind=between),
        Estimate(
            quantity=RATIO, setting=where, value=constant / best, interval=(constant / bound, constant / best),
            kind=between,
        ),
    ]  # fmt: skip


def _measure(effort: str, root: str, progress: Progress) -> tuple[Estimate, ...]:
    cases = [(setting, goal) for setting in SETTINGS[effort] for goal in (AVERAGE, TERMINAL)]
    found: list[Estimate] = []
    for done, (setting, goal) in enumerate(cases):
        progress(done, len(cases))
        found.extend(_estimates(setting, goal, root, effort))
    progress(len(cases), len(cases))
    return tuple(found)


def _answer(estimates: tuple[Estimate, ...]) -> str:
    size, horizon, budget = SETTINGS["quick"][0]
    where = {"N": size, "T": horizon, "B": budget, "goal": AVERAGE}
    (constant,), (regular,), (period,), (best,) = (
        chosen(estimates, quantity, **where) for quantity in (CONSTANT, BURSTS, PERIOD, BEST)
    )
    gaps = [each.interval[1] / each.interval[0] - 1 for each in chosen(estimates, BEST)]
    (last,) = chosen(estimates, RATIO, **where | {"goal": TERMINAL})
    return (
        f"Bursts beat a constant supply: at N = {size}, T = {horizon}, B = {budget} it keeps {constant.value:.3f} on "
        f"average, regular bursts every {period.value:.0f} generations {regular.value:.3f}, the best schedule between "
        f"{best.interval[0]:.4f} and {best.interval[1]:.4f}; at T itself a constant supply keeps {last.value:.0%} of "
        f"the best. The dual bound is within {max(gaps):.2%} of a schedule in every setting."
    )


BURST_SCHEDULE = Question(
    name=NAME,
    title="The best timing of a budget of real samples",
    asked="At which generations should a budget of B real samples arrive, so that a loop of T generations keeps the "
    "most diversity on the time average, or at its end?",
    why_open="Concentrating real data in one generation removes more copies than spreading it, but leaves the loop "
    "closed in between; the trade-off is a non-convex problem without a known solution.",
    how="Adam on softmax weights of the budget through the exact recursion, from constant, regular, random and relaxed "
    "starts; an interval reaches from the best schedule found to a Lagrangian dual bound by dynamic programming, which "
    "no schedule exceeds.",
    measure=_measure,
    answer=_answer,
)
