"""Small Turing machines: the space (n, 2), its numbering, and one machine run step by step.

n states beside the halting one, two symbols, one head on a tape that is unbounded in both directions and holds the
blank symbol. A table has an entry for every state and symbol read: write a symbol and halt where the head stands, or
write one, move, and take a next state. Halting counts as a step. The output is all that the head has visited, from left
to right, untrimmed.
"""

from typing import NamedTuple

from zenil_dynamics.validate import positive_integer

LONGEST_RUN = {1: 1, 2: 6, 3: 21, 4: 107}
"""S(n): steps of the longest run that halts. What runs longer never halts.

Source: S(3) Lin and Rado (1965), S(4) Brady (1983).
"""

MOST_STATES = max(LONGEST_RUN)


class Instruction(NamedTuple):
    """One entry of a table.

    Attributes:
        write: the symbol left behind, 0 or 1.
        move: +1 right, -1 left, 0 where the machine halts.
        next_state: 0 .. n-1, or None where the machine halts; 0 is the first state.
    """

    write: int
    move: int
    next_state: int | None


def states_in_reach(num_states: int) -> int:
    """Return n.

    Raises:
        ValueError: n is no whole number from 1 to 4.

    Source: Definition.
    """
    whole = positive_integer(num_states, name="num_states")
    if whole > MOST_STATES:
        raise ValueError(
            f"`num_states` must be at most {MOST_STATES}; got {whole}. Machines with five states run for up to "
            "47 176 870 steps: take a published table instead, as an OutputDistribution."
        )
    return whole


def num_choices(num_states: int) -> int:
    """Instructions that an entry can hold: 2 that halt, 2 symbols x 2 directions x n states that go on. Definition."""
    return 4 * num_states + 2


def num_machines(num_states: int) -> int:
    """Tables of (n, 2): (4n + 2)^(2n), that is 36; 10 000; 7 529 536; 11 019 960 576.

    Args:
        num_states: n.

    Returns:
        How many, one blank symbol.

    Raises:
        ValueError: n is out of reach.

    Source: Definition.
    """
    states = states_in_reach(num_states)
    return num_choices(states) ** (2 * states)


def instruction_table(index: int, num_states: int) -> tuple[Instruction, ...]:
    """The machine of a number.

    Its digits in base 4n + 2, the least significant first, are the entries of states n-1 .. 0, symbol 0 before 1. A
    digit below 2 halts and writes it; the digit r + 2 writes r mod 2, moves right where r div 2 is even, and goes to
    state r div 4.

    Args:
        index: from 0 to (4n + 2)^(2n) - 1.
        num_states: n.

    Returns:
        2n instructions; that of state q and symbol s stands at 2q + s.

    Raises:
        ValueError: n is out of reach, or no machine has this number.

    Source: the complete enumeration of F. Soler-Toscano's TMsimulator (Zenil, Soler-Toscano, Gauvrit 2022).
    """
    rest = positive_integer(index, name="index", smallest=0)
    if rest >= num_machines(num_states):
        raise ValueError(f"`index` must be below {num_machines(num_states)}, the number of machines; got {index}.")
    table: list[Instruction] = []
    for _ in range(num_states):
        pair = []
        for _ in range(2):
            rest, digit = divmod(rest, num_choices(num_states))
            pair.append(_instruction(digit))
        table = pair + table
    return tuple(table)


def _instruction(digit: int) -> Instruction:
    if digit < 2:
        return Instruction(digit, 0, None)
    going = digit - 2
    return Instruction(going % 2, -1 if going // 2 % 2 else 1, going // 4)


def run_machine(index: int, num_states: int, *, blank: int = 0) -> str | None:
    """Run one machine on an empty tape.

    Args:
        index: its number, see `instruction_table`.
        num_states: n.
        blank: 0 or 1, the symbol of the empty tape.

    Returns:
        The output, a string of 0 and 1; None where the machine never halts.

    Raises:
        ValueError: n is out of reach, no machine has this number, or `blank` is no symbol.

    Source: Definition; S(n) decides what never halts.
    """
    table = instruction_table(index, num_states)
    if blank not in (0, 1):
        raise ValueError(f"`blank` must be 0 or 1, the symbol of the empty tape; got {blank!r}.")
    tape, head, state = {0: blank}, 0, 0
    for _ in range(LONGEST_RUN[num_states]):
        instruction = table[2 * state + tape[head]]
        tape[head] = instruction.write
        if instruction.next_state is None:
            return "".join(str(tape[cell]) for cell in sorted(tape))
        head += instruction.move
        tape.setdefault(head, blank)
        state = instruction.next_state
    return None
