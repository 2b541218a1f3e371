"""Any system, generation after generation: one replicate is a scan, a block is its `vmap`."""

from typing import Any, ClassVar, Self

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, UInt32

from zenil_dynamics import devices
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import fold_in
from zenil_dynamics.schedule_table import Row, ScheduleTable
from zenil_dynamics.states.base import AbstractState, Observed
from zenil_dynamics.system import System
from zenil_dynamics.types import Key


class Forward(AbstractKernel):
    """The dynamics as they are written down, for every state, fit, update and mixing."""

    loop: Loop
    rows: Row

    name: ClassVar[str] = "forward"
    general: ClassVar[bool] = True

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """Nothing is refused."""
        return None

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Take over a system and its schedule table."""
        return cls(Loop.of(system, table), table.rows())

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""

        def one(index: jax.Array) -> Any:
            return replicate(self.loop, self.rows, recorders, key=fold_in(key, index), terminal_only=terminal_only)

        # Lanes last, and joined out here: inside the vmap XLA would transpose the trace twice.
        traces, finals = jax.vmap(one, out_axes=(1, 0))(replicates)
        if terminal_only:
            return tuple(final[None] for final in finals)
        return tuple(jnp.concatenate([trace, final[None]]) for trace, final in zip(traces, finals, strict=True))

    @property
    def block_size(self) -> int:
        """As many states as fit into a core's second-level cache."""
        return devices.block_width(self.loop.num_bytes, narrow=self.loop.template.sequential)

    @property
    def description(self) -> str:
        """Family of the states."""
        return f"forward scan over {self.loop.template.family} states"


def replicate(
    loop: Loop, rows: Row, recorders: tuple[Recorder, ...], *, key: Key, terminal_only: bool = False
) -> tuple[tuple[Float[Array, " generations"], ...] | None, tuple[Float[Array, ""], ...]]:
    """Run one replicate and record scalars of its states. Pure, unbatched, and the whole dynamics on one page.

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
