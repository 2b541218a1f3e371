"""Every machine of (n, 2) by the tree of tables that are filled in when a run asks for an entry, n <= 4.

A run starts with an empty table. Where it reads an entry that is not there, it branches: two instructions halt, 4n go
on. Every whole table follows one path of this tree, that of the entries which its run reads, in their order; so the
leaves divide the (4n + 2)^(2n) machines among them, and one behind k entries holds (4n + 2)^(2n - k) of them. Two
symmetries save branches:

- names of states: those that have not occurred are alike, so the first new one stands for all. With u states in use a
  leaf stands for (n-1)(n-2)...(n-u+1) of its kind;
- left and right: the first move is to the right, and every leaf behind it stands for its mirror image as well.

A leaf is also where a run is seen never to halt: after S(n) steps; when the table is whole and nothing in it halts; by
the escape lemma. That says: n + 1 moves in a row onto cells never visited before go on for ever. Such moves have one
direction; each but the first leaves a blank cell; of the n + 1 states in which the head arrives two are equal. What
happened between these two, on blank cells alone, happens again and again.

Runs of equal depth go side by side, as rows of NumPy arrays.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from zenil_dynamics.algorithmic.machines import LONGEST_RUN, num_choices, num_machines, states_in_reach
from zenil_dynamics.algorithmic.output_distribution import OutputDistribution

_ABSENT = 255
"""Stands in a table for an entry that no run has asked for yet."""

_ROWS_AT_ONCE = 1 << 14
"""Runs side by side; more of them fall out of the cache."""


class Runs(NamedTuple):
    """Unfinished runs, all with the same number of entries in their tables.

    Attributes:
        tables: instructions by 2 state + symbol, uint8, shape (runs, 2n).
        tapes: cells, uint8, shape (runs, cells); the head starts in the middle.
        head, first, last: indices of cells: the head, the leftmost and the rightmost visited one.
        state: of the machine.
        used: how many states occur in the table.
        fresh: moves in a row onto cells never visited before.
        steps: steps done.
    """

    tables: np.ndarray
    tapes: np.ndarray
    head: np.ndarray
    first: np.ndarray
    last: np.ndarray
    state: np.ndarray
    used: np.ndarray
    fresh: np.ndarray
    steps: np.ndarray

    def rows(self, which: np.ndarray | slice) -> "Runs":
        """Some of them. Definition."""
        return Runs(*(field[which] for field in self))


class Census(NamedTuple):
    """What becomes of all machines on blank 0.

    Attributes:
        counts: output -> machines.
        never: machines that never halt.
        longest_run: steps of the longest run that halts.
    """

    counts: dict[str, int]
    never: int
    longest_run: int


def tree(num_states: int) -> OutputDistribution:
    """Count every machine on blank 0, without running each.

    Args:
        num_states: n, from 1 to 4; the 11 billion machines of n = 4 take seconds.

    Returns:
        The outputs of one blank symbol; see `OutputDistribution.completed`.

    Raises:
        ValueError: n is not 1, 2, 3 or 4.

    Source: the tree of Brady (1983), weighed; proof at the top of the module. `exhaustive` judges it.
    """
    states = states_in_reach(num_states)
    return OutputDistribution(states, num_machines(states), census(states, LONGEST_RUN[states]).counts)


def census(num_states: int, most_steps: int) -> Census:
    """Leaves of the tree, weighed.

    Args:
        num_states: n.
        most_steps: what has not halted by then counts as never halting; at least S(n).

    Returns:
        Counts that sum to (4n + 2)^(2n) with `never`; this is asserted.

    Source: the module.
    """
    choices, num_entries = num_choices(num_states), 2 * num_states
    to_the_right: Counter[str] = Counter()
    never, longest_run = 0, 1
    pending = [(1, _branches(_start(num_states, most_steps), num_states, moves=(1,)))]
    while pending:
        depth, runs = pending.pop()
        asking, endless = _until_an_entry_is_missing(runs, num_states, most_steps)
        never += _weight(endless, num_states) * choices ** (num_entries - depth)
        for kind in _kinds(asking):
            longest_run = max(longest_run, int(kind.steps.max()) + 1)
            weight = math.perm(num_states - 1, int(kind.used[0]) - 1) * choices ** (num_entries - depth - 1)
            for output in _outputs(kind):
                to_the_right[output] += weight
        if depth == num_entries - 1:
            # The last entry: what does not halt now has a table in which nothing does.
            never += _weight(asking, num_states) * (choices - 2)
        else:
            children = _branches(asking, num_states, moves=(1, -1))
            starts = range(0, children.head.size, _ROWS_AT_ONCE)
            pending += [(depth + 1, children.rows(slice(start, start + _ROWS_AT_ONCE))) for start in starts]
    counts = Counter(dict.fromkeys("01", choices ** (num_entries - 1)))
    for output, weight in to_the_right.items():
        counts[output] += weight
        counts[output[::-1]] += weight
    assert counts.total() + 2 * never == num_machines(num_states)
    return Census(dict(counts), 2 * never, longest_run)


def _start(num_states: int, most_steps: int) -> Runs:
    """One run before its first step."""
    zero = np.zeros(1, np.intp)
    tables = np.full((1, 2 * num_states), _ABSENT, np.uint8)
    tapes = np.zeros((1, 2 * most_steps + 1), np.uint8)
    middle = zero + most_steps
    return Runs(tables, tapes, middle, middle, middle, zero, zero + 1, zero, zero)


def _weight(runs: Runs, num_states: int) -> int:
    """How many runs these are with all names of their states."""
    return sum(math.perm(num_states - 1, used - 1) for used in runs.used.tolist())


def _kinds(runs: Runs) -> Iterator[Runs]:
    """Runs with equally many states in use."""
    return (runs.rows(runs.used == used) for used in np.unique(runs.used))


def _instructions(num_states: int) -> list[tuple[int, int, int]]:
    """Symbol to write, move, next state; an entry holds its position in this list."""
    return list(itertools.product((0, 1), (1, -1), range(num_states)))


def _branches(runs: Runs, num_states: int, *, moves: Sequence[int]) -> Runs:
    """Every run with every instruction that goes on in the missing entry; the instruction is yet to be carried out."""
    rows = np.arange(runs.head.size)
    symbol = runs.tapes[rows, runs.head]
    entry = 2 * runs.state + symbol
    children = []
    for code, (_, move, next_state) in enumerate(_instructions(num_states)):
        if move not in moves:
            continue
        able = next_state <= runs.used
        child = runs.rows(able)
        child.tables[np.arange(child.head.size), entry[able]] = code
        children.append(child._replace(used=np.maximum(child.used, next_state + 1)))
    return Runs(*(np.concatenate(fields) for fields in zip(*children, strict=True)))


def _until_an_entry_is_missing(runs: Runs, num_states: int, most_steps: int) -> tuple[Runs, Runs]:
    """Carry all runs on, in place.

    Returns:
        Those that have come to a missing entry, and those that never halt.
    """
    writes, moves, next_states = np.array(_instructions(num_states), np.intp).T
    tables, tapes = runs.tables, runs.tapes
    end = (runs.head, runs.first, runs.last, runs.state, runs.fresh, runs.steps)
    asking = np.zeros(runs.head.size, bool)
    row, now = np.arange(runs.head.size), end
    while row.size:
        head, first, last, state, fresh, steps = now
        instruction = tables[row, 2 * state + tapes[row, head]]
        missing = instruction == _ABSENT
        stopped = missing | (steps >= most_steps) | (fresh > num_states)
        if stopped.any():
            asking[row[stopped]] = (missing & (steps < most_steps))[stopped]
            for whole, part in zip(end, now, strict=True):
                whole[row[stopped]] = part[stopped]
            row, instruction, *now = (part[~stopped] for part in (row, instruction, *now))
            head, first, last, state, fresh, steps = now
        tapes[row, head] = writes[instruction]
        head = head + moves[instruction]
        fresh = np.where((head < first) | (head > last), fresh + 1, 0)
        now = (head, np.minimum(first, head), np.maximum(last, head), next_states[instruction], fresh, steps + 1)
    return runs.rows(asking), runs.rows(~asking)


def _outputs(runs: Runs) -> Iterator[str]:
    """Both outputs of each run, if the missing entry halts."""
    for tape, head, first, last in zip(runs.tapes, runs.head, runs.first, runs.last, strict=True):
        digits = (tape[first : last + 1] + ord("0")).tobytes().decode()
        before, after = digits[: head - first], digits[head - first + 1 :]
        yield from (before + written + after for written in "01")
