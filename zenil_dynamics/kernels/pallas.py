"""One launch for all generations: the kernel for GPUs, written in Pallas for its Triton backend.

XLA turns a scan over generations into several launches a generation, with the state going through memory in between.
Here a program is a warp, a lane of it a replicate, and the loop over generations runs inside; only what is recorded
leaves the chip. The bodies are in `pallas_counts` and `pallas_moments`. On a CPU the kernel is interpreted, for tests.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, UInt32

from zenil_dynamics import devices
from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood
from zenil_dynamics.kernels import pallas_counts, pallas_moments
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.kernels.forward import Forward
from zenil_dynamics.loop import Loop
from zenil_dynamics.random import fold_in, words
from zenil_dynamics.schedule_table import Row, ScheduleTable
from zenil_dynamics.states.categorical import Categorical
from zenil_dynamics.states.gaussian import Gaussian
from zenil_dynamics.system import System
from zenil_dynamics.types import Key
from zenil_dynamics.updates.replace import Replace

LANES = 32
"""Replicates of a program, one per thread of a warp: a value is read by the thread that wrote it, whatever layout the
compiler chooses, and "is any lane left?" needs no barrier."""


class Pallas(AbstractKernel):
    """Replaced data fitted by maximum likelihood: categorical states, and closed loops of Gaussians.

    Attributes:
        loop: the system.
        rows: its schedule table.
        names: what is recorded.
        interpreted: whether the kernel runs as ordinary JAX operations, because there is no GPU.
    """

    loop: Loop
    rows: Row
    names: tuple[str, ...] = eqx.field(static=True)
    interpreted: bool = eqx.field(static=True)

    name: ClassVar[str] = "pallas"

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """See the base class."""
        if jax.default_backend() not in ("cpu", "gpu"):
            return f"it is written for GPUs, and the platform is {jax.default_backend()}"
        if jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            return "its numbers have 32 bits, and x64 is on"
        if type(system.update) is not Replace or type(system.fit) is not MaximumLikelihood:
            return "it needs the update Replace and the fit MaximumLikelihood"
        opened = bool(np.any(table.exogenous_fraction > 0))
        if isinstance(system.target, Categorical):
            known = tuple(pallas_counts.TERMS)
            if opened and system.mixing != "bernoulli":
                return "it draws every sample from the mixture, and the mixing is stratified"
        elif isinstance(system.target, Gaussian):
            known = tuple(pallas_moments.QUANTITIES)
            if opened:
                return "its Gaussian loops are closed, and alpha is not 0 throughout"
            smallest = pallas_moments.SMALLEST_NUM_SAMPLES
            if np.any(table.num_samples < smallest):
                return f"its Gaussian generations have {smallest} draws or more, and one has fewer"
        else:
            return "its states are categorical or Gaussian"
        missing = [name for name in names if name not in known]
        return f"it records {', '.join(known)}, and {missing[0]!r} is none of them" if missing else None

    @classmethod
    def pays(cls, system: System, table: ScheduleTable) -> bool:
        """On a GPU on which it compiles and agrees with the forward kernel."""
        closed = not np.any(table.exogenous_fraction > 0)
        return jax.default_backend() == "gpu" and works(type(system.target), bool(closed))

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """See the base class."""
        return cls(Loop.of(system, table), table.rows(), names, jax.default_backend() == "cpu")

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class; what `recorders` compute is known by name."""
        padded = jnp.pad(replicates, (0, -replicates.shape[0] % LANES), mode="edge")
        keys = jax.vmap(lambda index: fold_in(key, index))(padded)
        # A loop over no generation still reads its columns' type.
        rows = jax.tree.map(lambda column: column if len(column) else np.zeros(1, column.dtype), self.rows)
        run = self._counts if isinstance(self.loop.target, Categorical) else self._moments
        values = run(keys, rows, terminal_only)
        return tuple(value[:, : replicates.shape[0]] for value in values)

    @property
    def block_size(self) -> int:
        """As many replicates as fill the device."""
        return devices.block_width(self.loop.template.num_bytes)

    @property
    def description(self) -> str:
        """Family of the states, and whether the kernel was compiled at all."""
        how = "interpreted" if self.interpreted else "compiled by Triton"
        return f"Pallas, all generations of {self.loop.template.family} states in one launch, {how}"

    @property
    def num_generations(self) -> int:
        """T."""
        return len(self.rows.generation)

    def _initial(self, keys: Key) -> Any:
        """Q_0 of every replicate."""
        return jax.vmap(lambda key: self.loop.start(key=fold_in(key, jnp.uint32(0)))[0])(keys)

    def _counts(self, keys: Key, rows: Row, terminal_only: bool) -> tuple[Array, ...]:
        return self.shares_and_traces(keys, rows, terminal_only)[1:]

    def shares_and_traces(self, keys: Key, rows: Row, terminal_only: bool) -> tuple[Array, ...]:
        """Shares of the types at T, shape (support, lanes), and a trace per name.

        Args:
            keys: of the replicates, a multiple of `LANES`.
            rows: the schedule table, of one row or more, of which the first T count.
            terminal_only: record generation T alone.
        """
        lanes = keys.shape[0]
        shares = jnp.asarray(self._initial(keys).probs, jnp.float32).T
        target = jnp.asarray(self.loop.target.probs, jnp.float32)  # pyright: ignore[reportAttributeAccessIssue]
        support = shares.shape[0]
        shape = pallas_counts.Shape(self.names, support, self.num_generations, self.loop.closed, terminal_only)
        shared = (target, jnp.asarray(rows.num_samples), jnp.asarray(rows.exogenous_fraction, jnp.float32))
        outputs = ((support, lanes), *self._traces(lanes, terminal_only))
        body = functools.partial(pallas_counts.run, shape)
        return self._launch(body, (*words(keys), shares), shared, outputs, {2: 0})

    def _moments(self, keys: Key, rows: Row, terminal_only: bool) -> tuple[Array, ...]:
        initial = self._initial(keys)
        shape = pallas_moments.Shape(self.names, self.num_generations, terminal_only)
        state = (jnp.asarray(moment, jnp.float32) for moment in (initial.mean, initial.variance))
        shared = (jnp.asarray(rows.num_samples),)
        outputs = self._traces(keys.shape[0], terminal_only)
        return self._launch(functools.partial(pallas_moments.run, shape), (*words(keys), *state), shared, outputs, {})

    def _traces(self, lanes: int, terminal_only: bool) -> tuple[tuple[int, int], ...]:
        """Shapes of what is recorded."""
        return ((1 if terminal_only else self.num_generations + 1, lanes),) * len(self.names)

    def _launch(
        self,
        body: Callable[[tuple[Any, ...]], None],
        by_lane: tuple[Array, ...],
        shared: tuple[Array, ...],
        outputs: tuple[tuple[int, int], ...],
        aliases: dict[int, int],
    ) -> tuple[Array, ...]:
        """One program per `LANES` replicates, which are the last axis of `by_lane` and of all outputs."""
        # Imported here: only a run with this kernel is worth the time.
        from jax.experimental import pallas
        from jax.experimental.pallas import triton

        def columns(shape: tuple[int, ...]) -> Any:
            return pallas.BlockSpec((*shape[:-1], LANES), lambda program: (*(0,) * (len(shape) - 1), program))

        def whole(shape: tuple[int, ...]) -> Any:
            return pallas.BlockSpec(shape, lambda program: (0,) * len(shape))

        def generations(*refs: Any) -> None:
            body(refs)

        return pallas.pallas_call(
            generations,
            grid=(outputs[0][-1] // LANES,),
            in_specs=[columns(array.shape) for array in by_lane] + [whole(array.shape) for array in shared],
            out_specs=[columns(shape) for shape in outputs],
            out_shape=[jax.ShapeDtypeStruct(shape, jnp.float32) for shape in outputs],
            input_output_aliases=aliases,
            compiler_params=triton.CompilerParams(num_warps=1, num_stages=1),
            interpret=self.interpreted,
        )(*by_lane, *shared)


@functools.cache
def works(family: type[Categorical] | type[Gaussian], closed: bool) -> bool:
    """Whether the kernel compiles here and follows the forward kernel in a small run; a warning says if it does not.

    Asked once per process and structure, since a compiler may refuse what another version of it accepted.

    Args:
        family: of the states.
        closed: whether alpha is 0 throughout.
    """
    target = Categorical.zipf(5) if family is Categorical else Gaussian(0.5, 2.0)
    system = System(target, np.array([3000, 40, 17]), 0.0 if closed else 0.3)
    table = system.table(3)
    names = tuple(pallas_counts.TERMS if family is Categorical else pallas_moments.QUANTITIES)
    try:
        mine, theirs = (
            _small_run(kernel, tuple(target.quantities[name] for name in names))
            for kernel in (Pallas.of(system, table, names), Forward.of(system, table, names))
        )
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
    else:
        # Compilers may round the last place differently, which in a rare replicate moves one draw.
        same = np.isclose(mine, theirs, rtol=1e-4, atol=1e-5).all(axis=(0, 1))
        if same.mean() >= _SMALLEST_AGREEMENT:
            return True
        reason = f"it agrees with the forward kernel in {same.mean():.0%} of the replicates of a small run"
    warnings.warn(
        f"the Pallas kernel for {target.family} states is not used on {devices.description()}: {reason}. "
        "Another kernel computes the run.",
        RuntimeWarning,
        stacklevel=2,
    )
    return False


_SMALLEST_AGREEMENT = 0.9


def _small_run(kernel: AbstractKernel, recorders: tuple[Recorder, ...]) -> np.ndarray:
    """Everything that 128 replicates record, shape (quantities, generations, replicates)."""

    def run(replicates: UInt32[Array, " lanes"]) -> tuple[Array, ...]:
        return kernel(recorders, replicates, key=jax.random.key(0, impl="threefry2x32"), terminal_only=False)

    return np.stack([np.asarray(values) for values in jax.jit(run)(jnp.arange(128, dtype=jnp.uint32))])
