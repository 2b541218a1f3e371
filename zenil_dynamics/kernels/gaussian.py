"""Closed Gaussian loops: random numbers first, many generations at once, then the recursion of mean and variance.

Nothing random in a step depends on the state (see `gaussian_steps`), so the draws of many generations are one
elementwise pass, and what remains is m' = m + sqrt(v) a, v' = v c. A pair of numbers travels as one complex number: an
XLA loop has one output, and two would compute every random word twice.
"""

from typing import Any, ClassVar, Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Complex, Float, UInt32

from zenil_dynamics import devices
from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood, Unbiased
from zenil_dynamics.kernels.base import AbstractKernel, Recorder
from zenil_dynamics.kernels.gaussian_steps import Steps
from zenil_dynamics.random import Tag, fold_in, threefry2x32, words
from zenil_dynamics.samplers.gamma import SMALLEST_INVERTED, replace_small
from zenil_dynamics.samplers.normal import pair_from_random_bits, pair_from_random_words
from zenil_dynamics.samplers.polynomials import polynomial
from zenil_dynamics.schedule_table import ScheduleTable
from zenil_dynamics.states.base import Observed
from zenil_dynamics.states.gaussian import Gaussian
from zenil_dynamics.system import Estimate, System
from zenil_dynamics.types import Key
from zenil_dynamics.updates.accumulate import Accumulate
from zenil_dynamics.updates.replace import Replace

LONGEST_PASS = 128
"""Generations whose draws are held together: at 256 lanes 256 KiB, which a core's second-level cache keeps."""

_ROWS = 8
"""Generations of one elementwise loop, enough to hide what starting it costs."""

_Words = tuple[UInt32[Array, " lanes"], UInt32[Array, " lanes"]]


