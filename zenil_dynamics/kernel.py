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
) -> tuple[tuple[Float[Array, " generations"], ...] | None, tuple[Float[Array, ""], ...]]:
    """Run one replicate and record scalars of its states.

    Args:
        loop: system without schedules.
        rows: schedule table, one row a step.
        recorders: functions of (state, what is observed beside it), each a scalar.
        key: of this replicate. Address 0 below it is the initialisation, t + 1 the step from t.
        terminal_only: record the last state alone.

    Returns:
        One array per recorder for generations 0 .. T - 1 (None with `terminal_only`), and their values at T.
    """

    def record(state: AbstractState, previous: AbstractState) -> tuple[Any, ...]:
        observed = Observed(loop.target, previous, loop.rare_threshold)
        return tuple(jnp.asarray(recorder(state, observed)) for recorder in recorders)

    def step(carry: Any, row: Row) -> tuple[Any, Any]:
        state, previous, memory = carry
        # What is recorded is the state that came in: it is in memory, whereas recording the one that goes out would
        # make XLA compute it twice, once for the carry and once for the trace.
        seen = None if terminal_only else record(state, previous)
        following, memory = loop.step(state, memory, row, key=fold_in(key, row.generation + 1))
        return (following, state, memory), seen

    initial, memory = loop.start(key=fold_in(key, jnp.uint32(0)))
    (state, previous, _), trace = jax.lax.scan(step, (initial, initial, memory), rows)
    return trace, record(state, previous)
