"""Every machine of (n, 2) at once, n <= 3: lanes of two words, all for the same number of steps.

A lane is a ring of 32 cells whose bit 0 is the cell under the head, bit i the cell i to its right, and a word with
state, visited cells left and right of the head, and whether it has halted. A move turns the ring by one. A run of
S(n) <= 21 steps visits at most 21 cells, so the ring never meets itself. Two words, since XLA on CPUs computes a step
anew for each of its results.
"""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, UInt32

from zenil_dynamics.algorithmic.machines import LONGEST_RUN, num_choices, num_machines, states_in_reach
from zenil_dynamics.algorithmic.output_distribution import OutputDistribution

MOST_STATES = 3
_STEPS_AT_ONCE = 7
"""Steps that become one loop of XLA; the lanes go through memory once for each."""

Word = UInt32[Array, ""]
_LEFT, _RIGHT, _STATE, _HALTED = 0, 5, 10, 12
"""Where the fields of a lane's second word begin; the first two have 5 bits."""


def exhaustive(num_states: int) -> OutputDistribution:
    """Run every machine on blank 0, side by side.

    Args:
        num_states: n, from 1 to 3; 7.5 million machines take about a second, most of it compiling.

    Returns:
        The outputs of one blank symbol; see `OutputDistribution.completed`.

    Raises:
        ValueError: n is not 1, 2 or 3.

    Source: Definition; S(n) decides what never halts. `tree` finds the same by another way.
    """
    states = states_in_reach(num_states)
    if states > MOST_STATES:
        raise ValueError(f"`num_states` must be at most {MOST_STATES} to run every machine; got {states}. Use `tree`.")
    frequency = np.bincount(np.asarray(_codes(states, LONGEST_RUN[states])))
    counts = {_string(int(code)): int(frequency[code]) for code in np.flatnonzero(frequency) if code}
    return OutputDistribution(states, num_machines(states), counts)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _codes(num_states: int, num_steps: int) -> UInt32[Array, " machines"]:
    """Code of the output of every machine; 0 where it has not halted."""
    lanes = jnp.arange(num_machines(num_states), dtype=jnp.uint32)
    return jax.vmap(lambda index: _run(_packed(index, num_states), num_steps))(lanes)


def _packed(index: Word, num_states: int) -> Word:
    """The digits of a machine's number, four bits each, that of state q and symbol s at 4 (2q + s)."""
    table = jnp.zeros_like(index)
    for state in reversed(range(num_states)):
        for symbol in range(2):
            table |= (index % num_choices(num_states)) << (4 * (2 * state + symbol))
            index //= num_choices(num_states)
    return table


def _run(table: Word, num_steps: int) -> Word:
    def step(_, lane: tuple[Word, Word]) -> tuple[Word, Word]:
        return _step(table, *lane)

    start = (jnp.zeros_like(table), jnp.zeros_like(table))
    tape, rest = lax.fori_loop(0, num_steps, step, start, unroll=min(num_steps, _STEPS_AT_ONCE))
    left = (rest >> _LEFT) & 31
    length = left + ((rest >> _RIGHT) & 31) + 1
    # The leftmost visited cell goes to bit 0, and a bit above the rightmost one says how many there are.
    turned = (tape << left) | (tape >> ((32 - left) & 31))
    end = jnp.ones_like(length) << length
    return jnp.where((rest >> _HALTED) == 1, (turned & (end - 1)) | end, 0)


def _step(table: Word, tape: Word, rest: Word) -> tuple[Word, Word]:
    left, right, state = (rest >> _LEFT) & 31, (rest >> _RIGHT) & 31, (rest >> _STATE) & 3
    digit = (table >> (4 * (2 * state + (tape & 1)))) & 15
    written = (tape & ~jnp.ones_like(tape)) | (digit & 1)
    # Digits 2, 3, 6, 7, .. move right; the next states are those of the digits 2..5, 6..9, ..
    to_right = ((digit >> 1) & 1) == 1
    moved = jnp.where(to_right, (written >> 1) | (written << 31), (written << 1) | (written >> 31))
    ahead, behind = jnp.where(to_right, right, left), jnp.where(to_right, left, right) + 1
    ahead = jnp.where(ahead > 0, ahead - 1, 0)
    visited = jnp.where(to_right, (behind << _LEFT) | (ahead << _RIGHT), (ahead << _LEFT) | (behind << _RIGHT))
    going = visited | ((((digit + 2) >> 2) - 1) << _STATE)
    halts, halted = digit < 2, (rest >> _HALTED) == 1
    next_tape = jnp.where(halted, tape, jnp.where(halts, written, moved))
    next_rest = jnp.where(halted, rest, jnp.where(halts, rest | (1 << _HALTED), going))
    return next_tape, next_rest


def _string(code: int) -> str:
    """The visited cells, of which `_run` puts the leftmost into bit 0."""
    return f"{code:b}"[:0:-1]