class GaussianKernel(AbstractKernel):
    """Gaussian states without fresh data, replaced or accumulated; any schedule of N, any start.

    Attributes:
        target: P.
        template: Q_0 where it is fixed, else a state of its structure.
        rare_threshold: handed to recorders.
        steps: coefficients of every generation.
        estimated: static; Q_0 is fitted to draws of the target.
        some_small: static; some generation draws fewer than 17, so that rejection has a place in the program.
        longest_pass: static; no bit depends on it.
    """

    target: Gaussian
    template: Gaussian
    rare_threshold: Float[Array, ""]
    steps: Steps
    estimated: bool = eqx.field(static=True)
    some_small: bool = eqx.field(static=True)
    longest_pass: int = eqx.field(static=True, default=LONGEST_PASS)

    name: ClassVar[str] = "gaussian"

    @classmethod
    def refusal(
        cls, system: System, table: ScheduleTable, names: tuple[str, ...], *, terminal_only: bool
    ) -> str | None:
        """See the base class."""
        if not isinstance(system.target, Gaussian):
            return "it carries a mean and a variance, and the state is not Gaussian"
        if type(system.update) not in (Replace, Accumulate):
            return "it needs the update Replace or Accumulate"
        if type(system.fit) not in (MaximumLikelihood, Unbiased):
            return "it needs the fit MaximumLikelihood or Unbiased"
        if np.any(table.exogenous_fraction > 0):
            return "its draws do not depend on the state, and a mixture with fresh data would"
        return None

    @classmethod
    def pays(cls, system: System, table: ScheduleTable) -> bool:
        """On a CPU; what it saves, memory traffic and the start of small loops, is not what an accelerator spends."""
        return jax.default_backend() == "cpu"

    @classmethod
    def of(cls, system: System, table: ScheduleTable, names: tuple[str, ...]) -> Self:
        """Work out the coefficients of every generation."""
        steps = Steps.of(system, table)
        small = (steps.shape_parameter > 0) & (steps.shape_parameter < SMALLEST_INVERTED)
        target, template = system.target, system.initial_state
        assert isinstance(target, Gaussian)  # `refusal` has seen to it,
        assert isinstance(template, Gaussian)  # and `System` to this.
        return cls(
            target=target,
            template=template,
            rare_threshold=system.rare_threshold,
            steps=steps,
            estimated=isinstance(system.initial, Estimate),
            some_small=bool(np.any(small)),
        )

    def __call__(
        self, recorders: tuple[Recorder, ...], replicates: UInt32[Array, " lanes"], *, key: Key, terminal_only: bool
    ) -> tuple[Float[Array, "generations lanes"], ...]:
        """See the base class."""
        lanes = words(jax.vmap(lambda index: fold_in(key, index))(replicates))
        recorded = self.steps.location.shape[0]
        passes = -(-recorded // self.longest_pass)
        length = -(-recorded // passes)
        # The last pass ends with the last generation and begins inside the one before.
        latest = recorded - length
        start = self._start(lanes)

        def run(index: Array, carry: Any) -> Any:
            state, previous, kept = carry
            first = jnp.minimum(index * length, latest)
            following = jnp.minimum((index + 1) * length, latest) - first
            states, end = self._pass(lanes, state, first, length)
            earlier = jnp.concatenate([previous[None], states[:-1]])
            if terminal_only:
                values = self._record(recorders, states[-1:], earlier[-1:])
            else:
                values = self._record(recorders, states, earlier)
                values = tuple(
                    lax.dynamic_update_slice_in_dim(old, new, first, 0) for old, new in zip(kept, values, strict=True)
                )
            at_end = following == length
            row = jnp.minimum(following, length - 1)
            state = jnp.where(at_end, end, lax.dynamic_index_in_dim(states, row, keepdims=False))
            previous = lax.dynamic_index_in_dim(states, jnp.maximum(following - 1, 0), keepdims=False)
            return state, previous, values

        shapes = jax.eval_shape(lambda state: self._record(recorders, state[None], state[None]), start)
        rows = 1 if terminal_only else recorded
        blank = tuple(jnp.zeros((rows, *shape.shape[1:]), shape.dtype) for shape in shapes)
        return lax.fori_loop(0, passes, run, (start, start, blank))[2]

    def _start(self, lanes: _Words) -> Complex[Array, " lanes"]:
        """Mean and variance at generation 0."""
        fixed = self.target if self.estimated else self.template
        dtype = jnp.result_type(float)
        mean, variance = (
            jnp.broadcast_to(jnp.asarray(number, dtype), lanes[0].shape) for number in (fixed.mean, fixed.variance)
        )
        state = lax.complex(mean, variance)
        if not self.estimated:
            return state
        row = jax.tree.map(lambda column: jnp.asarray(column[:1], dtype), self.steps)
        return _stepped(state, self._draws(lanes, row, jnp.zeros((), jnp.uint32))[0])

    def _pass(
        self, lanes: _Words, state: Complex[Array, " lanes"], first: Array, length: int
    ) -> tuple[Complex[Array, "length lanes"], Complex[Array, " lanes"]]:
        """States at generations first .. first + length - 1, and the one that comes next."""
        dtype = jnp.result_type(float)
        chunks = -(-length // _ROWS)

        def rows(column: Any) -> Array:
            # One row for the step that leaves the last generation, which nobody uses, and whole loops after that.
            padded = np.zeros((1 + chunks * _ROWS, *column.shape[1:]))
            whole = jnp.concatenate([jnp.asarray(column, dtype), jnp.asarray(padded, dtype)])
            return lax.dynamic_slice_in_dim(whole, first + 1, chunks * _ROWS)

        steps = jax.tree.map(rows, self.steps)

        def draw(_: None, chunk: Array) -> tuple[None, Array]:
            some = jax.tree.map(lambda column: lax.dynamic_slice_in_dim(column, chunk * _ROWS, _ROWS), steps)
            return None, self._draws(lanes, some, (first + 1 + chunk * _ROWS).astype(jnp.uint32))

        _, draws = lax.scan(draw, None, jnp.arange(chunks))
        draws = draws.reshape(chunks * _ROWS, -1)

        def step(state: Array, row: Array) -> tuple[Array, Array]:
            return _stepped(state, lax.dynamic_index_in_dim(draws, row, keepdims=False)), state

        end, states = lax.scan(step, state, jnp.arange(length))
        return states, end

    def _draws(self, lanes: _Words, steps: Steps, first: UInt32[Array, ""]) -> Complex[Array, "rows lanes"]:
        """(m' - m) / sqrt(v) and v' / v of the steps at addresses `first`, `first` + 1, ..."""
        steps = jax.tree.map(lambda column: column[:, None], steps)
        address = (first + jnp.arange(steps.location.shape[0], dtype=jnp.uint32))[:, None]
        key_0, key_1, address = jnp.broadcast_arrays(lanes[0][None], lanes[1][None], address)
        drawn = threefry2x32(key_0, key_1, jnp.full_like(address, Tag.GAUSSIAN_STEP), address)
        if steps.location.dtype == np.float64:
            angle = threefry2x32(key_0, key_1, jnp.full_like(address, Tag.GAUSSIAN_ANGLE), address)
            location, z = pair_from_random_bits(drawn, angle)
        else:
            location, z = pair_from_random_words(*drawn)
        powers = steps.cube_root.shape[-1]
        cube_root = polynomial([steps.cube_root[..., power] for power in range(powers)], z)
        gamma = cube_root * cube_root * cube_root
        if self.some_small:
            gamma = replace_small(jnp.broadcast_to(steps.shape_parameter, gamma.shape), gamma, key_0, key_1, address)
        ratio = gamma * steps.scatter
        if steps.kept is not None and steps.between is not None:
            ratio = ratio + steps.between * location * location + steps.kept
        return lax.complex(location * steps.location, ratio)

    def _record(
        self,
        recorders: tuple[Recorder, ...],
        states: Complex[Array, "rows lanes"],
        previous: Complex[Array, "rows lanes"],
    ) -> tuple[Array, ...]:
        """Apply every recorder to every state."""

        def one(state: Array, previous: Array) -> tuple[Array, ...]:
            observed = Observed(self.target, self._state(previous), self.rare_threshold)
            return tuple(jnp.asarray(recorder(self._state(state), observed)) for recorder in recorders)

        return jax.vmap(jax.vmap(one))(states, previous)

    def _state(self, pair: Complex[Array, ""]) -> Gaussian:
        return eqx.tree_at(lambda state: (state.mean, state.variance), self.template, (pair.real, pair.imag))

    @property
    def block_size(self) -> int:
        """As many states as fit into a core's second-level cache."""
        return devices.block_width(self.template.num_bytes)

    @property
    def description(self) -> str:
        """Where scatters come from."""
        scatter = "inverted, below 17 draws rejected" if self.some_small else "inverted"
        return f"passes over gaussian generations, scatters {scatter}"


def _stepped(state: Complex[Array, " lanes"], draw: Complex[Array, " lanes"]) -> Complex[Array, " lanes"]:
    """Next pair: m + sqrt(v) a and v c."""
    return lax.complex(state.real + jnp.sqrt(state.imag) * draw.real, state.imag * draw.imag)
