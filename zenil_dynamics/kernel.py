"""One replicate: a scan over generations. Pure, unbatched, and the whole dynamics on one page."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from zenil_dynamics.random import fold_in
from zenil_dynamics.states.base import AbstractState, Observed
from zenil_dynamics.system import Loop, Row
from zenil_dynamics.types import Key

Recorder = Callable[[AbstractState, Observed], Float[Array, ""]]


def replicate(
    loop: Loop, rows: Row, recorders: tuple[Recorder, ...], *, key: Key, terminal_only: bool = False
) -> tuple[Float[Array, " generations"], ...]:
    """Run one replicate and record scalars of its states.

    Args:
        loop: system without schedules.
        rows: schedule table, one row a step.
        recorders: functions of (state, what is observed beside it), each a scalar.
        key: of this replicate. Address 0 below it is the initialisation, t + 1 the step from t.
        terminal_only: record the last state alone.

    Returns:
        One array per recorder: generations 0 .. T, or only T with `terminal_only`.
    """

    def record(state: AbstractState, previous: AbstractState) -> tuple[Any, ...]:
        observed = Observed(loop.target, previous, loop.rare_threshold)
        return tuple(jnp.asarray(recorder(state, observed)) for recorder in recorders)

    def step(carry: Any, row: Row) -> tuple[Any, Any]:
        state, previous, memory = carry
        following, memory = loop.step(state, memory, row, key=fold_in(key, row.generation + 1))
        # Only `previous` of the last step is looked at when nothing but the last state is recorded.
        return (following, state, memory), None if terminal_only else record(following, state)

    initial, memory = loop.start(key=fold_in(key, jnp.uint32(0)))
    (state, previous, _), trace = jax.lax.scan(step, (initial, initial, memory), rows)
    if terminal_only:
        return tuple(value[None] for value in record(state, previous))
    first = record(initial, initial)
    return tuple(jnp.concatenate([start[None], rest]) for start, rest in zip(first, trace, strict=True))
